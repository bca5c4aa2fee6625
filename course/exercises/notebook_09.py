"""Exercises of notebook 09: how far a unit remembers, a product of Jacobians, a faulty clip, where the border lies."""

import numpy as np

from course.exercises import Exercise
from rnnlib import optim, rnn

_rng = np.random.default_rng(9)


# 9.2: W_hh (H, H) and the states of one stream, (T+1, H).
def _run(T, H):
    params = {"W_xh": _rng.standard_normal((5, H)), "W_hh": _rng.standard_normal((H, H)), "b_h": np.zeros(H)}
    state = _rng.uniform(-0.9, 0.9, (1, H))
    return params["W_hh"], rnn.forward(params, _rng.integers(5, size=(T, 1)), state)[:, 0]


_RUNS = (_run(4, 3), _run(6, 5), _run(1, 4))


def _jacobian(W_hh, hs):
    """Let the library carry each unit's row back: stream j begins with row j of the identity."""
    T, H = len(hs) - 1, len(W_hh)
    params = {"W_xh": np.zeros((1, H)), "W_hh": W_hh}
    dhs = np.zeros((T, H, H))
    dhs[-1] = np.eye(H)
    _, rows = rnn.backward(params, np.zeros((T, H), int), np.repeat(hs[:, None], H, axis=1), dhs)
    return rows.T


def _product(factor, states, turned=False):
    """Multiply the factors that `factor(W_hh, h)` gives for `states(hs)`, from the right or, turned, from the left."""

    def product(W_hh, hs):
        J = np.eye(len(W_hh))
        for h in states(hs):
            J = factor(W_hh, h) @ J if turned else J @ factor(W_hh, h)
        return J

    return product


def _right_factor(W_hh, h):
    return W_hh * (1 - h**2)


def _made(hs):
    return hs[1:]


# 9.3: lists of gradients whose norm is above, and below, the limit.
def _grads(scale):
    return [scale * _rng.standard_normal(shape) for shape in [(3, 4), (4, 4), (4,)]]


_LONG_AND_SHORT = [10 * _rng.standard_normal(5), 0.1 * _rng.standard_normal((2, 3))]
_CLIPS = ((_grads(3.0), 2.0), (_LONG_AND_SHORT, 1.0), (_grads(0.01), 2.0))


def _clip(grads, limit):
    return tuple(optim.clip_by_norm(dict(enumerate(grads)), limit)[0].values())


def _scaled(factor):
    def clip(grads, limit):
        return tuple(grad * factor(grads, limit) for grad in grads)

    return clip


def _each(grads, limit):
    return tuple(grad * min(1, limit / np.linalg.norm(grad)) for grad in grads)


def _each_stretched(grads, limit):
    return tuple(grad * limit / np.linalg.norm(grad) for grad in grads)


def _by_value(grads, limit):
    return tuple(np.clip(grad, -limit, limit) for grad in grads)


def _norms(grads):
    return [np.linalg.norm(grad) for grad in grads]


EXERCISES = {
    "9.1": Exercise(
        right=(7, 44, 459),
        parts=("the number for 0.5", "that for 0.9", "that for 0.99"),
        mistakes=(
            ("Rounded down. After that many steps, a little more than 1 % is left.", (6, 43, 458)),
            ("One too many: the nudge itself is step 0.", (8, 45, 460)),
            ("This is where a tenth is left. One per cent is asked for.", (4, 22, 230)),
            ("This is where a half is left. One per cent is asked for.", (2, 7, 69)),
            ("The order is turned: w = 0.5 comes first.", (459, 44, 7)),
        ),
    ),
    "9.2": Exercise(
        right=_jacobian,
        cases=_RUNS,
        mistakes=(
            (
                "The factors stand in the wrong order. Rows meet the oldest Jacobian first, so later ones are "
                "multiplied from the right.",
                _product(_right_factor, _made, turned=True),
            ),
            (
                "The slopes are those of the states before: a tanh's slope belongs to the state that it gave.",
                _product(_right_factor, lambda hs: hs[:-1]),
            ),
            (
                "One factor too many: hs[0] came from before the passage, no step in it made that state.",
                _product(_right_factor, lambda hs: hs),
            ),
            (
                "The slopes scale the rows of W_hh. The nudge goes through W_hh first and through tanh after, so they "
                "belong to the columns.",
                _product(lambda W_hh, h: W_hh * (1 - h**2)[:, None], _made),
            ),
            ("The slope of tanh is missing.", _product(lambda W_hh, h: W_hh, _made)),
            ("The slope of tanh is 1 - h², with the square.", _product(lambda W_hh, h: W_hh * (1 - h), _made)),
            (
                "W_hh is transposed. That is the gradient's way back; here a nudge goes forwards.",
                _product(lambda W_hh, h: W_hh.T * (1 - h**2), _made),
            ),
            (
                "This is the transpose: rows are to be the units that are nudged, columns those that answer.",
                lambda W_hh, hs: _jacobian(W_hh, hs).T,
            ),
            ("This is the last step's Jacobian alone.", lambda W_hh, hs: _right_factor(W_hh, hs[-1])),
        ),
    ),
    "9.3": Exercise(
        right=_clip,
        cases=_CLIPS,
        rtol=1e-5,  # PyTorch adds 1e-6 to the norm before it divides
        in_place=True,
        stub=_each,
        mistakes=(
            ("This clips each element. That turns the direction, even more than before.", _by_value),
            (
                "A short gradient is stretched to the limit. One that is within the limit stays as it is.",
                _scaled(lambda grads, limit: limit / np.linalg.norm(_norms(grads))),
            ),
            (
                "The norms of the arrays are added. The norm of all numbers is the root of the sum of their squares.",
                _scaled(lambda grads, limit: min(1, limit / sum(_norms(grads)))),
            ),
            (
                "Every gradient gets the norm of the limit, however short it was, and each array its own factor.",
                _each_stretched,
            ),
            (
                "The root is missing: this divides by the square of the norm.",
                _scaled(lambda grads, limit: min(1, limit / sum(norm**2 for norm in _norms(grads)))),
            ),
            (
                "One factor for all, but from the longest array alone. Together they are longer than that.",
                _scaled(lambda grads, limit: min(1, limit / max(_norms(grads)))),
            ),
        ),
    ),
    # The factors, from the notebook's solution.
    "9.4": Exercise(
        right=1.9,
        mistakes=(
            (
                "That would be the answer without the slopes of tanh: an orthogonal matrix times anything above 1.",
                1.1,
            ),
            ("At 1 the matrix is orthogonal, and the slopes are below 1: nothing is above 1 there.", 1.0),
            (
                "The network was run with the old W_hh, and only the product was scaled. A larger W_hh also makes the "
                "slopes smaller.",
                1.6,
            ),
            ("At this factor it is still below 1: the next one is the first above.", 1.8),
            ("W_xh was scaled as well. The question is about W_hh alone.", 2.6),
        ),
    ),
}
