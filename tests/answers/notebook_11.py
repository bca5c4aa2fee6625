import math

import numpy as np

from course.exercises.notebook_11 import EXERCISES
from rnnlib import rnn

_TIME = EXERCISES["11.1"].right


def _streams(H, size, wanted, low=1, high=3000, enough=lambda got, wanted: got >= wanted):
    found = [B for B in range(low, high) if enough(2 * B * H * H / (size * (H * H + 2 * B * H)), wanted)][:1]
    return found[0] if found else high


def _bisected(H, size, wanted):
    low, high = 0, 10**6
    while high - low > 1:
        B = (low + high) // 2
        low, high = (low, B) if 2 * B * H >= wanted * size * (H + 2 * B) else (B, high)
    return high


def _formula(H, size, wanted):
    return math.ceil(wanted * size * H / (2 * (H - wanted * size)))


def _gradients(hs, dlogits, states=slice(1, None), out=lambda W, b: (W, b)):
    return out(np.einsum("tbh,tbv->hv", hs[states], dlogits), dlogits.sum(axis=(0, 1)))


def _looped(hs, dlogits):
    total = 0
    for t in range(len(dlogits)):
        total = total + hs[t + 1].T @ dlogits[t]
    return total, [sum(dlogits[..., v].ravel()) for v in range(dlogits.shape[-1])]


def _tensordot(hs, dlogits):
    return np.tensordot(hs[1:], dlogits, axes=([0, 1], [0, 1])), np.ones(dlogits.shape[:2]).ravel() @ dlogits.reshape(
        -1, dlogits.shape[-1]
    )


def _scaled_dlogits(hs, dlogits):
    result = _gradients(hs, dlogits)
    dlogits /= dlogits.size
    return result


def _states(params, inputs, state, buffer=np.empty_like, first=lambda state: state):
    hs = np.empty((len(inputs) + 1, *state.shape))
    hs[0] = first(state)
    a = buffer(state)
    for t in range(len(inputs)):
        np.matmul(hs[t], params["W_hh"], out=a)
        a += (params["W_xh"] + params["b_h"])[inputs[t]]
        np.tanh(a, out=hs[t + 1])
    return hs


def _in_place(params, inputs, state):
    """Write the product to where the state will be."""
    hs = np.empty((len(inputs) + 1, *state.shape))
    hs[0] = state
    for t in range(len(inputs)):
        hs[t].dot(params["W_hh"], out=hs[t + 1])
        hs[t + 1] += params["W_xh"][inputs[t]] + params["b_h"]
        np.tanh(hs[t + 1], out=hs[t + 1])
    return hs


def _folded_bias(params, inputs, state):
    params["W_xh"] += params["b_h"]
    params["b_h"] *= 0
    return rnn.forward(params, inputs, state)


WRONG = {
    "11.1": [60, 55, 56, (_TIME,), "56 ms", 5.66, -_TIME, _TIME * 1.02, 0],
    "11.3": [
        lambda *a: _streams(*a, low=2),
        lambda *a: _streams(*a, high=24),
        lambda *a: _streams(*a) + 2,
        lambda H, size, wanted: 2 ** math.ceil(math.log2(_formula(H, size, wanted))),
        lambda H, size, wanted: wanted * size * H / (2 * (H - wanted * size)),
        lambda H, size, wanted: H,
        lambda *a: [_formula(*a)],
    ],
    "11.2": [
        lambda hs, dz: _gradients(hs, dz, slice(None, -1), out=lambda W, b: (W, b / 2)),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: (W / len(dz), b)),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: (W, b / len(dz))),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: W),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: (W, b[None])),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: (W, dz.sum(axis=1))),
        lambda hs, dz: _gradients(hs, dz, out=lambda W, b: np.vstack([W, b])),
        _scaled_dlogits,
    ],
    "11.4": [
        lambda params, inputs, state: _states(params, inputs, state, buffer=lambda state: state),
        lambda params, inputs, state: _states(params, inputs, state, first=lambda state: state / 2),
        lambda params, inputs, state: _states(params, inputs[::-1], state),
        lambda params, inputs, state: rnn.forward(params, inputs, state)[-1],
        lambda params, inputs, state: rnn.forward(params, inputs, state)[::-1],
        lambda params, inputs, state: rnn.forward(params, inputs, -state),
        _folded_bias,
    ],
}
RIGHT = {
    "11.1": [56.6, 57, round(_TIME, 1), np.float32(_TIME), 56.5],
    "11.3": [_bisected, _formula, lambda *a: np.ceil(_formula(*a)), lambda *a: np.array(_streams(*a))],
    "11.2": [_gradients, _looped, _tensordot],
    "11.4": [_states, _in_place, rnn.forward, lambda *a: [*rnn.forward(*a)]],
}
