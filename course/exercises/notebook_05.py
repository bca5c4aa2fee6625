"""Exercises of notebook 05: two formulas on paper, complex step, a backward pass with two mistakes, tiny weights."""

import functools

import numpy as np

from course import mutants
from course.exercises import Exercise
from rnnlib import gradcheck, rnn

_plant = functools.cache(mutants.plant)

_rng = np.random.default_rng(5)


# 5.2: a function, an array and, once, a step. Beside a billion, differences lose their digits. The second function
# needs the shape of x; one gets whole numbers; the last shows whether the step that is given is the step that is taken.
def _smooth(x):
    return (np.exp(x) * np.tanh(x)).sum()


def _of_a_matrix(x):
    return np.tanh(x @ x.T)[0, 1] + x[1, 2] ** 3


def _beside_a_billion(x):
    return 1e9 + (x**3).sum() + x[0] * x[1]


_FUNCTIONS = (
    (_smooth, _rng.uniform(0.2, 1.5, (2, 3))),
    (_of_a_matrix, _rng.uniform(0.2, 1.5, (2, 3))),
    (_beside_a_billion, _rng.uniform(0.5, 2, 4)),
    (lambda x: np.sqrt(x).sum(), np.array([1, 2, 5])),
    (lambda x: np.exp(x[0, 0]), np.array([[0.5]]), 0.1),
)


def _forward_differences(f, x, step=1e-30):
    return gradcheck.complex_step(lambda z: (f(z.real + z.imag) - f(z.real)) * 1j, x, step)


def _real_part(f, x, step=1e-30):
    return gradcheck.complex_step(lambda z: f(z) * 1j, x, step)


def _not_divided(f, x, step=1e-30):
    return gradcheck.complex_step(f, x, step) * step


def _never_taken_back(f, x, step=1e-30):
    return np.cumsum(gradcheck.complex_step(f, x, step)).reshape(x.shape)


def _uncut(f, x, step=1e-30):
    """Divide the whole complex number by the step."""
    moves = step * 1j * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + move) / step for move in moves]).reshape(x.shape)


def _one_number(f, x, step=1e-30):
    return f(x + 1j * step).imag / step


def _own_step(f, x, step=1e-30):
    return gradcheck.complex_step(f, x)


def _of_its_type(f, x, step=1e-30):
    return gradcheck.complex_step(f, x, step).astype(x.dtype)


def _all_at_once(f, x, step=1e-30):
    return np.full(x.shape, gradcheck.complex_step(f, x, step).sum())


# 5.3: parameters, inputs (T, B), hs (T+1, B, H) and dhs (T, B, H).
def _block(T, B, V, H):
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,)}
    params = {name: 0.5 * _rng.standard_normal(shape) for name, shape in shapes.items()}
    inputs = _rng.integers(V, size=(T, B))
    inputs[-1] = inputs[0]
    inputs[1] = inputs[1, 0]  # one character in all streams at once
    hs = rnn.forward(params, inputs, _rng.uniform(-0.9, 0.9, (B, H)))
    return params, inputs, hs, _rng.standard_normal((T, B, H))


_BLOCKS = (_block(6, 3, 8, 5), _block(3, 2, 6, 4))


def _by_hand(bias_adds_up, da_goes_back, repeats_count=True):
    """Return the loop of the exercise, with what is mended in it."""

    def backward(params, inputs, hs, dhs):
        dW_xh, dW_hh, db_h = (np.zeros_like(params[name]) for name in ("W_xh", "W_hh", "b_h"))
        dh_next = np.zeros_like(hs[0])
        for t in reversed(range(len(inputs))):
            dh = dhs[t] + dh_next
            da = dh * (1 - hs[t + 1] ** 2)
            if repeats_count:
                np.add.at(dW_xh, inputs[t], da)
            else:
                dW_xh[inputs[t]] += da
            dW_hh += hs[t].T @ da
            db_h = (db_h if bias_adds_up else 0) + da.sum(axis=0)
            dh_next = (da if da_goes_back else dh) @ params["W_hh"].T
        return dW_xh, dW_hh, db_h, dh_next

    return backward


def _four(params, inputs, hs, dhs, cell=rnn):
    grads, dstate = cell.backward(params, inputs, hs, dhs)
    return grads["W_xh"], grads["W_hh"], grads["b_h"], dstate


