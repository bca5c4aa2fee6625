"""Exercises of notebook 08: the AUC of changed units, a search, a unit that is half frozen, a probe in noise."""

import numpy as np

from course.exercises import Exercise
from rnnlib import language_model, rnn

_rng = np.random.default_rng(8)

# 8.2: values of some units, yes/no labels, and the number of rows to choose on. Units and rows are few, so the best
# unit of the first rows is another one elsewhere, or stands upside down there.


def _searches():
    for N, H, n in ((14, 3, 6), (17, 6, 8), (23, 4, 9), (12, 7, 5)):
        labels = np.r_[_rng.permutation(np.arange(n) % 3 == 0), _rng.permutation(np.arange(N - n) % 2 == 0)]
        yield _rng.uniform(-1, 1, (N, H)), labels, n
    for N, H, n in ((16, 5, 8), (18, 6, 9)):  # a few values far out: they change means and correlations, but no order
        labels = _rng.permutation(np.arange(N) % 2 == 0)
        yield _rng.uniform(-1, 1, (N, H)) ** 15, labels, n


_SEARCHES = tuple(_searches())


def _auc(values, labels):
    """Return the AUC of each column by counting pairs."""
    return (values[labels][:, np.newaxis] > values[~labels]).mean(axis=(0, 1))


def _search(choose_on, score_on, both_ways=True, score=lambda auc, sign: auc if sign > 0 else 1 - auc):
    """Return a search: the unit and its sign from rows choose_on(n), the score of it on rows score_on(n)."""

    def search(values, labels, n):
        rows, others = choose_on(n), score_on(n)
        above = _auc(values[rows], labels[rows]) - 0.5
        unit = np.argmax(np.abs(above) if both_ways else above)
        return score(_auc(values[others], labels[others])[unit], np.sign(above[unit]) if both_ways else 1)

    return search


def _by(measure):
    """Return a search that takes the unit and the sign by another measure than the AUC."""

    def search(values, labels, n):
        measured = measure(values[:n], labels[:n])
        unit = np.abs(measured).argmax()
        auc = _auc(values[n:], labels[n:])[unit]
        return auc if measured[unit] > 0 else 1 - auc

    return search


def _correlation(values, labels):
    return np.array([np.corrcoef(column, labels)[0, 1] for column in values.T])


def _difference_of_means(values, labels):
    return values[labels].mean(axis=0) - values[~labels].mean(axis=0)


def _first(n):
    return slice(n)


def _rest(n):
    return slice(n, None)


def _all(n):
    return slice(None)


# 8.3: parameters, ids, the unit, the value at which it is held.
def _draw(V, H):
    return {
        "W_xh": _rng.standard_normal((V, H)),
        "W_hh": _rng.standard_normal((H, H)) / 2,
        "b_h": _rng.standard_normal(H),
        "W_hy": _rng.standard_normal((H, V)),
        "b_y": _rng.standard_normal(V),
    }


_NETWORKS = tuple(
    (_draw(V, H), _rng.integers(V, size=T), unit, value)
    for V, H, T, unit, value in [(7, 5, 9, 3, 0.4), (4, 6, 3, 0, -0.8)]
)


def _frozen_logits(params, ids, unit, value):
    new = {name: array.copy() for name, array in params.items()}
    for bias, W in (("b_h", "W_hh"), ("b_y", "W_hy")):
        new[bias] += value * params[W][unit]
        new[W][unit] = 0
    return language_model.forward(new, ids[:, np.newaxis])[0][:, 0]


def _by_hand(at_first=True, before_output=True, after_output=True):
    """Return a loop that holds the unit at the places that are asked for."""

    def logits(params, ids, unit, value):
        h, rows = np.zeros(len(params["b_h"])), []
        if at_first:
            h[unit] = value
        for i in ids:
            h = rnn.step(params, i, h)
            if before_output:
                h[unit] = value
            rows.append(h @ params["W_hy"] + params["b_y"])
            if after_output:
                h[unit] = value
        return np.array(rows)

    return logits


def _held_for_the_output_alone(params, ids, unit, value):
    hs = rnn.forward(params, ids[:, np.newaxis], np.zeros((1, len(params["b_h"]))))[1:, 0]
    hs[:, unit] = value
    return hs @ params["W_hy"] + params["b_y"]


def _at_zero(params, ids, unit, value):
    return _frozen_logits(params, ids, unit, 0.0)


def _not_held(params, ids, unit, value):
    return language_model.forward(params, ids[:, np.newaxis])[0][:, 0]


# 8.4: the noise and the labels of the exercise, and what one or another way of scoring makes of them.
def _in_noise(score):
    noise = np.random.default_rng(8).standard_normal((200, 150))
    labels = np.random.default_rng(9).random(200) < 0.5
    return tuple(float(score(noise[:, :units], labels)) for units in (5, 50, 150))


def _probe(values, labels, fitted):
    values = np.column_stack([values, np.ones(len(values))])
    weights, *_ = np.linalg.lstsq(values[fitted], labels[fitted].astype(float), rcond=None)
    return values @ weights


