"""Exercises of notebook 04: three copies on paper, dW_hh by hand, the border of two blocks, how far a loss reaches."""

import functools

import numpy as np

from course import mutants
from course.exercises import Exercise
from rnnlib import rnn

_plant = functools.cache(mutants.plant)

_rng = np.random.default_rng(4)


def _draw(V, H):
    """Return parameters of which none is zero."""
    return {
        "W_xh": _rng.standard_normal((V, H)) / 2,
        "W_hh": _rng.standard_normal((H, H)) / 2,
        "b_h": _rng.standard_normal(H) / 2,
        "W_hy": _rng.standard_normal((H, V)) / 2,
        "b_y": _rng.standard_normal(V) / 2,
    }


def _run(params, T):
    """Return ids, states and the logits' gradient of one stream of T characters."""
    V, H = params["W_xh"].shape
    inputs = _rng.integers(V, size=T)
    hs = rnn.forward(params, inputs[:, None], _rng.uniform(-0.9, 0.9, (1, H)))[:, 0]
    return inputs, hs, _rng.standard_normal((T, V)) / T


def _backward(params, inputs, hs, dz, dh_next=0.0, cell=rnn):
    """Return the gradient of W_hh for one stream, and that of the state before it."""
    dhs = dz @ params["W_hy"].T
    dhs[-1] += dh_next
    grads, dstate = cell.backward(params, inputs[:, None], hs[:, None], dhs[:, None])
    return grads["W_hh"], dstate[0]


# 4.2: W_hh (H, H), W_hy (H, V), hs (T+1, H) and dz (T, V).
def _case(T, V, H):
    params = _draw(V, H)
    _, hs, dz = _run(params, T)
    return params["W_hh"], params["W_hy"], hs, dz


_STREAMS = (_case(6, 9, 4), _case(3, 5, 2))


def _dW_hh(W_hh, W_hy, hs, dz, cell=rnn):
    params = {"W_xh": W_hy.T, "W_hh": W_hh, "W_hy": W_hy}  # W_xh is not looked at, only has to be there
    return _backward(params, np.zeros(len(dz), int), hs, dz, cell=cell)[0]


def _planted(name):
    """Return a planted bug's sentence, and the gradient of W_hh that comes of it."""
    mutant = next(mutant for mutant in mutants.MUTANTS if mutant.name == name)
    return mutant.mistake, lambda *arguments: _dW_hh(*arguments, cell=_plant(mutant)[1])


def _outer_turned(W_hh, W_hy, hs, dz):
    return _dW_hh(W_hh, W_hy, hs, dz).T


def _one_copy(W_hh, W_hy, hs, dz):
    """Keep what the last round of the loop assigned: the product of the first time step."""
    return _dW_hh(W_hh, W_hy, hs, dz) - _later(W_hh, W_hy, hs, dz)


def _later(W_hh, W_hy, hs, dz):
    return _dW_hh(W_hh, W_hy, hs[1:], dz[1:])


def _by_hand(slope=lambda h: 1 - h**2, back="da", scale=lambda dz: 1):
    """Return a recursion with a mistake in how a row is handed back."""

    def dW_hh(W_hh, W_hy, hs, dz):
        grad, dh_next = np.zeros_like(W_hh), np.zeros(len(W_hh))
        for t in reversed(range(len(dz))):
            if back == "after tanh":
                da = dz[t] @ W_hy.T * slope(hs[t + 1]) + dh_next
            else:
                da = (dz[t] @ W_hy.T + dh_next) * slope(hs[t + 1])
            grad += np.outer(hs[t], da)
            dh_next = da @ W_hh.T + (dh_next if back == "added up" else 0)
        return grad * scale(dz)

    return dW_hh


# 4.3: parameters, and two blocks of one stream, the second beginning where the first one ends.
def _blocks(T_I, T_II, V, H):
    params = _draw(V, H)
    inputs, hs, dz = _run(params, T_I + T_II)
    return params, (inputs[:T_I], hs[: T_I + 1], dz[:T_I]), (inputs[T_I:], hs[T_I:], dz[T_I:])


_PAIRS = (_blocks(5, 3, 8, 4), _blocks(2, 4, 6, 3))


def _full(params, block_I, block_II):
    dW_II, dstate = _backward(params, *block_II)
    return _backward(params, *block_I, dh_next=dstate)[0] + dW_II


def _stub(params, block_I, block_II):
    dW_I, dstate = _backward(params, *block_I)
    return dW_I + _backward(params, *block_II, dh_next=dstate)[0]


def _truncated(params, block_I, block_II):
    return _backward(params, *block_I)[0] + _backward(params, *block_II)[0]


def _first_alone(params, block_I, block_II):
    _, dstate = _backward(params, *block_II)
    return _backward(params, *block_I, dh_next=dstate)[0]


def _mean(params, block_I, block_II):
    return _full(params, block_I, block_II) / 2


