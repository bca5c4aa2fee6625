import numpy as np

from course.exercises.notebook_01 import EXERCISES

_BITS = np.array(EXERCISES["1.4"].right)


def _by_loops(ids, V):
    rows = []
    for step in ids:
        rows.append([[1 if k == i else 0 for k in range(V)] for i in step])
    return rows


def _by_filling(ids, V):
    rows = np.zeros((*ids.shape, V), dtype=np.int8)
    np.put_along_axis(rows, ids[..., None], 1, axis=-1)
    return rows


def _streams(ids, B, targets=lambda text: text[1:]):
    S = (len(ids) - 1) // B
    cut = [text[: B * S].reshape(B, S).T for text in (ids, targets(ids))]
    return tuple(cut)


def _by_loop(ids, B):
    S = (len(ids) - 1) // B
    places = [[b * S + t for b in range(B)] for t in range(S)]
    return [[ids[i] for i in row] for row in places], [[ids[i + 1] for i in row] for row in places]


def _writes_into_the_text(ids, B):
    inputs, targets = (part.copy() for part in _streams(ids, B))
    ids[-1] = 0
    return inputs, targets


WRONG = {
    "1.1": [
        lambda ids, V: np.eye(V)[ids].reshape(-1, V),
        lambda ids, V: np.eye(V)[ids][:, :1],
        lambda ids, V: 1 - np.eye(V)[ids],
        lambda ids, V: ids[..., None] >= np.arange(V),
        lambda ids, V: np.ones((*ids.shape, V)),
        lambda ids, V: np.eye(V)[ids[::-1]],
        lambda ids, V: ids == np.arange(V),
        lambda ids, V: np.eye(V)[ids] / V,
    ],
    "1.2": [(143, 11, 85), (143, 12, 84), (142, 11, 84), (143.857, 11, 84), (143, 11), 143, "143, 11, 84"],
    "1.3": [
        lambda ids, B: _streams(ids, B, lambda text: text[::-1]),
        lambda ids, B: _streams(ids, B, lambda text: np.roll(text, 1)),
        lambda ids, B: _streams(ids, B)[1],
        lambda ids, B: tuple(part[:, ::-1] for part in _streams(ids, B)),
        lambda ids, B: tuple(part[1:] for part in _streams(ids, B)),
        _writes_into_the_text,
    ],
    "1.4": [
        np.abs(_BITS), np.zeros(4), _BITS[:3], _BITS[::-1], _BITS.round(2), _BITS.round(1), _BITS.mean(),
        [..., *_BITS[1:]],
    ],
}  # fmt: skip
RIGHT = {
    "1.1": [
        _by_loops,
        _by_filling,
        lambda ids, V: ids[..., None] == np.arange(V),
        lambda ids, V: np.eye(V, dtype=int)[ids],
    ],
    "1.2": [(143.0, 11.0, 84.0), np.array([143, 11, 84], np.uint8)],
    "1.3": [_by_loop, lambda ids, B: np.stack(_streams(ids, B)), _streams],
    "1.4": [_BITS.round(3), np.trunc(_BITS * 1000) / 1000, [float(x) for x in _BITS], _BITS.astype(np.float32)],
}
