"""What kind of text it is: repeated, sorted, shuffled, with its held-out part in its training part.

Look before you train. Notebook 13 takes any text, and a text can make every later figure mean something else: a list
in alphabetical order is judged by letters that it was not trained on, a poem that stands twice is judged by what was
learned by heart. `remarks` says so in words. `places` marks the words, sentences and lines of any script, by the
categories of the Unicode Character Database; `str.isalpha` takes the vowel signs of Hindi for the end of a word.
"""

import unicodedata

import numpy as np

STRETCH = 40  # so many characters in a row that stand elsewhere, just so, are not there by accident
# What ends a sentence (Unicode's property Sentence_Terminal) in the scripts with the most readers. A full stop does so
# only where a blank follows: not in 3.14 or in numpy.tanh.
STOPS = ".!?…؟۔։"
WIDE_STOPS = "。！？｡．।॥።၊။៕᠃⁇⁈⁉"  # no blank need follow
CLOSERS = "\"'”’»)]}」』）】"


def stretches(piece, source, n=STRETCH):
    """Mark the characters of a piece that lie in n characters in a row which stand in the source, just so.

    Parameters
    ----------
    piece, source : str
    n : int, default STRETCH

    Returns
    -------
    marked : bool ndarray of shape (len(piece),)
    """
    wanted, places = np.unique(_windows(piece, n), return_inverse=True)
    there = np.zeros(len(wanted), bool)
    if len(wanted):
        hashes = _windows(source, n)
        at = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
        there[at[wanted[at] == hashes]] = True
    return _cover(there[places], len(piece), n)


def repeats(text, n=STRETCH):
    """Mark the characters of a text that lie in n characters in a row which stand earlier in it, just so."""
    windows = _windows(text, n)
    again = np.ones(len(windows), bool)
    again[np.unique(windows, return_index=True)[1]] = False
    return _cover(again, len(text), n)


