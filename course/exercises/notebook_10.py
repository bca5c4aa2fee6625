"""Exercises of notebook 10: a gate's cost, a step of the first GRU, an LSTM's way back, a forget bias, dropout."""

import functools

import numpy as np

from course import mutants
from course.exercises import Exercise
from rnnlib import lstm

_plant = functools.cache(mutants.plant)

_rng = np.random.default_rng(10)


# 10.5: parameters, one-hot x (B, V), h (B, H).
def _gru_case(B, V, H):
    shapes = {"W_xh": (V, 3 * H), "W_hh": (H, 3 * H), "b_h": (3 * H,)}
    params = {name: _rng.standard_normal(shape) for name, shape in shapes.items()}
    return params, np.eye(V)[_rng.integers(V, size=B)], _rng.uniform(-0.9, 0.9, (B, H))


_STEPS = (_gru_case(2, 5, 3), _gru_case(3, 4, 6))


def _gru(new_state=None, gate=lstm.sigmoid, read=lambda r, h: h, biased=True):
    """Return a step of a GRU whose reset gate comes before the product, as in Cho et al. (2014).

    A wrong one makes its new state as `new_state(r, z, x_n, h, W_n)` says, has other gates, has an update gate that
    reads `read(r, h)`, or no biases.
    """

    def right(r, z, x_n, h, W_n):
        return (1 - z) * np.tanh(x_n + (r * h) @ W_n) + z * h

    def step(params, x, h):
        x_r, x_z, x_n = np.split(x @ params["W_xh"] + biased * params["b_h"], 3, axis=-1)
        W_r, W_z, W_n = np.split(params["W_hh"], 3, axis=-1)
        r = gate(x_r + h @ W_r)
        return (new_state or right)(r, gate(x_z + read(r, h) @ W_z), x_n, h, W_n)

    return step


# 10.3: W_hh (H, 4H), hs and cs (T+1, B, H), gates (T, B, 4H), dhs (T, B, H).
def _lstm_case(T, B, V, H):
    shapes = {"W_xh": (V, 4 * H), "W_hh": (H, 4 * H), "b_h": (4 * H,)}
    params = {name: 0.5 * _rng.standard_normal(shape) for name, shape in shapes.items()}
    state = _rng.uniform(-0.9, 0.9, (2, B, H))
    trace = lstm.forward(params, _rng.integers(V, size=(T, B)), state)
    return params["W_hh"], *trace, _rng.standard_normal((T, B, H))


_BLOCKS = (_lstm_case(5, 3, 6, 4), _lstm_case(4, 2, 7, 3))


def _backward(W_hh, hs, cs, gates, dhs, cell=lstm):
    """Let the library go back; which characters were read does not touch these three gradients."""
    inputs = np.zeros(dhs.shape[:2], int)
    grads, (dh_0, dc_0) = cell.backward({"W_xh": np.zeros((1, 1)), "W_hh": W_hh}, inputs, (hs, cs, gates), dhs)
    return grads["W_hh"], dh_0, dc_0


def _planted(name):
    """Return a planted bug's sentence, and the three gradients that come of it."""
    mutant = next(mutant for mutant in mutants.GATED if (mutant.module, mutant.name) == ("lstm", name))
    return mutant.mistake, lambda *arguments: _backward(*arguments, cell=_plant(mutant)[1])


def _without_time(W_hh, hs, cs, gates, dhs):
    """Run every time step by itself, as if nothing came back from the one after."""
    steps = [_backward(W_hh, hs[t : t + 2], cs[t : t + 2], gates[t : t + 1], dhs[t : t + 1]) for t in range(len(dhs))]
    return sum(step[0] for step in steps), *steps[0][1:]


def _last_step_alone(W_hh, hs, cs, gates, dhs):
    return _backward(W_hh, hs[-2:], cs[-2:], gates[-1:], dhs[-1:])


def _mean(W_hh, hs, cs, gates, dhs):
    return tuple(grad / len(dhs) for grad in _backward(W_hh, hs, cs, gates, dhs))


def _stub(W_hh, hs, cs, gates, dhs):
    i, f, g, o = np.split(gates, 4, axis=-1)
    dW_hh, dh_next, dc_next = np.zeros_like(W_hh), np.zeros_like(hs[0]), np.zeros_like(cs[0])
    for t in reversed(range(len(dhs))):
        dh = dhs[t] + dh_next
        dc = dc_next + dh * o[t] * (1 - np.tanh(cs[t + 1]) ** 2)
        da_i = dc * g[t] * i[t] * (1 - i[t])
        da_f = dc * cs[t + 1] * f[t] * (1 - f[t])
        da_g = dc * i[t] * (1 - g[t] ** 2)
        da_o = dh * np.tanh(cs[t + 1]) * o[t] * (1 - o[t])
        da = np.concatenate((da_i, da_f, da_g, da_o), axis=-1)
        dW_hh += hs[t].T @ da
        dh_next, dc_next = da @ W_hh.T, dc
    return dW_hh, dh_next, dc_next


# 10.4: hs and u (T, B, H), a rate. One number in u is the rate itself.
_MASKED = tuple(
    (_rng.uniform(-1, 1, shape), np.append(rate, _rng.random(np.prod(shape) - 1)).reshape(shape), rate)
    for shape, rate in (((4, 3, 5), 0.4), ((3, 2, 8), 0.25))
)

_BLOCK = 64 * 100 + 100 * 100 + 100  # 10.1
_HALF = 0.5 ** (1 / 100)  # 10.4

