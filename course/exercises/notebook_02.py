"""Exercises of notebook 02: the states' shape, one step, a loop that reads the wrong row, how long a trace lasts."""

import numpy as np

from course.exercises import Exercise
from rnnlib import rnn

_rng = np.random.default_rng(2)


def _draw(V, H):
    """Return parameters of which none is zero."""
    return {
        "W_xh": _rng.standard_normal((V, H)),
        "W_hh": _rng.standard_normal((H, H)) / 2,
        "b_h": _rng.standard_normal(H),
    }


# 2.2: parameters, an id, a state of shape (H,).
_STEPS = tuple((_draw(V, H), i, _rng.uniform(-0.9, 0.9, H)) for V, H, i in [(11, 5, 7), (4, 3, 1)])


def _no_tanh(params, i, h):
    return params["W_xh"][i] + h @ params["W_hh"] + params["b_h"]


def _matrix_first(params, i, h):
    return np.tanh(params["W_xh"][i] + params["W_hh"] @ h + params["b_h"])


def _no_bias(params, i, h):
    return np.tanh(params["W_xh"][i] + h @ params["W_hh"])


def _bias_outside(params, i, h):
    return _no_bias(params, i, h) + params["b_h"]


def _no_past(params, i, h):
    return np.tanh(params["W_xh"][i] + params["b_h"])


def _no_character(params, i, h):
    return np.tanh(h @ params["W_hh"] + params["b_h"])


def _sigmoid(params, i, h):
    return 1 / (1 + np.exp(-_no_tanh(params, i, h)))


def _tanh_twice(params, i, h):
    return rnn.step(params, i, np.tanh(h))


# 2.3: a block of T time steps in B streams, read from a state that is not zero.
_BLOCKS = tuple(
    (_draw(V, H), _rng.integers(V, size=(T, B)), _rng.uniform(-0.9, 0.9, (B, H)))
    for T, B, V, H in [(7, 3, 11, 5), (4, 2, 6, 3)]
)


def _loop(row_before):
    """Return a forward loop in which time step t reads the row row_before(t) of hs."""

    def forward(params, inputs, state):
        hs = np.zeros((len(inputs) + 1, *state.shape))
        hs[0] = state
        for t in range(len(inputs)):
            hs[t + 1] = rnn.step(params, inputs[t], hs[row_before(t)])
        return hs

    return forward


def _first_character_lost(params, inputs, state):
    hs = np.zeros((len(inputs) + 1, *state.shape))
    hs[0] = state
    for t in range(1, len(inputs)):
        hs[t] = rnn.step(params, inputs[t], hs[t - 1])
    return hs


def _first_row_left_out(params, inputs, state):
    hs = np.zeros((len(inputs) + 1, *state.shape))
    hs[0] = state
    for t in range(1, len(inputs)):
        hs[t + 1] = rnn.step(params, inputs[t], hs[t])
    return hs


def _row_overwritten(params, inputs, state):
    """Write each state into the row that it was made from."""
    hs = np.zeros((len(inputs) + 1, *state.shape))
    hs[0] = state
    for t in range(len(inputs)):
        hs[t] = rnn.step(params, inputs[t], hs[t])
    return hs


def _one_row_early(params, inputs, state):
    """Read the row before, and write the row that belongs to the state before."""
    hs = np.zeros((len(inputs) + 1, *state.shape))
    hs[0] = state
    for t in range(len(inputs)):
        hs[t] = rnn.step(params, inputs[t], hs[t - 1])
    return hs


def _only_states_after(params, inputs, state):
    return rnn.forward(params, inputs, state)[1:]


EXERCISES = {
    "2.1": Exercise(
        right=(8, 3, 5),
        mistakes=(
            ("These are the states after the characters. hs also keeps the one before the block, in hs[0].", (7, 3, 5)),
            ("The sizes are right, the order is not: arrays are time-major, the time steps come first.", (3, 8, 5)),
            ("The streams come before the units: a state is (B, H), a row for each stream.", (8, 5, 3)),
            ("Time-major: the time steps come first. And how many states are there, with the one before?", (3, 7, 5)),
            ("A state has a number for each hidden unit. V is the size of a one-hot row, not of a state.", (8, 3, 11)),
            ("A state has H numbers, not V; and hs keeps one more, the state before the block.", (7, 3, 11)),
            ("That is one stream. Each of the B streams has states of its own.", (8, 5)),
            ("That is the last state alone, the one to carry on with. hs keeps all of them.", (3, 5)),
        ),
    ),
    "2.2": Exercise(
        right=rnn.step,
        cases=_STEPS,
        mistakes=(
            ("This is the pre-activation a_t of (2.2). One thing is left to do to make a state of it.", _no_tanh),
            (
                "W_hh was multiplied from the wrong side, as for columns: our vectors are rows and stand before the "
                "matrix (2.2). Since W_hh is square, the shapes could not tell.",
                _matrix_first,
            ),
            ("This is the sigmoid, with states between 0 and 1. (2.3) takes tanh.", _sigmoid),
            ("One term of (2.2) is missing: the one that is there whatever is read.", _no_bias),
            ("A term was added after tanh. All three of (2.2) go into it: that keeps h within -1..1.", _bias_outside),
            ("This state knows only the character just read: the past does not reach it.", _no_past),
            ("This state does not depend on the character that is read.", _no_character),
            ("tanh went over h once more. h is a state already: tanh was taken when it was made.", _tanh_twice),
        ),
    ),
    "2.3": Exercise(
        right=rnn.forward,
        cases=_BLOCKS,
        stub=_loop(lambda t: t - 1),
        mistakes=(
            (
                "The first step no longer wraps around to the last row, but every later state is still made from the "
                "one two steps back.",
                _loop(lambda t: max(t - 1, 0)),
            ),
            ("Every step starts from the state before the block: nothing that was read goes on.", _loop(lambda t: 0)),
            ("Each state is made from its own row, still zero: the past does not reach it.", _loop(lambda t: t + 1)),
            (
                "The loop begins at 1, as on paper, but Python's first character is inputs[0]: it is never read, and "
                "the last row stays zero.",
                _first_character_lost,
            ),
            ("The loop begins at 1: the first character is never read, and hs[1] stays zero.", _first_row_left_out),
            (
                "Each state is written into the row that it was made from. What follows row t belongs in row t + 1.",
                _row_overwritten,
            ),
            (
                "hs[0], the state before the block, is overwritten: all states stand one row too early.",
                _one_row_early,
            ),
            ("The states are right, but hs[0], the state before the block, is missing.", _only_states_after),
        ),
    ),
    # The numbers of characters as visible_share of the notebook gives them.
    "2.4": Exercise(
        right=(6, 29),
        mistakes=(
            ("Counted from 0: argmax gives an index, and index 0 is the state after the first character.", (5, 28)),
            ("These two belong the other way round: the answer for 0.5 comes first.", (29, 6)),
            ("One too many: the changed character itself is counted as the first.", (7, 30)),
            (
                "The second number belongs to 0.75: W_hh was halved in place (*=), and then the half was multiplied by "
                "1.5. Scale a copy.",
                (6, 8),
            ),
            ("This is the network as it was drawn, twice: the scaled W_hh did not reach visible_share.", (11, 11)),
            ("W_xh was scaled. It leads from the character to the state; the past takes another road.", (18, 8)),
            ("All parameters were scaled. Only the matrix that carries the past is to change.", (7, 17)),
        ),
    ),
}
