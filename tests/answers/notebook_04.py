import numpy as np


def _dW_hh(W_hh, W_hy, hs, dz):
    T = len(dz)
    total, deltas = np.zeros_like(W_hh), [None] * T
    for t in range(T - 1, -1, -1):
        dh = W_hy @ dz[t] if t == T - 1 else W_hy @ dz[t] + W_hh @ deltas[t + 1]
        deltas[t] = dh * (1 + hs[t + 1]) * (1 - hs[t + 1])
    for t in range(T):
        total += hs[t][:, None] * deltas[t][None]
    return total


def _stacked(W_hh, W_hy, hs, dz):
    da = np.zeros((len(dz) + 1, len(W_hh)))
    for t in reversed(range(len(dz))):
        da[t] = (dz[t] @ W_hy.T + da[t + 1] @ W_hh.T) * (1 - hs[t + 1] ** 2)
    return hs[:-1].T @ da[:-1]


def _over_all_paths(W_hh, W_hy, hs, dz):
    total = np.zeros_like(W_hh)
    for t in range(len(dz)):
        row = dz[t] @ W_hy.T
        for k in range(t, -1, -1):
            row = row * (1 - hs[k + 1] ** 2)
            total += np.outer(hs[k], row)
            row = row @ W_hh.T
    return total


def _slopes_into_hs(W_hh, W_hy, hs, dz):
    result = _dW_hh(W_hh, W_hy, hs, dz)
    hs **= 2
    return result


def _with(back):
    """Return the full gradient over both blocks, with `back` applied to the row that is handed over."""

    def full(params, block_I, block_II):
        dW_II, row = _block(params, *block_II, 0)
        return _block(params, *block_I, back(row))[0] + dW_II

    return full


def _block(params, inputs, hs, dz, row):
    total = np.zeros_like(params["W_hh"])
    for t in reversed(range(len(dz))):
        da = (dz[t] @ params["W_hy"].T + row) * (1 - hs[t + 1] ** 2)
        total += np.outer(hs[t], da)
        row = da @ params["W_hh"].T
    return total, row


def _joined(params, block_I, block_II):
    """Join both blocks, the border state once."""
    hs = np.concatenate([block_I[1][:-1], block_II[1]])
    return _block(params, None, hs, np.concatenate([block_I[2], block_II[2]]), 0)[0]


def _joined_paths(params, block_I, block_II):
    hs = np.concatenate([block_I[1], block_II[1][1:]])
    return _over_all_paths(params["W_hh"], params["W_hy"], hs, np.concatenate([block_I[2], block_II[2]]))


WRONG = {
    "4.1": [(7, 6, 4, 18), (7, 6, 4), 17, (17, 7, 6, 4), (14, 12, 8, 17), (7, 6, 4, 0), ("7", "6", "4", "17")],
    "4.2": [
        lambda *a: _dW_hh(*a) * 2,
        lambda *a: -_dW_hh(*a),
        lambda *a: _dW_hh(*a).sum(axis=0),
        lambda W_hh, W_hy, hs, dz: _dW_hh(W_hh, W_hy, hs[:-1], dz[:-1]),
        lambda W_hh, W_hy, hs, dz: np.outer(hs[-2], (dz[-1] @ W_hy.T) * (1 - hs[-1] ** 2)),
        lambda W_hh, W_hy, hs, dz: _dW_hh(W_hh, W_hy, np.clip(hs, -0.5, 0.5), dz),
        lambda *a: np.clip(_dW_hh(*a), -0.1, 0.1),
        _slopes_into_hs,
    ],
    "4.3": [
        _with(lambda row: 2 * row),
        _with(lambda row: -row),
        _with(lambda row: row * 0.5),
        _with(lambda row: row[::-1]),
        lambda *a: _joined(*a) * 2,
        lambda *a: _joined(*a).T,
        lambda params, block_I, block_II: _block(params, *block_II, 0)[0],
    ],
    "4.4": [(10, 6), (11, 5), (12, 7), (10, 10.5), 10, (20, 10), (1, 1), (10, None)],
}  # fmt: skip
RIGHT = {
    "4.1": [[7, 6, 4, 17], (7.0, 6.0, 4.0, 17.0)],
    "4.2": [_dW_hh, _stacked, _over_all_paths],
    "4.3": [_with(lambda row: row), _joined, _joined_paths],
    "4.4": [[10, 5], np.array([10, 5])],
}