def _planted(name):
    """Return a planted bug's sentence, and the four gradients that come of it."""
    mutant = next(mutant for mutant in mutants.MUTANTS if mutant.name == name)
    return mutant.mistake, lambda *arguments: _four(*arguments, cell=_plant(mutant)[1])


EXERCISES = {
    "5.1": Exercise(
        right=(3.01, 2.99),
        mistakes=(
            ("That is the slope itself. With so large a step, both formulas miss it.", (3, 3)),
            (
                "The first is right. Complex step is exact only because its step may be tiny: at s = 0.1 its error "
                "(5.5) is there as well.",
                (3.01, 3),
            ),
            ("The second is right. The central difference has an error of its own, (5.4).", (3, 2.99)),
            ("They belong the other way round: which of (5.4) and (5.5) has the minus?", (2.99, 3.01)),
            ("They err in opposite directions: i² = -1 turns the sign of the next term.", (3.01, 3.01)),
            ("The third derivative of x³ is 6, and (5.4) and (5.5) divide it by 6.", (3.06, 2.94)),
            ("The error falls with the square of the step: s² is 0.01.", (3.1, 2.9)),
            ("The first one is (f(x + s) - f(x)) / s: it goes up only, so the even terms stay.", (3.31, 2.99)),
            ("The first one is the rise over 2s. You divided by s.", (6.02, 2.99)),
        ),
    ),
    "5.2": Exercise(
        right=gradcheck.complex_step,
        cases=_FUNCTIONS,
        mistakes=(
            (
                "These are central differences: good to ten digits at best, and beside a large f to fewer. Move "
                "sideways, and nothing has to be subtracted.",
                gradcheck.central_differences,
            ),
            (
                "All zeros: the step was taken along the real axis, where 1e-30 is lost in the addition.",
                _forward_differences,
            ),
            ("You read the real part. That is f itself; the slope went into the other part.", _real_part),
            ("The imaginary part is the step times the slope, as in (5.2). One division is missing.", _not_divided),
            (
                "The entries add up as you go along: each one is moved, and the ones before were not moved back.",
                _never_taken_back,
            ),
            (
                "Every entry holds the same number, the slope in all directions at once. Move one entry at a time.",
                _all_at_once,
            ),
            (
                "This is one number, the slope with all entries moved at once. A gradient has a number for each entry: "
                "move one at a time.",
                _one_number,
            ),
            ("The whole complex number is divided by the step. Only its imaginary part holds the slope.", _uncut),
            ("The step that was handed in is not used: yours is always 1e-30.", _own_step),
            (
                "The gradient has the type of x. Where x holds whole numbers, np.zeros_like(x) cuts every slope off "
                "after the point.",
                _of_its_type,
            ),
        ),
    ),
    "5.3": Exercise(
        right=_four,
        cases=_BLOCKS,
        stub=_by_hand(bias_adds_up=False, da_goes_back=False),
        parts=("`dW_xh`", "`dW_hh`", "`db_h`", "`dh_next`"),
        mistakes=(
            (
                "One of the two is mended. Run the report again: everything that still fails is fed from the time step "
                "after. Which line does that?",
                _by_hand(bias_adds_up=True, da_goes_back=False),
            ),
            (
                "One of the two is mended. Run the report again: three of the four are right now, and the fourth has a "
                "line of its own.",
                _by_hand(bias_adds_up=False, da_goes_back=True),
            ),
            (
                "Where one character stands in several streams at once, dW_xh[ids] += da keeps only one of them. "
                "np.add.at adds them all.",
                _by_hand(bias_adds_up=True, da_goes_back=True, repeats_count=False),
            ),
            *map(
                _planted,
                (
                    "no dh_next",
                    "W_hh not transposed",
                    "no tanh derivative",
                    "tanh derivative at h_{t-1}",
                    "h_t in dW_hh",
                    "W_xh: repeated ids lost",
                    "time walked forwards",
                ),
            ),
        ),
    ),
    "5.4": Exercise(
        right=(100, 10),
        rtol=0.05,
        mistakes=(
            ("They belong the other way round: 1 in place of 1 - h² comes first.", (10, 100)),
            ("That is the error after over the error before. By which factor did it fall?", (0.01, 0.1)),
            ("Those are the powers of ten. Write the factors.", (2, 1)),
            ("Not both: 1 - h is off by h - h², and h is as small as the weights.", (100, 100)),
            ("Not both: 1 is off by h². How does a square shrink when h shrinks to a tenth?", (10, 10)),
        ),
    ),
}