def _stub_truncated(params, block_I, block_II):
    """Start block II from what is left over from its own loop."""
    _, dstate = _backward(params, *block_II)
    return _backward(params, *block_I)[0] + _backward(params, *block_II, dh_next=dstate)[0]


def _border_twice(params, block_I, block_II):
    """Run both blocks as one, with the state at the border standing twice in hs."""
    inputs, hs, dz = (np.concatenate(pair) for pair in zip(block_I, block_II, strict=True))
    return _backward(params, inputs, hs[: len(inputs) + 1], dz)[0]


def _wrong_border(params, block_I, block_II):
    """Let block I begin from the gradient of the state before block I."""
    dW_I, dstate = _backward(params, *block_I)
    return _backward(params, *block_I, dh_next=dstate)[0] + _backward(params, *block_II)[0]


EXERCISES = {
    "4.1": Exercise(
        right=(7, 6, 4, 17),
        parts=("copy 1", "copy 2", "copy 3", "the total"),
        mistakes=(
            (
                "Only the state's own term of the loss is in it. Nudge copy 1, and h_2 and h_3 move as well.",
                (1, 2, 4, 7),
            ),
            (
                "These are the derivatives of each loss, L_1, L_2, L_3, with respect to all copies at once. Asked for "
                "is the derivative of the whole loss with respect to each copy.",
                (1, 4, 12, 17),
            ),
            (
                "These are the derivatives with respect to each state. A copy's derivative is that times what the "
                "copy was multiplied by.",
                (7, 3, 1, 11),
            ),
            (
                "This is what you get with h_t where h_{t-1} belongs: copy t was multiplied by the state before.",
                (14, 12, 8, 34),
            ),
            ("The copies stand the other way round: copy 1 comes first.", (4, 6, 7, 17)),
            ("Here only the last loss counts. L is the sum of all three.", (4, 4, 4, 12)),
            ("The loss of this exercise is a sum. You took the mean.", (7 / 3, 2, 4 / 3, 17 / 3)),
        ),
    ),
    "4.2": Exercise(
        right=_dW_hh,
        cases=_STREAMS,
        mistakes=(
            *map(
                _planted,
                (
                    "no dh_next",
                    "no tanh derivative",
                    "1 - h",
                    "tanh derivative at h_{t-1}",
                    "h_t in dW_hh",
                    "W_hh not transposed",
                    "dh_next from dh",
                    "time walked forwards",
                ),
            ),
            (
                "Your outer product is turned: rows belong to the state that came in, columns to delta (4.7). The "
                "matrix is square, so the shape could not tell.",
                _outer_turned,
            ),
            ("Only copy 1 is left: each round of the loop overwrote the one before (= where += belongs).", _one_copy),
            (
                "The row that comes back was added after tanh. It reaches h_t, so it goes through tanh together with "
                "what h_t's own output sends.",
                _by_hand(back="after tanh"),
            ),
            (
                "The rows that are handed back pile up (dh_next += where = belongs). What came from later is in da "
                "already.",
                _by_hand(back="added up"),
            ),
            (
                "This is divided by T once more. dz is the gradient of a mean already.",
                _by_hand(scale=lambda dz: 1 / len(dz)),
            ),
            ("Copy 1 is missing: the loop stopped one time step too early.", _later),
        ),
    ),
    "4.3": Exercise(
        right=_full,
        cases=_PAIRS,
        stub=_stub,
        mistakes=(
            (
                "This is the truncated gradient: nothing crosses the border any more. That is what training does, but "
                "the exercise asks for the full one.",
                _truncated,
            ),
            ("Block II has handed its row back, but its own part of the gradient is lost.", _first_alone),
            ("dz is divided already, by the number of all characters. Here the two parts are added.", _mean),
            (
                "The row left over from block II went into block II once more. It belongs to the state before block "
                "II: which block made that state?",
                _stub_truncated,
            ),
            (
                "The state at the border stands twice in hs here, as the last of block I and the first of block II, so "
                "everything after it is one row off.",
                _border_twice,
            ),
            (
                "The row left over from block I went into block I once more. What follows after block I?",
                _wrong_border,
            ),
        ),
    ),
    # The numbers of copies, from the recursion of the notebook.
    "4.4": Exercise(
        right=(10, 5),
        mistakes=(
            (
                "One too many: the last n copies are within 1 % already. n is the number of copies in the sum, not the "
                "step after it.",
                (11, 6),
            ),
            ("One too few: index n - 1 of the list holds a sum of n copies, since n counts from 1.", (9, 4)),
            ("These two belong the other way round: the answer for the network as it is drawn comes first.", (5, 10)),
            ("The copies were added from the far end. The nearest one is copy 20, the last.", (20, 20)),
            ("This is the network as it was drawn, twice: the halved W_hh did not reach my_forward.", (10, 10)),
            ("W_xh was halved. It leads from the character to the state; the past takes another path.", (10, 17)),
        ),
    ),
}
