"""Exercises of notebook 11: the time of a step, the streams a roof asks for, a gradient at once, a row too few."""

import math

import numpy as np

from course.exercises import Exercise
from rnnlib import language_model, rnn

_rng = np.random.default_rng(11)


# 11.1: milliseconds of T·B·(6H² + 6HV) FLOP at 100 GFLOP/s.
def _milliseconds(T=50, B=64, H=512, V=64, of_H=6, of_V=6):
    return T * B * (of_H * H * H + of_V * H * V) / 1e11 * 1e3


# 11.3: H, bytes of a number, FLOP a byte.
_PRODUCTS = (
    (100, 8, 3.0),
    (256, 4, 10.0),
    (64, 4, 6.5),
    (7, 8, 0.25),
    (192, 4, 12.0),  # 32 streams meet this one exactly
    (100, 8, 0.1),  # a single one is enough
    (1000, 4, 200.0),  # thousands
)


def _streams(H, size, wanted):
    B = 1
    while 2 * B * H * H / (size * (H * H + 2 * B * H)) < wanted:
        B += 1
    return B


def _rounded_down(H, size, wanted):
    return math.floor(wanted * size * H / (2 * (H - wanted * size)))


def _rounded_to_nearest(H, size, wanted):
    return round(wanted * size * H / (2 * (H - wanted * size)))


def _one_more(H, size, wanted):
    return _rounded_down(H, size, wanted) + 1


def _weights_only(H, size, wanted):
    return math.ceil(wanted * size / 2)


def _states_once(H, size, wanted):
    return math.ceil(wanted * size * H / (2 * H - wanted * size))


def _half_the_work(H, size, wanted):
    B = wanted * size * H / (H - 2 * wanted * size)
    return math.ceil(B) if B > 0 else 0


# 11.2: hs (T+1, B, H) and dlogits (T, B, V).
_BLOCKS = tuple(
    (_rng.uniform(-0.9, 0.9, (T + 1, B, H)), _rng.standard_normal((T, B, V)))
    for T, B, H, V in [(6, 3, 4, 9), (2, 5, 7, 3)]
)


def _output(hs, dlogits):
    T, B, H = hs[1:].shape
    inputs = np.zeros((T, B), int)
    params = {"W_hy": np.zeros((H, dlogits.shape[-1])), "W_xh": np.zeros((1, H)), "W_hh": np.zeros((H, H))}
    grads, _ = language_model.backward(params, inputs, hs, dlogits)
    return grads["W_hy"], grads["b_y"]


def _mean(hs, dlogits):
    return tuple(grad / (len(dlogits) * dlogits.shape[1]) for grad in _output(hs, dlogits))


def _states_before(hs, dlogits):
    return _output(np.concatenate([hs[:1], hs[:-1]]), dlogits)


def _turned(hs, dlogits):
    return _output(hs, dlogits)[0].T, _output(hs, dlogits)[1]


def _last_step(hs, dlogits):
    return _output(hs[-2:], dlogits[-1:])


def _first_stream(hs, dlogits):
    return _output(hs[:, :1], dlogits[:, :1])


def _other_order(hs, dlogits):
    return _output(hs, dlogits)[::-1]


def _streams_kept(hs, dlogits):
    return _output(hs, dlogits)[0], dlogits.sum(axis=0)


# 11.4: parameters, ids (T, B), a state (B, H).
def _network(T, B, H, V):
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,)}
    params = {name: 0.6 * _rng.standard_normal(shape) for name, shape in shapes.items()}
    return params, _rng.integers(V, size=(T, B)), _rng.uniform(-0.9, 0.9, (B, H))


_NETWORKS = (_network(5, 3, 4, 7), _network(8, 2, 6, 5))


def _states(buffer=None, first=None):
    """Return the loop of the exercise with the array `a` at hs[buffer], and hs[0] replaced afterwards."""

    def states(params, inputs, state):
        xs = (params["W_xh"] + params["b_h"])[inputs]
        hs = np.zeros((len(inputs) + 1, *state.shape))
        hs[0] = state
        a = hs[buffer]
        for t in range(len(inputs)):
            hs[t].dot(params["W_hh"], out=a)
            a += xs[t]
            np.tanh(a, out=hs[t + 1])
        if first is not None:
            hs[0] = first
        return hs

    return states