EXERCISES = {
    "10.1": Exercise(
        right=np.log(_HALF / (1 - _HALF)),
        digits=3,
        mistakes=(
            ("That is f, the gate. The question is about the bias in it.", _HALF),
            ("That is minus the bias: with it the gate is almost shut.", np.log((1 - _HALF) / _HALF)),
            ("With a bias of 0 half is gone after one step.", 0.0),
            ("Half after 100 steps is not a loss of a hundredth of a half in each: shares multiply.", np.log(199)),
            ("That is ln f. The sigmoid has still to be solved for its sum.", np.log(_HALF)),
        ),
    ),
    "10.2": Exercise(
        right=(_BLOCK, 3 * _BLOCK, 4 * _BLOCK),
        parts=("the vanilla cell's number", "the GRU's", "the LSTM's"),
        mistakes=(
            ("You counted gates. The candidates, n and g, have weights too.", (_BLOCK, 2 * _BLOCK, 3 * _BLOCK)),
            ("The biases are missing.", (16_400, 49_200, 65_600)),
            ("Every block reads the input as well: W_xh is as many columns wide as W_hh.", (16_500, 36_700, 46_800)),
            (
                "You counted the output layer as well. The question is about the cell.",
                (_BLOCK + 6_464, 3 * _BLOCK + 6_464, 4 * _BLOCK + 6_464),
            ),
            ("The order is vanilla, GRU, LSTM.", (_BLOCK, 4 * _BLOCK, 3 * _BLOCK)),
        ),
    ),
    "10.3": Exercise(
        right=_backward,
        cases=_BLOCKS,
        stub=_stub,
        parts=("`dW_hh`", "`dh_0`", "`dc_0`"),
        mistakes=(
            ("Nothing comes back from the time step after, neither to h nor to c.", _without_time),
            ("That is the last time step alone: the loop has to reach the first.", _last_step_alone),
            ("This is divided by T once more. dhs holds every division already.", _mean),
            *map(
                _planted,
                (
                    "c_t for c_{t-1}",
                    "dc_next without f",
                    "no dh_next",
                    "no dc_next",
                    "dh_next: = for +=",
                    "no derivative of the input gate",
                    "no derivative of g",
                    "no derivative of tanh(c)",
                    "dc without o",
                    "1 - h² for 1 - tanh(c)²",
                    "c for tanh(c)",
                    "i and f swapped",
                    "no gradient of the initial c",
                ),
            ),
        ),
    ),
    "10.4": Exercise(
        right=lambda hs, u, p: hs * (u >= p) / (1 - p),
        cases=_MASKED,
        mistakes=(
            (
                "The scale is missing: without 1 / (1 - p) the output layer sees less in training than in use.",
                lambda hs, u, p: hs * (u >= p),
            ),
            (
                "1 - p multiplies what stays, where it should divide it.",
                lambda hs, u, p: hs * (u >= p) * (1 - p),
            ),
            (
                "Scaled by 1 / p. The share that stays is 1 - p.",
                lambda hs, u, p: hs * (u >= p) / p,
            ),
            (
                "Turned round: a unit is dropped where u is below p, not kept.",
                lambda hs, u, p: hs * (u < p) / (1 - p),
            ),
            (
                "Turned round, and scaled to match: a unit is dropped where u is below p, not kept.",
                lambda hs, u, p: hs * (u < p) / p,
            ),
            (
                "Every time step has the same mask. Each character has its own.",
                lambda hs, u, p: hs * (u[0] >= p) / (1 - p),
            ),
            (
                "Every stream has the same mask. Each has its own.",
                lambda hs, u, p: hs * (u[:, :1] >= p) / (1 - p),
            ),
            (
                "That is the mask. The hidden states still have to be multiplied by it.",
                lambda hs, u, p: (u >= p) / (1 - p),
            ),
            (
                "The units that stay are scaled by 1 + p. That is near 1 / (1 - p) for a small p alone.",
                lambda hs, u, p: hs * (u >= p) * (1 + p),
            ),
        ),
    ),
    "10.5": Exercise(
        right=_gru(),
        cases=_STEPS,
        mistakes=(
            (
                "z and 1 - z are exchanged: here z weighs the state before.",
                _gru(lambda r, z, x_n, h, W: z * np.tanh(x_n + (r * h) @ W) + (1 - z) * h),
            ),
            (
                "The reset gate multiplies the product, as in (10.7). Here it multiplies h, before the product.",
                _gru(lambda r, z, x_n, h, W: (1 - z) * np.tanh(x_n + r * (h @ W)) + z * h),
            ),
            (
                "The reset gate multiplies the input's part as well. It shuts off the past alone.",
                _gru(lambda r, z, x_n, h, W: (1 - z) * np.tanh(r * x_n + (r * h) @ W) + z * h),
            ),
            ("The reset gate is not used.", _gru(lambda r, z, x_n, h, W: (1 - z) * np.tanh(x_n + h @ W) + z * h)),
            (
                "The reset gate is for the candidate. What z keeps is h itself.",
                _gru(lambda r, z, x_n, h, W: (1 - z) * np.tanh(x_n + (r * h) @ W) + z * (r * h)),
            ),
            ("The reset gate is for the candidate. The update gate reads h itself.", _gru(read=lambda r, h: r * h)),
            (
                "r and z are exchanged: the columns stand in the order r, z, n.",
                _gru(lambda r, z, x_n, h, W: (1 - r) * np.tanh(x_n + (z * h) @ W) + r * h),
            ),
            ("The biases are missing.", _gru(biased=False)),
            ("The gates go through tanh. A gate is a share from 0 to 1, so it takes the sigmoid.", _gru(gate=np.tanh)),
            (
                "The candidate is mixed in without its tanh.",
                _gru(lambda r, z, x_n, h, W: (1 - z) * (x_n + (r * h) @ W) + z * h),
            ),
        ),
    ),
}
