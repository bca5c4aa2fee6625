"""Exercises of notebook 07: odds at two temperatures, min-p, a top-p that keeps too few, the temperature of a coin."""

import numpy as np

from course.exercises import Exercise
from rnnlib import losses, sampling

# 7.2: probabilities and m. Exact fractions: in the first row one character stands exactly at the limit.
_ROWS = (
    (np.array([8, 2, 32, 1, 16, 5]) / 64, 0.25),
    (np.array([4, 20, 11, 1, 3, 13, 2, 9, 1]) / 64, 0.1),
    (np.array([12, 40, 3, 9]) / 64, 0.0),
    (np.array([7, 21, 2, 30, 4]) / 64, 1.0),
    (np.array([3, 24, 24, 13]) / 64, 1.0),
)


def _min_p(probs, m):
    kept = probs * (probs >= m * probs.max())
    return kept / kept.sum()


@np.errstate(invalid="ignore")
def _above_m(probs, m):
    kept = probs * (probs >= m)
    return kept / kept.sum()


@np.errstate(invalid="ignore")
def _above_the_limit(probs, m):
    kept = probs * (probs > m * probs.max())
    return kept / kept.sum()


@np.errstate(invalid="ignore")
def _the_tail(probs, m):
    kept = probs * (probs < m * probs.max())
    return kept / kept.sum()


def _not_rescaled(probs, m):
    return probs * (probs >= m * probs.max())


def _likeliest_alone_at_one(probs, m):
    return _min_p(probs, m) if m < 1 else np.eye(len(probs))[probs.argmax()]


def _kept_alone(probs, m):
    kept = probs[probs >= m * probs.max()]
    return kept / kept.sum()


def _softmax_again(probs, m):
    return losses.softmax(np.where(probs >= m * probs.max(), probs, -np.inf))


# 7.3: probabilities and P: the limit is passed, met exactly, passed by the likeliest alone; all are needed; some are
# equal.
_NUCLEI = (
    (np.array([3, 32, 1, 16, 8, 4]) / 64, 0.8),
    (np.array([3, 32, 1, 16, 8, 4]) / 64, 0.75),
    (np.array([2, 1, 40, 16, 5]) / 64, 0.3),
    (np.array([8, 32, 20, 4]) / 64, 1.0),
    (np.array([4, 20, 20, 20]) / 64, 0.5),
    (np.array([16, 16, 16, 16]) / 64, 0.25),
)


def _likeliest(count):
    """Return a cut that keeps count(cumulative sums, P) of the likeliest characters."""

    def cut(probs, P):
        order = np.argsort(-probs)
        kept = np.zeros(len(probs), dtype=bool)
        kept[order[: count(np.cumsum(probs[order]), P)]] = True
        return kept

    return cut


# In exact fractions, as the library would decide it: logits would bring rounding in where the sum meets P.
_nucleus = _likeliest(lambda sums, P: np.count_nonzero(sums < P) + 1)
_too_few = _likeliest(lambda sums, P: np.count_nonzero(sums <= P))


def _as_likely_as_the_last(probs, P):
    return probs >= probs[_nucleus(probs, P)].min()


def _equally_good(kept, probs, P):
    """Which of several equally likely characters stay does not matter: as many of the same probabilities will do."""
    return kept.dtype == bool and np.array_equal(np.sort(probs[kept]), np.sort(probs[_nucleus(probs, P)]))


def _falling_order(probs, P):
    return np.arange(len(probs)) < _nucleus(probs, P).sum()


def _from_the_tail(probs, P):
    order = np.argsort(probs)
    kept = np.zeros(len(probs), dtype=bool)
    kept[order[np.cumsum(probs[order]) - probs[order] < P]] = True
    return kept


# 7.4: the row, and the temperature at which its entropy has a value, in nats.
_P = np.array([0.5, 0.3, 0.15, 0.05])


def _entropy(probs):
    return -(probs[probs > 0] * np.log(probs[probs > 0])).sum()


