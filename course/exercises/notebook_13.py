"""Exercises of notebook 13: a hidden size for a number of parameters, a reader, early stopping, a sorted list."""

from course.exercises import Exercise


# 13.1
def _parameters(V, g, H):
    return g * (V * H + H * H + H) + H * V + V


def _largest(parameters, beyond=0):
    """Return the largest H whose parameters fit, or one that lies `beyond` it."""

    def largest(vocab_size, g, limit):
        H = 1
        while parameters(vocab_size, g, H + 1) <= limit:
            H += 1
        return H + beyond

    return largest


def _nearest(vocab_size, g, limit):
    H = _largest(_parameters)(vocab_size, g, limit)
    return min((H, H + 1), key=lambda H: abs(_parameters(vocab_size, g, H) - limit))


_SIZES = (
    (82, 4, 97_349),
    (27, 1, 15_178),
    (64, 3, _parameters(64, 3, 90)),
    (96, 4, _parameters(96, 4, 57) - 1),
    (64, 4, _parameters(64, 4, 257)),
    (30, 1, _parameters(30, 1, 1333) + 5),
    (10, 1, _parameters(10, 1, 1)),
)


# 13.3
_FILES = (
    ("Grüße – „so“".encode("cp1252"),),
    ("Grüße – „so“".encode(),),
    (b"\xef\xbb\xbf" + "Käthchen".encode(),),
    (b"plain",),
    (b"",),
    (b" two lines\r\n and spaces \n\n",),
    ("Señor Þórður, Ý ð Ð þ ý, ¼ ¤ ¦".encode("cp1252"),),
    ("10 € für Zoë…".encode("cp1252"),),
)


def _reader(first, second, errors="strict"):
    """Read as the first encoding, or else as the second."""

    def read(raw):
        try:
            return raw.decode(first, errors)
        except UnicodeDecodeError:
            return raw.decode(second)

    return read


def _ignoring(raw):
    return raw.decode("utf-8", errors="ignore")


# 13.2
_CURVES = (
    ([3.0, 2.0, 2.5, 2.4, 1.0], 2),
    ([4.0, 3.0, 3.5, 2.9, 3.1, 3.0, 3.2, 2.5], 3),
    ([4.0, 3.0, 2.0, 1.5, 1.2], 2),
    ([4.0, 3.0, 3.2, 3.4, 3.6, 1.0], 3),
    ([2.0, 2.0, 1.9, 2.2, 2.1, 2.3, 1.0, 0.5], 4),
    ([5.0, 4.0, 4.5, 3.0, 3.5, 2.0, 2.5, 2.4, 2.3, 1.0], 2),
    ([3.0, 2.0, 2.0, 2.0, 1.0], 2),
    ([3.0, 2.0, 2.5, 1.0], 1),
    ([3.0, 2.0, 1.99, 1.97, 1.96, 1.95, 2.1, 2.2, 1.0], 2),
)


def _stop(held_out, patience, better=lambda loss, best: loss < best):
    best = 0
    for k, loss in enumerate(held_out):
        if k and better(loss, held_out[best]):
            best = k
        if k - best >= patience:
            break
    return best, k + 1


def _count_rises(in_a_row):
    """Stop after `patience` rises, in a row or in all, each against the measurement before."""

    def stop(held_out, patience):
        best = rises = 0
        for k, loss in enumerate(held_out):
            if loss < held_out[best]:
                best = k
            rose = k > 0 and loss > held_out[k - 1]
            rises = rises + rose if rose or not in_a_row else 0
            if rises >= patience:
                break
        return best, k + 1

    return stop


