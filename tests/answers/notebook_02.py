import numpy as np

from rnnlib import rnn


def _step(params, i, h):
    """Write (2.1) with loops."""
    new = []
    for j in range(len(h)):
        a = params["W_xh"][i, j] + params["b_h"][j] + sum(h[k] * params["W_hh"][k, j] for k in range(len(h)))
        new.append(np.tanh(a))
    return new


def _step_with_one_hot(params, i, h):
    x = np.zeros(len(params["W_xh"]))
    x[i] = 1
    return np.tanh(np.concatenate([x, h, [1]]) @ np.vstack([*map(params.get, ("W_xh", "W_hh", "b_h"))]))


def _step_in_place(params, i, h):
    h[:] = rnn.step(params, i, h)
    return h


def _forward_in_list(params, inputs, state):
    hs = [state]
    for ids in inputs:
        hs.append(rnn.step(params, ids, hs[-1]))
    return hs


def _bias_eaten(params, inputs, state):
    params["b_h"] *= 0
    return rnn.forward(params, inputs, state)


WRONG = {
    "2.1": [(8, 11, 5), (11, 3, 5), (5, 3, 8), (8, 3), 120, "8, 3, 5", (9, 3, 5), (8, 3, 5, 1), [[8, 3, 5]]],
    "2.2": [
        lambda p, i, h: np.tanh(p["W_xh"][i] - h @ p["W_hh"] + p["b_h"]),
        lambda p, i, h: np.tanh(p["W_xh"][i] + h @ p["W_hh"] + 2 * p["b_h"]),
        lambda p, i, h: np.tanh(p["W_xh"][i - 1] + h @ p["W_hh"] + p["b_h"]),
        lambda p, i, h: np.maximum(0, p["W_xh"][i] + h @ p["W_hh"] + p["b_h"]),
        lambda p, i, h: np.tanh(p["W_xh"][i] + h @ p["W_hh"] + p["b_h"])[None],
        lambda p, i, h: np.tanh(p["W_xh"][:, i] + h @ p["W_hh"] + p["b_h"]),
        lambda p, i, h: h,
        _step_in_place,
    ],
    "2.3": [
        lambda p, x, s: np.concatenate([rnn.forward(p, x, s)[:-1], s[None]]),
        lambda p, x, s: rnn.forward(p, x, np.zeros_like(s)),
        lambda p, x, s: rnn.forward(p, x[::-1], s),
        lambda p, x, s: rnn.forward(p, x, s).swapaxes(0, 1),
        lambda p, x, s: rnn.forward(p, x, s)[-1],
        lambda p, x, s: np.stack([s] * (len(x) + 1)),
        _bias_eaten,
    ],
    "2.4": [(6, 17), (11, 29), (6, 11), (3, 29), 6, (6, None), (6, 30), ("6", "29")],
}
RIGHT = {
    "2.1": [[8, 3, 5], np.zeros((8, 3, 5)).shape],
    "2.2": [_step, _step_with_one_hot, lambda p, i, h: rnn.step(p, np.array([i]), h[None])[0]],
    "2.3": [
        _forward_in_list,
        lambda p, x, s: np.array(_forward_in_list(p, x, s)),
        lambda p, x, s: iter(_forward_in_list(p, x, s)),
    ],
    "2.4": [[6.0, 29.0], (np.int64(6), np.int64(29))],
}