def _temperature(nats, logits):
    low, high = 0.01, 100.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        too_low = _entropy(sampling.next_probs(logits, temperature=middle)) < nats
        low, high = (middle, high) if too_low else (low, middle)
    return low


_ONE_BIT = _temperature(np.log(2), np.log(_P))


EXERCISES = {
    "7.1": Exercise(
        right=(81, 3),
        rtol=1e-3,
        mistakes=(
            ("These are the odds at temperature 1. At 0.5 and at 2 they are others.", (9, 9)),
            ("These two belong the other way round: a low temperature makes the likely likelier still.", (3, 81)),
            ("The odds were divided by the temperature. Dividing *logits* does something else to the odds.", (18, 4.5)),
            ("The odds were multiplied by the temperature. And which way does it go?", (4.5, 18)),
            ("These are the odds of a to e. The question asks for those of e to a.", (1 / 81, 1 / 3)),
            (
                "The probabilities were taken for logits: softmax of p / temperature. Logits that give p are ln p.",
                (np.exp(0.4 / 0.5), np.exp(0.4 / 2)),
            ),
            ("These are differences of logits. The odds are e to the power of them.", (np.log(81), np.log(3))),
        ),
    ),
    "7.2": Exercise(
        right=_min_p,
        cases=_ROWS,
        mistakes=(
            ("A probability is compared with m itself. What decides is m times the *largest* probability.", _above_m),
            (
                "A character exactly at the limit is lost: at least m times as likely is enough. With m = 1 your cut "
                "throws out even the likeliest.",
                _above_the_limit,
            ),
            (
                "With m = 1, characters that are as likely as the likeliest have to stay as well: two may share the "
                "first place.",
                _likeliest_alone_at_one,
            ),
            ("This keeps the tail and cuts off the likely ones.", _the_tail),
            ("The right ones are kept, but together they no longer have probability 1: see (7.6).", _not_rescaled),
            (
                "The others are gone from the array, so a place in it is no longer a character's id. They have to "
                "stay, with probability 0.",
                _kept_alone,
            ),
            (
                "Softmax is for logits. These are probabilities already, and the odds among those that are kept must "
                "not change.",
                _softmax_again,
            ),
        ),
    ),
    "7.3": Exercise(
        right=_nucleus,
        cases=_NUCLEI,
        stub=_too_few,
        accepts=_equally_good,
        mistakes=(
            (
                "Where the sum meets P exactly, one character too many is kept: P is reached without it.",
                _likeliest(lambda sums, P: np.count_nonzero(sums <= P) + 1),
            ),
            (
                "Something is always kept now. But elsewhere the character with which the sum passes P is still lost.",
                _likeliest(lambda sums, P: max(1, np.count_nonzero(sums <= P))),
            ),
            (
                "Now even less is kept: where the sum meets P exactly, another one is lost.",
                _likeliest(lambda sums, P: np.count_nonzero(sums < P)),
            ),
            (
                "The count is right, but True stands in the first places of the array. It belongs to the places of the "
                "likeliest characters, which `order` holds.",
                _falling_order,
            ),
            (
                "Where others are exactly as likely as the last one that is needed, all of them are kept: more than "
                "(7.7) asks for.",
                _as_likely_as_the_last,
            ),
            ("This begins with the unlikeliest. Top-p begins with the likeliest.", _from_the_tail),
        ),
    ),
    "7.4": Exercise(
        right=_ONE_BIT,
        digits=2,
        mistakes=(
            ("That is an entropy of 1 nat. A bit is less: ln 2 nats.", _temperature(1, np.log(_P))),
            (
                "The probabilities were taken for logits. Logits that give p under softmax are ln p.",
                _temperature(np.log(2), _P),
            ),
            ("The entropy is 1.65 bits at this temperature, that of the row as it stands.", 1),
            (
                "That halves the entropy. The question asks for the temperature at which it is 1 bit.",
                _temperature(_entropy(_P) / 2, np.log(_P)),
            ),
            ("That is the power to which p is raised, 1 over the temperature, as in (7.8).", 1 / _ONE_BIT),
        ),
    ),
}
