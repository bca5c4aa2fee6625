import numpy as np

from course.exercises.notebook_07 import EXERCISES
from rnnlib import sampling

_TAU = EXERCISES["7.4"].right


def _min_p(probs, m, keep=lambda p, limit: p >= limit):
    kept = [p if keep(p, m * max(probs)) else 0 for p in probs]
    return [p / sum(kept) for p in kept]


def _zeroed(probs, m):
    new = probs.copy()
    new[new / new.max() < m] = 0
    return new / np.add.reduce(new)


def _cut_in_place(probs, m):
    probs[probs < m * probs.max()] = 0
    return probs / probs.sum()


def _nucleus(probs, P, order=lambda p: np.argsort(-p), before=lambda sums, P: sums < P):
    kept, total = [False] * len(probs), 0.0
    for i in order(probs):
        if not before(total, P):
            break
        kept[i] = True
        total += probs[i]
    return kept


def _searched(probs, P):
    order = np.argsort(probs)[::-1]
    n = np.searchsorted(np.cumsum(probs[order]), P) + 1
    return np.isin(np.arange(len(probs)), order[:n])


def _as_numbers(probs, P):
    return np.array(_nucleus(probs, P)).astype(float)


WRONG = {
    "7.1": [(81, 3.07), (81, 3.01), (80.5, 3), (81,), (81, 9), (0.5, 2), ("81", "3"), (81, 1.73)],
    "7.2": [
        lambda p, m: _min_p(p, m, keep=lambda p, limit: p >= limit / 2),
        lambda p, m: (p >= m * p.max()) / (p >= m * p.max()).sum(),
        lambda p, m: p >= m * p.max(),
        lambda p, m: np.where(p >= m * p.max(), p, 1e-3),
        lambda p, m: np.sort(_min_p(p, m)),
        lambda p, m: np.array(_min_p(p, m))[None],
        lambda p, m: sampling.next_probs(np.log(p), temperature=1),
        _cut_in_place,
    ],
    "7.3": [
        lambda p, P: p > 0.2,
        lambda p, P: np.roll(_nucleus(p, P), 1),
        lambda p, P: np.ones(len(p), bool),
        lambda p, P: np.eye(len(p), dtype=bool)[p.argmax()],
        lambda p, P: p * _nucleus(p, P),
        lambda p, P: ~np.array(_nucleus(p, P)),
        lambda p, P: np.flatnonzero(_nucleus(p, P)),
        _as_numbers,
    ],
    "7.4": [0.43, 0.39, 0.37, 0.5, 0.2, (0.41,), "0.41", -0.41, [0.41, 1]],
}
RIGHT = {
    "7.1": [(81.0, 3.0), (80.99999, 3.0000001)],
    "7.2": [_min_p, _zeroed, lambda p, m: np.where(p < m * max(p), 0, p) / p[p >= m * max(p)].sum()],
    "7.3": [
        _nucleus,
        _searched,
        lambda p, P: np.array(_nucleus(p, P, order=lambda p: sorted(range(len(p)), key=lambda i: (-p[i], -i)))),
    ],
    "7.4": [0.41, 0.4, round(_TAU, 3), 0.4097, np.float32(0.41)],
}
