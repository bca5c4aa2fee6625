"""Exercises of notebook 05: two formulas on paper, complex step, a backward pass with two mistakes, tiny weights."""

import numpy as np

from course import mutants
from course.exercises import Exercise
from rnnlib import gradcheck, rnn

_rng = np.random.default_rng(5)


# 5.2: a function and an array. Beside a million, differences lose their digits.
def _smooth(x):
    return (np.exp(x) * np.tanh(x)).sum()


def _beside_a_million(x):
    return 1e6 + (x**3).sum() + x[0] * x[1]


_FUNCTIONS = ((_smooth, _rng.uniform(0.2, 1.5, (2, 3))), (_beside_a_million, _rng.uniform(0.5, 2, 4)))


def _forward_differences(f, x, step=1e-30):
    return gradcheck.complex_step(lambda z: (f(z.real + z.imag) - f(z.real)) * 1j, x, step)


def _real_part(f, x, step=1e-30):
    return gradcheck.complex_step(lambda z: f(z) * 1j, x, step)


def _not_divided(f, x, step=1e-30):
    return gradcheck.complex_step(f, x, step) * step


def _never_taken_back(f, x, step=1e-30):
    return np.cumsum(gradcheck.complex_step(f, x, step)).reshape(x.shape)


def _all_at_once(f, x, step=1e-30):
    return np.full(x.shape, gradcheck.complex_step(f, x, step).sum())


# 5.3: parameters, inputs (T, B), hs (T+1, B, H) and dhs (T, B, H).
def _block(T, B, V, H):
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,)}
    params = {name: 0.5 * _rng.standard_normal(shape) for name, shape in shapes.items()}
    inputs = _rng.integers(V, size=(T, B))
    inputs[-1] = inputs[0]
    hs = rnn.forward(params, inputs, _rng.uniform(-0.9, 0.9, (B, H)))
    return params, inputs, hs, _rng.standard_normal((T, B, H))


_BLOCKS = (_block(6, 3, 8, 5), _block(3, 2, 6, 4))


def _stub(params, inputs, hs, dhs):
    dW_xh, dW_hh = np.zeros_like(params["W_xh"]), np.zeros_like(params["W_hh"])
    dh_next = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dh = dhs[t] + dh_next
        da = dh * (1 - hs[t + 1] ** 2)
        np.add.at(dW_xh, inputs[t], da)
        dW_hh += hs[t].T @ da
        db_h = da.sum(axis=0)
        dh_next = dh @ params["W_hh"].T
    return dW_xh, dW_hh, db_h, dh_next


def _four(params, inputs, hs, dhs, cell=rnn):
    grads, dstate = cell.backward(params, inputs, hs, dhs)
    return grads["W_xh"], grads["W_hh"], grads["b_h"], dstate


def _planted(name):
    """Return a planted bug's sentence, and the four gradients that come of it."""
    mutant = next(mutant for mutant in mutants.MUTANTS if mutant.name == name)
    return mutant.mistake, lambda *arguments: _four(*arguments, cell=mutants.plant(mutant)[1])


EXERCISES = {
    "5.1": Exercise(
        right=(3.01, 2.99),
        mistakes=(
            ("That is the slope itself. With so large a step, both formulas miss it.", (3, 3)),
            ("They belong the other way round: which of (5.2) and (5.5) has the minus?", (2.99, 3.01)),
            ("They err in opposite directions: i² = -1 turns the sign of the next term.", (3.01, 3.01)),
            ("The third derivative of x³ is 6, and (5.2) and (5.5) divide it by 6.", (3.06, 2.94)),
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
            ("The imaginary part is the step times the slope, as in (5.6). One division is missing.", _not_divided),
            (
                "The entries add up as you go along: each one is moved, and the ones before were not moved back.",
                _never_taken_back,
            ),
            (
                "Every entry holds the same number, the slope in all directions at once. Move one entry at a time.",
                _all_at_once,
            ),
        ),
    ),
    "5.3": Exercise(
        right=_four,
        cases=_BLOCKS,
        stub=_stub,
        mistakes=tuple(
            map(
                _planted,
                (
                    "dh_next from dh",
                    "b_h: = for +=",
                    "no dh_next",
                    "W_hh not transposed",
                    "no tanh derivative",
                    "tanh derivative at h_{t-1}",
                    "h_t in dW_hh",
                    "W_xh: repeated ids lost",
                    "time walked forwards",
                ),
            )
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
