"""Exercises of notebook 03: softmax by columns, the gradient of a block, the first loss, a bluffer's perplexity."""

import functools

import numpy as np

from course import mutants
from course.exercises import Exercise
from rnnlib import losses

_plant = functools.cache(mutants.plant)

# 3.1: one prediction a column, (V, N). The second table overflows exp; in the third, columns lie far apart; in the last
# ones the logits of one column do.
_rng = np.random.default_rng(3)
_SAFE = _rng.standard_normal((5, 3))
_TABLES = (
    (_SAFE,),
    (1000 + 3 * _rng.standard_normal((4, 6)),),
    (2 * _rng.standard_normal((6, 2)) + [-1500, 900],),
    (1000 * _rng.standard_normal((4, 3)),),
    (np.array([[-2000.0, 0.0], [1.0, 1.0], [2.0, 2000.0], [-1.0, -1.0]]),),
)


def _columns(z):
    return losses.softmax(z.T).T


@np.errstate(over="ignore", invalid="ignore")
def _no_shift(z):
    exps = np.exp(z)
    return exps / exps.sum(axis=0)


@np.errstate(over="ignore", invalid="ignore")
def _no_shift_one_sum(z):
    exps = np.exp(z)
    return exps / exps.sum()


@np.errstate(invalid="ignore")
def _one_shift(z):
    exps = np.exp(z - z.max())
    return exps / exps.sum(axis=0)


def _one_sum(z):
    exps = np.exp(z - z.max(axis=0))
    return exps / exps.sum()


def _no_axis(z):
    exps = np.exp(z - z.max())
    return exps / exps.sum()


def _shifted_by(something):
    """Return a softmax that is shifted by something else than each column's maximum."""

    @np.errstate(over="ignore", invalid="ignore")
    def softmax(z):
        exps = np.exp(z - something(z))
        return exps / exps.sum(axis=0)

    return softmax


_TOO_LITTLE = (
    "Every column is shifted, but not by its largest logit. Where the largest lies far above what you subtract, exp "
    "still overflows: try 1000 * rng.standard_normal((4, 3))."
)


@np.errstate(over="ignore", invalid="ignore")
def _shifted_rows(z):
    exps = np.exp(z - z.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=0)


def _largest_is_one(z):
    return np.exp(z - z.max(axis=0))


@np.errstate(all="ignore")
def _divided_logits(z):
    return _columns(z / z.max(axis=0))


# 3.2: logits and targets of a block, (T, B, V) and (T, B). The stub is right for one prediction, as in the last.
_BLOCKS = tuple(
    (2 * _rng.standard_normal(shape), _rng.integers(shape[-1], size=shape[:-1]))
    for shape in [(5, 3, 8), (2, 4, 6), (1, 1, 5)]
)


def _gradient(logits, targets):
    return losses.cross_entropy(logits, targets)[1]


def _stub(logits, targets):
    p = losses.softmax(logits)
    p[..., targets] -= 1
    return p / len(logits)


def _only_the_mean_mended(logits, targets):
    return _stub(logits, targets) * len(logits) / targets.size


def _only_the_division_gone(logits, targets):
    return _stub(logits, targets) * len(logits)


def _mean_over_logits(logits, targets):
    return _gradient(logits, targets) / logits.shape[-1]


def _planted(name):
    """Return a planted bug's sentence, and the gradient of the logits that comes of it."""
    mutant = next(mutant for mutant in mutants.MUTANTS if mutant.name == name)

    def wrong(logits, targets):
        model, _ = _plant(mutant)
        return model.losses.cross_entropy(logits, targets)[1]

    return mutant.mistake, wrong


# 3.4: the search of the exercise, with one or another idea of perplexity.
def _first_above_two(perplexity):
    draws = (np.array([0.9] * 9 + [2.0**-k]) for k in range(1, 60))
    return next(value for value in map(perplexity, draws) if value > 2)


def _perplexity(p):
    return losses.perplexity(-np.log(p).mean())