def _windows(text, n):
    """Return a 64-bit hash of each run of n characters, shape (max(N - n + 1, 0),)."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(codes) < n:
        return codes[:0]
    hashes, length, factor = codes, 1, 0x9E3779B97F4A7C15
    while length < n:  # two runs side by side make one of twice the length; the last two may overlap
        step = min(length, n - length)
        hashes = hashes[:-step] * np.uint64(factor) + hashes[step:]
        length, factor = length + step, factor * factor % 2**64
    return hashes ^ (hashes >> np.uint64(32))


def _cover(starts, length, n):
    """Mark the n places from each start on."""
    change = np.zeros(length + 1, int)
    change[: len(starts)] += starts
    change[n : n + len(starts)] -= starts
    return change[:length].cumsum() > 0


def in_alphabetical_order(lines):
    """Return the share of neighbouring lines, if they differ, of which the second comes later in the alphabet."""
    lines = [line.casefold() for line in lines]
    pairs = [(a, b) for a, b in zip(lines[:-1], lines[1:], strict=True) if a != b]
    return sum(a < b for a, b in pairs) / max(len(pairs), 1)


def neighbours_alike(lines, *, draws=200, rng):
    """Return how often lines in a random order have as much in common with their neighbours as in their own order.

    What two lines have in common is the cosine of their counts of three characters in a row. A small number means that
    the order of the lines tells something; a large one, that they stand in no order, or were shuffled.

    Parameters
    ----------
    lines : list of str
        The first thousand are looked at.
    draws : int, default 200
    rng : numpy.random.Generator

    Returns
    -------
    p : float
        1 / (draws + 1) to 1; nan if there are fewer than three different lines.
    """
    if len(set(lines)) < 3:
        return float("nan")
    counts = np.zeros((min(len(lines), 1000), 2048))
    for row, line in zip(counts, lines, strict=False):
        np.add.at(row, (_windows(line, 3) % np.uint64(counts.shape[1])).astype(int), 1)
    counts -= counts.mean(axis=0)  # what every line has says nothing
    counts /= np.maximum(np.sqrt((counts**2).sum(axis=1, keepdims=True)), 1e-9)
    alike = counts @ counts.T
    orders = [np.arange(len(counts)), *(rng.permutation(len(counts)) for _ in range(draws))]
    means = np.array([alike[order[:-1], order[1:]].mean() for order in orders])
    return float((means >= means[0] - 1e-12).mean())


def remarks(train, choose, judge, *, rng):
    """Say what is special about a text, in sentences: what to know before its figures are believed.

    Parameters
    ----------
    train, choose, judge : str
        Its parts, in the order of the text.
    rng : numpy.random.Generator
        For the random orders that its lines are compared with.

    Returns
    -------
    remarks : list of str
        Empty if nothing was noticed.
    """
    found, text = [], train + choose + judge
    if len(set(text)) == 1:
        return [f"The text is one character, {text[0]!r}, again and again: there is nothing to predict."]
    if len(judge) < 1000:
        found.append(
            f"*judge* has {len(judge)} characters. On so few, a score is one page's luck; 20,000 characters of text "
            "would give it 1,000."
        )
    repeated = repeats(train).mean()
    if repeated > 0.3:
        found.append(
            f"The text repeats itself: {repeated:.0%} of *training* stands earlier in it as well, in stretches of "
            f"{STRETCH} characters or longer. There is less to learn from than its length says."
        )
    for name, part in (("choose", choose), ("judge", judge)):
        if (share := stretches(part, train).mean() if part else 0) > 0.1:
            found.append(
                f"{share:.0%} of *{name}* stands in *training*, word for word, in stretches of {STRETCH} characters or "
                "longer. Whoever remembers is good at that; what is scored there is memory. Take the doubles out."
            )
    if judge and (share := stretches(judge, choose).mean()) > 0.1:
        found.append(f"{share:.0%} of *judge* stands in *choose*: it is no second opinion.")
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) >= 20 and len(set(lines)) > 10:
        rising = in_alphabetical_order(lines)
        if max(rising, 1 - rising) > 0.95:
            found.append(
                "The lines are sorted, so the held-out part begins with other letters or numbers than the rest. If "
                "the order means nothing to you, shuffle the lines (exercise 13.4)."
            )
        elif repeated < 0.3 and neighbours_alike(lines, rng=rng) > 0.05:
            found.append(
                "Neighbouring lines are no more alike than lines drawn at random: this is a list in no order, or a "
                "shuffled text. It can be split anywhere, but what stands in a line is of no help with the next one."
            )
    return found


def places(text):
    """Mark where words, lines and sentences end, in any script.

    Words are runs of letters, marks and digits, with an apostrophe between letters and a point between digits; Chinese
    and Japanese characters, which are written without blanks, are each a word by themselves, as the Unicode standard's
    annex 29 has it without a dictionary. A sentence ends at its stop, and at an empty line.

    Parameters
    ----------
    text : str

    Returns
    -------
    ends : dict of bool ndarrays of shape (len(text),)
        "word": the characters that are in no word, or a word alone; "line"; "sentence": the last character of each.
    """
    kinds = {char: _kind(char) for char in set(text)}
    word = np.zeros(len(text), bool)
    sentence = np.zeros(len(text), bool)
    for t, char in enumerate(text):
        before, after = text[t - 1] if t else "", text[t + 1] if t + 1 < len(text) else ""
        between = kinds.get(before, " ") + kinds.get(after, " ")
        joins = (char in "'’" and between == "LL") or (char == "." and between == "NN") or char in "\u200c\u200d"
        word[t] = not (kinds[char] in "LMN" or joins)
        sentence[t] = char in WIDE_STOPS or (char in STOPS and not joins and _goes_on(text, t + 1))
        sentence[t] |= char == "\n" == before
    line = np.array([char == "\n" for char in text], dtype=bool)
    return {"word": word, "line": line, "sentence": sentence}


def _kind(char):
    """Return L (letter), M (mark), N (digit) or the like; W for a character that is a word by itself."""
    if unicodedata.name(char, "").startswith(("CJK ", "HIRAGANA", "KATAKANA")):
        return "W"
    return "L" if char == "_" else unicodedata.category(char)[0]


def _goes_on(text, t):
    """Whether, after closing quotes and brackets, a blank follows, and then no small letter."""
    while t < len(text) and text[t] in CLOSERS:
        t += 1
    if t < len(text) and not text[t].isspace():
        return False
    while t < len(text) and text[t].isspace():
        t += 1
    return t == len(text) or not text[t].islower()


def pieces(text):
    """Cut a text into the pieces that a score's interval is resampled from: 1,000 characters each, or its lines.

    Returned is the number of the piece that each character is in. Lines are taken only if there are fewer than twenty
    such pieces: neighbouring lines are easy or hard together, so the interval is a little too narrow. None if there are
    fewer than twenty lines as well: then there is no interval.
    """
    by_length = np.arange(len(text)) // 1000
    by_line = np.array([0] + [char == "\n" for char in text[:-1]]).cumsum()[: len(text)]
    return next((piece for piece in (by_length, by_line) if len(set(piece.tolist())) >= 20), None)


def listed(chars, most=20):
    """Write characters one beside the other, each so that it can be seen; "…" if there are more than `most`."""
    from course.plots import visible  # here, so that a look at a text does not load matplotlib

    shown = []
    for char in chars[:most]:
        mark = unicodedata.category(char)[0] == "M"
        seen = visible(char)
        shown.append(f"◌{char}" if mark else seen if seen.isprintable() else f"U+{ord(char):04X}")
    return " ".join(shown) + (" …" if len(chars) > most else "")


def columns(text):
    """Return how many characters of this text fit side by side into 88 columns: 44 if most are as wide as 字."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return 44 if wide > len(text) / 3 else 88


def since(ends):
    """Count the characters since the last end: [1, 0, 0, 1, 0] -> [0, 1, 2, 0, 1]."""
    places = np.arange(len(ends))
    return places - np.maximum.accumulate(np.where(ends, places, 0))


def clusters(text):
    """Cut a text into what a reader takes for one character: a letter with the marks and joiners that follow it."""
    found = []
    for char in text:
        joined = unicodedata.category(char)[0] == "M" or char == "\u200d" or (found and found[-1][-1] == "\u200d")
        if joined and found and found[-1] != "\n":
            found[-1] += char
        else:
            found.append(char)
    return found
