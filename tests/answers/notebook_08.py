import numpy as np

from course.exercises.notebook_08 import EXERCISES
from rnnlib import language_model, rnn

_SCORES = np.array(EXERCISES["8.4"].right)


def _auc(values, labels):
    yes, no = values[labels], values[~labels]
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / (len(yes) * len(no))


def _search(values, labels, n, score=lambda auc: max(auc, 1 - auc), scored_from=None):
    first = [_auc(column[:n], labels[:n]) for column in values.T]
    unit = max(range(len(first)), key=lambda k: score(first[k]))
    turned = values[:, unit] if first[unit] > 0.5 else -values[:, unit]
    start = n if scored_from is None else scored_from
    return _auc(turned[start:], labels[start:])


def _with_both_signs(values, labels, n):
    """Give the search every unit and minus it."""
    both = np.concatenate([values, -values], axis=1)
    return _search(both, labels, n, score=lambda auc: auc)


def _by_ranks(values, labels, n):
    def auc(column, labels):
        ranks = column.argsort().argsort() + 1
        yes = labels.sum()
        return (ranks[labels].sum() - yes * (yes + 1) / 2) / (yes * (len(labels) - yes))

    first = np.array([auc(column, labels[:n]) for column in values[:n].T])
    unit = np.argmax((first - 0.5) ** 2)
    return auc(values[n:, unit] * (1 if first[unit] > 0.5 else -1), labels[n:])


def _logits(params, ids, unit, value, hold=lambda h, t: True):
    h, logits = np.zeros(len(params["b_h"])), []
    for t, i in enumerate([None, *ids]):
        h = h if i is None else rnn.step(params, i, h)
        if hold(h, t):
            h = np.where(np.arange(len(h)) == unit, value, h)
        logits.append(h @ params["W_hy"] + params["b_y"])
    return logits[1:]


def _frozen(params):
    return lambda *, ids: language_model.forward(params, ids[:, None])[0][:, 0]


def _with_changed_params(params, ids, unit, value, copy=True):
    new = {name: array.copy() if copy else array for name, array in params.items()}
    for matrix, bias in (("W_hh", "b_h"), ("W_hy", "b_y")):
        new[bias] += value * params[matrix][unit]
        new[matrix][unit] = 0
    return _frozen(new)(ids=ids)


def _without_the_unit(params, ids, unit, value):
    """Take the unit out of every array, and put what it said into the biases."""
    keep = np.arange(len(params["b_h"])) != unit
    new = {
        "W_xh": params["W_xh"][:, keep],
        "W_hh": params["W_hh"][keep][:, keep],
        "b_h": (params["b_h"] + value * params["W_hh"][unit])[keep],
        "W_hy": params["W_hy"][keep],
        "b_y": params["b_y"] + value * params["W_hy"][unit],
    }
    return _frozen(new)(ids=ids).tolist()


WRONG = {
    "8.1": [(0.8, 0.2, 1), (0.2, 0.2, 0.2), (0.8, 0.2), 0.8, (0.8, 0.2, 0.51), (1, 0, 0.5), (0.8, ..., 0.5)],
    "8.2": [
        lambda values, labels, n: 0.5,
        lambda values, labels, n: _auc(values[n:, 0], labels[n:]),
        lambda values, labels, n: max(_auc(column[n:], labels[n:]) for column in values.T),
        lambda values, labels, n: 1 - _search(values, labels, n),
        lambda values, labels, n: _search(values, labels, n, scored_from=n - 1),
        lambda values, labels, n: [_auc(column[n:], labels[n:]) for column in values.T],
        lambda values, labels, n: _search(values[:, ::-1], ~labels, n, score=lambda auc: -auc),
    ],
    "8.3": [
        lambda *a: _logits(*a, hold=lambda h, t: t > 1),
        lambda *a: _logits(*a, hold=lambda h, t: t % 2 == 0),
        lambda params, ids, unit, value: _logits(params, ids, unit - 1, value),
        lambda params, ids, unit, value: _logits(params, ids, unit, -value),
        lambda *a: _logits(*a)[-1],
        lambda *a: np.argmax(_logits(*a), axis=-1),
        lambda *a: _with_changed_params(*a, copy=False),
    ],
    "8.4": [_SCORES.round(1), (0.63, 0.91, 1), (0.625, 0.911), _SCORES[::-1], 1, _SCORES + 0.01],
}  # fmt: skip
RIGHT = {
    "8.1": [[0.8, 0.2, 0.5], (1 - 0.2, 0.2, 1 / 2)],
    "8.2": [_search, _with_both_signs, _by_ranks],
    "8.3": [_logits, _with_changed_params, _without_the_unit],
    "8.4": [(0.625, 0.911, 1), _SCORES.round(3), np.trunc(_SCORES * 1000) / 1000, _SCORES.astype(np.float32)],
}