def _auc_of_probe(rows, fitted=_first):
    return lambda values, labels: _auc(_probe(values, labels, fitted(100))[rows(100), np.newaxis], labels[rows(100)])[0]


def _auc_of_best_unit(values, labels):
    return 0.5 + np.abs(_auc(values[:100], labels[:100]) - 0.5).max()


def _correlation_of_probe(values, labels):
    return np.corrcoef(_probe(values, labels, _first(100))[:100], labels[:100])[0, 1]


EXERCISES = {
    "8.1": Exercise(
        right=(0.8, 0.2, 0.5),
        parts=("minus the unit", "the cube", "the frozen unit"),
        mistakes=(
            (
                "Minus, the cube and the mean were taken of the AUC. Take them of the unit's values: which of two "
                "values is the higher, before and after?",
                (-0.2, 0.2**3, 0),
            ),
            (
                "The first is the share of pairs in which the unit lies higher on the yes. Minus the unit wins where "
                "the unit lost: a share cannot be negative.",
                (-0.2, 0.2, 0.5),
            ),
            ("Minus the unit turns every pair round, so it wins where the unit lost.", (0.2, 0.2, 0.5)),
            (
                "The cube was taken of the AUC. Take it of the unit's values: which of two values is the higher, "
                "before and after?",
                (0.8, 0.2**3, 0.5),
            ),
            ("A cube keeps the sign and the order: -0.5 stays below 0.5. Nothing is turned round.", (0.8, 0.8, 0.5)),
            (
                "A frozen unit has the same value at every character: each pair is a tie. What does a tie count in "
                "(8.2)?",
                (0.8, 0.2, 0),
            ),
            ("A unit that is always the same ties every pair: it knows nothing about the label.", (0.8, 0.2, 0.2)),
        ),
    ),
    "8.2": Exercise(
        right=_search(_first, _rest),
        cases=_SEARCHES,
        mistakes=(
            (
                "The unit is scored on the rows that chose it. The best of many is good there by the choice itself.",
                _search(_first, _first),
            ),
            (
                "The score is over all rows, and the first n chose the unit. Only the others can tell.",
                _search(_first, _all),
            ),
            ("The unit was chosen with the help of the rows on which it is scored.", _search(_all, _rest)),
            ("The unit was chosen on all rows and scored on all rows: nothing is held out.", _search(_all, _all)),
            ("The unit was chosen on the very rows on which it is scored.", _search(_rest, _rest)),
            (
                "A unit that is upside down is passed over. AUC 0.1 tells as much about the label as 0.9.",
                _search(_first, _rest, both_ways=False),
            ),
            ("The unit was chosen by its correlation with the label. Choose by the AUC.", _by(_correlation)),
            ("The unit was chosen by the difference of two means. Choose by the AUC.", _by(_difference_of_means)),
            (
                "The right unit is chosen, but its sign is lost on the way: a unit that was upside down on the first "
                "rows has to be turned on the others too.",
                _search(_first, _rest, score=lambda auc, sign: auc),
            ),
            (
                "The sign is chosen again on the other rows, so that the score is never below 0.5. The sign is part of "
                "the choice.",
                _search(_first, _rest, score=lambda auc, sign: max(auc, 1 - auc)),
            ),
        ),
    ),
    "8.3": Exercise(
        right=_frozen_logits,
        cases=_NETWORKS,
        stub=_by_hand(at_first=False, before_output=False),
        mistakes=(
            (
                "The start is right now, and the next state is made from the held unit. But the output layer still "
                "reads what the unit would like to be.",
                _by_hand(before_output=False),
            ),
            (
                "The output layer reads the held unit now. One state has been forgotten: the one before the first "
                "character.",
                _by_hand(at_first=False),
            ),
            (
                "Only the output layer reads the held unit. The next state is made from the free one: W_hh reads the "
                "state as well.",
                _held_for_the_output_alone,
            ),
            (
                "The unit is held before the first character and never again.",
                _by_hand(before_output=False, after_output=False),
            ),
            ("The unit is held at zero, whatever value was asked for.", _at_zero),
            ("The unit is not held at all: these are the logits of the whole network.", _not_held),
        ),
    ),
    "8.4": Exercise(
        right=_in_noise(_auc_of_probe(_first)),
        parts=("the AUC of 5 units", "that of 50", "that of 150"),
        digits=3,
        mistakes=(
            (
                "These are the scores on the other 100 rows. The question asks for those on the rows that the probe "
                "was fitted on.",
                _in_noise(_auc_of_probe(_rest)),
            ),
            (
                "The probe was fitted on the first 100 rows, but scored on all 200.",
                _in_noise(_auc_of_probe(_all)),
            ),
            (
                "The probe was fitted on all 200 rows. It should see the first 100 only.",
                _in_noise(_auc_of_probe(_all, fitted=_all)),
            ),
            ("This is the best single unit. In a probe all units vote together.", _in_noise(_auc_of_best_unit)),
            ("These are correlations. For a yes/no label the score is the AUC.", _in_noise(_correlation_of_probe)),
        ),
    ),
}