EXERCISES = {
    "3.1": Exercise(
        right=_columns,
        cases=_TABLES,
        mistakes=(
            (
                "It holds NaN where the logits are large: exp has overflowed. Use shift invariance (3.2) first.",
                _no_shift,
            ),
            (
                "It holds NaN where the logits are large, and elsewhere the whole table sums to 1: this is section 1's "
                "softmax, made for one row of small logits.",
                _no_shift_one_sum,
            ),
            (
                "Your rows sum to 1. Here a prediction is a column: which axis holds the characters?",
                losses.softmax,
            ),
            (
                "Your whole table sums to 1. Every column is a prediction of its own and needs its own sum.",
                _one_sum,
            ),
            (
                "Your whole table sums to 1. Every column is a prediction of its own: both its shift and its sum.",
                _no_axis,
            ),
            (
                "Every column is shifted by the largest logit of the whole table. A column far below that is all zeros "
                "after exp, and 0 / 0 is NaN.",
                _one_shift,
            ),
            (_TOO_LITTLE, _shifted_by(lambda z: z.mean(axis=0))),
            (_TOO_LITTLE, _shifted_by(lambda z: z.min(axis=0))),
            (_TOO_LITTLE, _shifted_by(lambda z: z[0])),
            (_TOO_LITTLE, _shifted_by(lambda z: z[-1])),
            (
                "The sum runs down the columns, the maximum along the rows. That shifts the logits of one prediction "
                "by different numbers, so their differences change.",
                _shifted_rows,
            ),
            (
                "The largest entry of every column is 1, so the columns do not sum to 1. What does (3.1) divide by?",
                _largest_is_one,
            ),
            (
                "Your logits are divided by the largest. That changes the differences between them, and only a shift "
                "leaves softmax as it was.",
                _divided_logits,
            ),
        ),
    ),
    "3.2": Exercise(
        right=_gradient,
        cases=_BLOCKS,
        stub=_stub,
        mistakes=(
            (
                "The mean is right now. But the 1 is still taken from too many entries: count how many of them change, "
                "and how many true characters there are.",
                _only_the_mean_mended,
            ),
            (
                "Without a division this belongs to a sum, and (3.12) to a mean. And the 1 is still taken from too "
                "many entries.",
                _only_the_division_gone,
            ),
            _planted("mean over time only"),
            _planted("sum for mean"),
            (
                "This divides by the number of logits. The loss is a mean over the targets, each with V logits.",
                _mean_over_logits,
            ),
            _planted("p for p - y"),
            _planted("y - p"),
        ),
    ),
    "3.3": Exercise(
        right=losses.cross_entropy(np.full((1, 96), 7.0), [0])[0],
        digits=3,
        mistakes=(
            ("That is in bits, from the logarithm to base 2. The question asks for nats.", np.log2(96)),
            ("That is the logarithm to base 10. Nats come from the natural one.", np.log10(96)),
            ("That is the perplexity, the number of equally likely characters. The loss is a logarithm.", 96),
            ("That is the probability of each character. The loss is minus its logarithm.", 1 / 96),
            ("That is log p. The loss has a minus in front, so that less is better.", -np.log(96)),
            ("That is the logit. Only differences between logits matter: what does softmax make of these?", 7),
            ("That is the sum over 25 characters. The loss of one prediction is asked for.", 25 * np.log(96)),
            ("That is the first loss on this notebook's Shakespeare, with V = 64. Here V is another.", np.log(64)),
        ),
    ),
    "3.4": Exercise(
        right=_first_above_two(_perplexity),
        digits=3,
        mistakes=(
            (
                "That is one step too early: A's perplexity is still below B's.",
                _perplexity(np.array([0.9] * 9 + [2.0**-8])),
            ),
            (
                "The mean is in bits, and e to the power of it was taken. The base has to be that of the logarithm.",
                _first_above_two(lambda p: np.exp(-np.log2(p).mean())),
            ),
            (
                "The mean is in nats, and 2 to the power of it was taken. The base has to be that of the logarithm.",
                _first_above_two(lambda p: 2 ** -np.log(p).mean()),
            ),
            (
                "That is one over the product of all ten probabilities. Perplexity is a figure for one character: take "
                "the mean of the losses, not their sum.",
                _first_above_two(lambda p: 1 / p.prod()),
            ),
            (
                "This averages the probabilities, and one tiny probability among ten hardly moves that mean: A would "
                "never lose. Average the losses.",
                1 / 0.81,
            ),
            (
                "This averages one over the probability. Perplexity takes the mean of the logarithms.",
                _first_above_two(lambda p: (1 / p).mean()),
            ),
            (
                "This gives the tenth draw half of the weight. The good prediction comes nine times.",
                _first_above_two(lambda p: _perplexity(p[-2:])),
            ),
            (
                "That is the mean loss in bits at the right k. Turn it into a perplexity.",
                losses.bits(-np.log([0.9] * 9 + [2.0**-9]).mean()),
            ),
            ("That is the k at which A loses. The question asks for A's perplexity there.", 9),
        ),
    ),
}
