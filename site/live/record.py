"""Make recorded.json, the run that the live page shows while Python is being loaded: python site/live/record.py.

The same questions as the page asks, put to the same live.py. And what the course's own code finds out about the
units of the network that writes: the best unit for each label, chosen on one part of a text that the network has not
seen and scored on another, beside what shifted labels, untrained networks and the last character alone achieve
(notebook 08).
"""

import json
from pathlib import Path

import live
import numpy as np

from course import controls, networks, nulls
from course.features import count, mark
from rnnlib import corpus, language_model, rnn

HERE = Path(__file__).resolve().parent
PART = 12_000  # characters to choose on, and as many to score on, as in notebook 08
PROMPT, WRITTEN, SEED = "ROMEO:\n", 420, 3
LEARNED, TRAINED = "shakespeare", 700  # the text of the recorded learning, and its steps: it has been read once
CLEAR = {"AUC": 0.9, "r": 0.5}  # a unit that scores less is not named: one would not see it
CONTRAST = 2  # units that are named although they take no memory


def labels(text):
    """Label each character of a play.

    Returns
    -------
    labels : dict
        What to look for, in a word or two, to the labels (bool, or numbers), the characters among which they are
        looked for, and in words: two kinds of characters to tell apart, or what the unit follows.
    """
    word, lower, capital, blank = (mark(pattern, text) for pattern in (r"[A-Za-z']", r"[a-z]", r"[A-Z]", r"\s"))
    every = np.ones(len(text), dtype=bool)
    place = count(word)
    return {
        "speaker’s name": (mark(r"(?<=\n\n)[^\n:]+:", text), every, "a letter of a speaker’s name", "any other"),
        "place in the word": (place, lower, "as a word goes on"),
        "place in the line": (count(mark(r"[^\n]", text)), lower, "as a line goes on"),
        "first letter": (lower & (place == 1), lower, "the first letter of a word", "a later one"),
        "second letter": (lower & (place == 2), lower, "the second letter of a word", "any other small letter"),
        "long word": (lower & (place > 5), lower, "a letter from the sixth on in a word", "an earlier one"),
        "after a vowel": (mark(r"(?<=[AEIOUaeiou])[a-z]", text), lower, "a letter after a vowel", "any other letter"),
        "pause": (mark(r"(?<=[.,;:!?])\s", text), blank, "a space after a punctuation mark", "any other space"),
        "line begins": (mark(r"(?<=\n)[A-Z]", text), capital, "a capital that begins a line", "any other capital"),
        "first line of a speech": (mark(r"(?<=:\n)[^\n]+", text), lower, "a letter of a first line", "any other"),
        "word in th-": (mark(r"\b[Tt]h[a-z]*", text), lower, "a letter of a word in “th-”", "any other letter"),
        "after an apostrophe": (mark(r"(?<=')[a-z]+", text), lower, "a letter after an apostrophe", "any other letter"),
        "capital letters": (capital, every, "a capital letter", "any other character"),
        "vowels": (mark(r"[AEIOUaeiou]", text), every, "a vowel", "any other character"),
        "punctuation": (mark(r"[.,;:!?]", text), every, "a punctuation mark", "any other character"),
    }  # fmt: skip


def read(params, ids):
    """Return the states after each character, (T, H)."""
    return rnn.forward(params, ids[:, np.newaxis], language_model.init_state(params, 1))[1:, 0]


def followers():
    """Return the units that follow a label clearly, each with what it is, whether it remembers, and a sentence."""
    params, vocab = networks.shakespeare(networks.SHIPPED)
    text = corpus.split(corpus.read_text("shakespeare"))[1][: 2 * PART]
    ids = vocab.encode(text).astype(int)
    states = read(params, ids)
    H = states.shape[1]
    fresh = [read(language_model.init_params(len(vocab), H, rng=np.random.default_rng(draw)), ids) for draw in range(3)]
    first, second = np.arange(PART), np.arange(PART, 2 * PART)
    labelled = labels(text)
    features, among = ({what: row[i] for what, row in labelled.items()} for i in (0, 1))
    table = controls.compare({"trained": [states], "untrained": fresh}, features, ids, first, second, among=among)
    controls.show(table)
    found = []
    for what, row in table.items():
        chosen_on = first[among[what][first]]
        unit, sign = nulls.best_unit(states[chosen_on], features[what][chosen_on])
        score, chance = row["trained"], row["chance, up to"] - (0.5 if row["score"] == "AUC" else 0)
        if score > row["untrained"] + chance and score >= CLEAR[row["score"]]:
            remembers = bool(score > row["one character"] + chance)
            says = sentence(unit, sign, labelled[what][2:], row, remembers)
            found.append({"unit": unit, "what": what, "remembers": remembers, "says": says})
    return found


def sentence(unit, sign, words, row, remembers):
    """Say how well a unit follows its label, and what does as well without memory, or without having learned."""
    if row["score"] == "AUC":
        says = f"Look for more {'red' if sign > 0 else 'blue'} on {words[0]} than on {words[1]}. How sure is that? "
        says += "Pick one of either, at random, from text that the network has never seen: in "
        says += "{trained} of 100 such pairs " + f"unit {unit} is {'higher' if sign > 0 else 'lower'} on the first."
        shown = {what: f"{100 * row[what]:.1f}" for what in ("trained", "untrained", "one character")}
    else:
        says = f"Look for more {'red' if sign > 0 else 'blue'} {words[0]}. On a scale from 0, not at all, to 1,"
        says += f" exactly in step, unit {unit} scores "
        says += "{trained}, on small letters of text that the network has never seen."
        shown = {what: f"{row[what]:.2f}" for what in ("trained", "untrained", "one character")}
    if remembers:
        says += " Going by the letter alone you would get {one character}: the unit also remembers what came before."
        says += " In a network that has learned nothing the best unit gets {untrained}."
    else:
        says += " Going by the letter alone you would get {one character}: this takes no memory."
    return says.format(**shown)


def units(found):
    """Return what the page names, each unit once: those that remember, and a few others for contrast."""
    best = {}
    for each in sorted(found, key=lambda each: not each["remembers"]):
        best.setdefault(each["unit"], each)
    forget = [each for each in best.values() if not each["remembers"]]
    return [each for each in best.values() if each["remembers"]] + forget[:CONTRAST]


def record():
    """Ask what the page will ask; return the answers."""
    hidden_size = answered("load")["hidden_size"]
    writes = {
        "prompt": PROMPT, "hidden_size": hidden_size, "units": units(followers()),
        "begun": answered("begin", prompt=PROMPT, seed=SEED, temperature=0.8),
        "written": answered("write", length=WRITTEN),
    }  # fmt: skip
    places = range(len(PROMPT) + WRITTEN)
    writes["expected"] = [rounded(answered("expected", place=place, most=6)) for place in places]
    begun = answered("learner", name=LEARNED)
    answers = []
    while not answers or answers[-1]["step"] < TRAINED:
        answers.append(answered("learn", seconds=60, most=10))
    drawn = rounded({"writes": writes, "learns": {"begun": begun, "answers": answers}})
    return drawn | {"steps": answered("step_by_step")}


def answered(call, **asked):
    """Ask live.py as the page does, in JSON."""
    return json.loads(live.answer(json.dumps({"call": call, **asked})))


def rounded(value):
    """Round what is only drawn to four digits."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


if __name__ == "__main__":
    path = HERE / "recorded.json"
    path.write_text(json.dumps(record(), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
