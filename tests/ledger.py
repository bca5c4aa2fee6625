"""Whether the checks of a notebook's equations could fail: every check is run again with its sides perturbed.

`watch` is called in a notebook's first cell, before `equation` is imported there, and `faults` in one after its last.
"""

import contextlib
import io

import numpy as np

from course import checks

_seen = []


def watch():
    """From now on, remember both sides of each equation that holds."""
    original = checks.equation

    def equation(number, left, right, **kwargs):
        original(number, left, right, **kwargs)
        _seen.append((number, np.array(left), np.array(right), kwargs))

    checks.equation = equation
    watch.original = original


def faults():
    """Return what `find_faults` finds, by the number of the equation."""
    return {number: found for number, *sides in _seen if (found := find_faults(number, *sides, check=watch.original))}


def find_faults(number, left, right, kwargs, check=checks.equation):
    """Return the names of all perturbations of the left side that the check lets through."""
    found = [name for name, other in perturbed(left) if _holds(check, number, other, right, kwargs)]
    return found + ["the sides are bit for bit the same"] * _suspiciously_equal(left, right)


def perturbed(side):
    """Yield a name and a changed copy of one side: other signs, another order, one element off by one per cent.

    Elements below a billionth of the largest one are moved by that much. All elements of a small array, else the
    smallest, the largest and some between them.
    """
    side = side.astype(np.result_type(side, float))
    yield "all signs turned", -side
    yield "all twice as large", 2 * side
    if len(np.unique(side)) > 1 and not np.array_equal(side.ravel(), side.ravel()[::-1]):
        yield "the elements in the other order", side.ravel()[::-1].reshape(side.shape)
    if side.ndim == 2 and side.shape[0] == side.shape[1] and not np.allclose(side, side.T):
        yield "transposed", side.T.copy()
    scale = np.abs(side).max()
    order = np.abs(side).ravel().argsort()
    for k in np.unique(order[np.linspace(0, side.size - 1, min(side.size, 16)).round().astype(int)]):
        other = side.copy()
        other.flat[k] += max(0.01 * np.abs(side.flat[k]), 1e-9 * scale)
        yield f"element {[int(i) for i in np.unravel_index(k, side.shape)]} moved", other


def _holds(check, number, left, right, kwargs):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            check(number, left, right, **kwargs)
    except checks.EquationError:
        return False
    return True


def _suspiciously_equal(left, right):
    """Whether many numbers with all their digits agree in every bit, as two computations hardly do; a few may."""
    if left.size < 50 or left.dtype.kind not in "fc" or not np.array_equal(left, right):
        return False
    return not np.array_equal(left * 2**20, np.round(left * 2**20))
