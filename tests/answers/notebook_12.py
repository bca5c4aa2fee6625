import math

import numpy as np


def _decode(u, table, length, rescale=lambda u, low, high: (u - low) / (high - low)):
    edges, ids = [n / table[-1] for n in table.tolist()], []
    for _ in range(length):
        i = max(k for k in range(len(edges) - 1) if edges[k] <= min(max(u, 0), 0.999999))
        ids.append(i)
        u = rescale(u, edges[i], edges[i + 1])
    return ids


def _narrowed(u, table, length):
    """Narrow an interval instead of blowing u up."""
    low, width, ids = 0.0, 1.0, []
    for _ in range(length):
        starts = low + width * table / table[-1]
        i = int((starts <= u).sum()) - 1
        ids.append(i)
        low, width = starts[i], starts[i + 1] - starts[i]
    return np.array(ids)


def _in_counts(u, table, length):
    u, ids = u * table[-1], []
    for _ in range(length):
        i = int(np.flatnonzero(table <= u)[-1])
        ids.append(i)
        u = (u - table[i]) * table[-1] / (table[i + 1] - table[i])
    return tuple(ids)


def _sorts_the_table(u, table, length):
    ids = _decode(u, table, length)
    table[:] = table[::-1].copy()
    return ids


def _shares(probs, total, rounded=math.floor, lift=1, to=lambda p: p.index(max(p))):
    p = probs.tolist()
    freqs = [lift + rounded(x * (total - lift * len(p))) for x in p]
    freqs[to(p)] += total - sum(freqs)
    return freqs


def _one_by_one(probs, total):
    freqs = np.ones(len(probs), int)
    freqs += (probs * (total - len(probs))).astype(int)
    while freqs.sum() < total:
        freqs[np.argmax(probs)] += 1
    return freqs


def _floor_divided(probs, total):
    freqs = (1 + probs * (total - len(probs)) // 1).astype(np.int64)
    return np.where(np.arange(len(probs)) == probs.argmax(), total - freqs.sum() + freqs, freqs)


def _sorted_in_place(probs, total):
    freqs = _shares(probs, total)
    probs.sort()
    return freqs


WRONG = {
    "12.1": [15_000, 15_400, 10_625, (15_300,), "15300", -15_300, 15.3, 0],
    "12.2": [
        lambda *a: _decode(*a)[::-1],
        lambda *a: _decode(*a)[1:],
        lambda *a: [*_decode(*a), 0],
        lambda *a: [float(i) for i in _decode(*a)],
        lambda *a: _decode(*a, rescale=lambda u, low, high: (high - u) / (high - low)),
        lambda *a: _decode(*a, rescale=lambda u, low, high: u / high),
        lambda *a: _decode(*a)[0],
        lambda *a: "".join(map(str, _decode(*a))),
        _sorts_the_table,
    ],
    "12.3": [
        lambda *a: np.array(_shares(*a), dtype=float),
        lambda *a: np.array(_shares(*a)).astype(np.uint8),
        lambda *a: _shares(*a, lift=0),
        lambda *a: _shares(*a, lift=2),
        lambda *a: _shares(*a, to=lambda p: p.index(min(p))),
        lambda probs, total: np.full(len(probs), total // len(probs)),
        lambda *a: np.array(_shares(*a)) / a[1],
        lambda *a: sum(_shares(*a)),
        _sorted_in_place,
    ],
    "12.4": [(2, 6163), (2, 6100), (3, 6162), 2, 6162, (2,), (5, 7000), ("2", "6162"), (2, 6162, 0)],
}
RIGHT = {
    "12.1": [15_300, 15_300.0, np.float32(15_300), np.int64(15_300)],
    "12.2": [_decode, _narrowed, _in_counts],
    "12.3": [_shares, _one_by_one, _floor_divided],
    "12.4": [[2, 6162], np.array([2, 6162]), (2.0, 6162.0)],
}