def _no_tanh(params, inputs, state):
    """Take the states, and undo tanh everywhere but in the first."""
    hs = rnn.forward(params, inputs, state)
    hs[1:] = np.arctanh(hs[1:])
    return hs


def _from_zeros(params, inputs, state):
    return rnn.forward(params, inputs, np.zeros_like(state))


def _without_the_first(params, inputs, state):
    return rnn.forward(params, inputs, state)[1:]


def _carried_wrongly(params, inputs, state):
    """Read the state before the block at every time step."""
    return np.stack([state, *(rnn.step(params, ids, state) for ids in inputs)])


EXERCISES = {
    "11.1": Exercise(
        right=_milliseconds(),
        rtol=0.01,
        mistakes=(
            ("That is the forward pass. Backward, each matrix is met twice more.", _milliseconds(of_H=2, of_V=2)),
            ("That is the backward pass alone.", _milliseconds(of_H=4, of_V=4)),
            ("A product takes a multiplication and an addition for each pair: a factor of 2.", _milliseconds() / 2),
            ("The output layer is missing.", _milliseconds(of_V=0)),
            ("The recurrence is missing.", _milliseconds(of_H=0)),
            ("That is one stream. There are B of them.", _milliseconds(B=1)),
            ("That is one time step. A block has T of them.", _milliseconds(T=1)),
            ("That is in seconds.", _milliseconds() / 1e3),
            ("That is in microseconds.", _milliseconds() * 1e3),
        ),
    ),
    "11.2": Exercise(
        right=_output,
        cases=_BLOCKS,
        parts=("the gradient of W_hy", "the gradient of b_y"),
        mistakes=(
            ("That is the mean. The exercise asks for the sum: dlogits has been divided already.", _mean),
            (
                "These are the states before each character, which W_hh reads. The output layer reads those after it.",
                _states_before,
            ),
            ("The gradient of W_hy is turned: its shape is W_hy's, (H, V).", _turned),
            ("That is the last time step alone.", _last_step),
            ("That is the first stream alone.", _first_stream),
            ("Both are right. They are expected in the order W_hy, b_y.", _other_order),
            ("The gradient of b_y still has a row for each stream: sum over both axes.", _streams_kept),
        ),
    ),
    "11.3": Exercise(
        right=_streams,
        cases=_PRODUCTS,
        mistakes=(
            ("One stream too few: the intensity has to be reached, so round up.", _rounded_down),
            ("Rounded to the nearest whole number. The intensity has to be reached, so round up.", _rounded_to_nearest),
            ("One too many where B meets the limit exactly: at least `wanted` is enough.", _one_more),
            ("Only W_hh is counted. The states that go in and those that come out are moved too.", _weights_only),
            ("Of the states, only one side is counted: they go in, and they come out.", _states_once),
            (
                "The intensity counts numbers here, not bytes. A number has `size` bytes.",
                lambda H, size, wanted: _streams(H, 1, wanted),
            ),
            ("A multiplication and an addition make two FLOP.", _half_the_work),
        ),
    ),
    "11.4": Exercise(
        right=rnn.forward,
        cases=_NETWORKS,
        stub=_states(buffer=0),
        mistakes=(
            (
                "The product is now written over the next state, which is still to be read. "
                "It needs an array that nobody reads.",
                _states(buffer=1),
            ),
            ("The first row is zeros now. It should be the state before the block.", _states(buffer=0, first=0)),
            ("The pre-activations came back: tanh is missing.", _no_tanh),
            ("Every block begins from zeros here, whatever state it gets.", _from_zeros),
            ("The first row is gone: T+1 states are expected, that before the block among them.", _without_the_first),
            ("Every time step reads the state before the block.", _carried_wrongly),
        ),
    ),
}