EXERCISES = {
    "13.1": Exercise(
        right=_largest(_parameters),
        cases=_SIZES,
        whole=True,
        mistakes=(
            ("This is the first H that is too large. The one before it still fits.", _largest(_parameters, beyond=1)),
            ("That is the nearest. The network may have `limit` parameters at most.", _nearest),
            ("The output layer is missing: H V + V.", _largest(lambda V, g, H: g * (V * H + H * H + H))),
            ("g is missing: this is right for the vanilla cell alone.", _largest(lambda V, g, H: _parameters(V, 1, H))),
            (
                "Here the output layer is taken g times. It has no gates.",
                _largest(lambda V, g, H: g * _parameters(V, 1, H)),
            ),
            ("Only the products of H with H were counted.", _largest(lambda V, g, H: g * H * H)),
        ),
    ),
    "13.2": Exercise(
        right=_stop,
        cases=_CURVES,
        parts=("the index of the best", "the number of measurements"),
        whole=True,
        mistakes=(
            (
                "It looked at all measurements. In training, those after the stop are never made.",
                lambda held_out, patience: (held_out.index(min(held_out)), len(held_out)),
            ),
            (
                "It stopped at the first that was not better. Patience says how many of them to accept.",
                lambda held_out, patience: _stop(held_out, 1),
            ),
            (
                "A loss that is equal to the best one counted as better. It is not: the best one goes on ageing.",
                lambda losses, n: _stop(losses, n, better=lambda loss, best: loss <= best),
            ),
            (
                "A loss that is only a little better was not counted. Any improvement counts.",
                lambda losses, n: _stop(losses, n, better=lambda loss, best: loss < best - 0.05),
            ),
            ("It stopped one too late: an age of `patience` is enough.", lambda losses, n: _stop(losses, n + 1)),
            ("It stopped one too early.", lambda losses, n: _stop(losses, n - 1)),
            (
                "It counted rises against the measurement before. What counts is the age of the best one.",
                _count_rises(in_a_row=True),
            ),
            (
                "It counted all rises so far. A new best one makes the count start again, and a small fall does not.",
                _count_rises(in_a_row=False),
            ),
            (
                "It returned the measurement at which it stopped, not the best one.",
                lambda losses, n: (_stop(losses, n)[1] - 1, _stop(losses, n)[1]),
            ),
            (
                "The second number is how many were read, one more than the index of the last.",
                lambda losses, n: (_stop(losses, n)[0], _stop(losses, n)[1] - 1),
            ),
        ),
    ),
    # Bits of a 3-gram, from the notebook's solution.
    "13.3": Exercise(
        right=_reader("utf-8-sig", "cp1252"),
        cases=_FILES,
        stub=_ignoring,
        mistakes=(
            (
                "Everything is read as cp1252. Nearly all bytes are valid there, so UTF-8 has to be tried first.",
                _reader("cp1252", "latin-1"),
            ),
            ("A byte-order mark is still there, as the first character.", _reader("utf-8", "cp1252")),
            (
                "What is not UTF-8 was replaced by the sign for unknown characters. Those letters are just as lost.",
                lambda raw: raw.decode("utf-8-sig", errors="replace"),
            ),
            (
                "latin-1 is close to cp1252, but has no curly quotes, no dash and no euro sign: there are control "
                "characters in their place.",
                _reader("utf-8-sig", "latin-1"),
            ),
            (
                "The mark is gone, but the letters that are not UTF-8 are still thrown away.",
                lambda raw: raw.decode("utf-8-sig", errors="ignore"),
            ),
        ),
    ),
    "13.4": Exercise(
        right=(3.717626, 2.649124),
        parts=("the list as it stands", "the shuffled list"),
        digits=2,
        mistakes=(
            ("The order is turned: as it stands comes first.", (2.65, 3.72)),
            ("These are nats. Divide by ln 2.", (2.58, 1.84)),
            ("The characters were shuffled. Only the lines change their places.", (3.72, 4.26)),
            (
                "The lines were shuffled within the last tenth, after the split. They are still from the end of the "
                "alphabet.",
                (3.72, 3.72),
            ),
            ("The n-gram has counted the last tenth as well. It may see the first nine only.", (2.36, 2.26)),
            ("The n-gram is evaluated on the text that it has counted.", (2.24, 2.26)),
        ),
    ),
}
