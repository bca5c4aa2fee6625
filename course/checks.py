"""The equation ledger and the exercises: each numbered equation is checked on real numbers, each exercise answers back.

A prose cell numbers an equation, the code cell after it computes both sides and calls `equation`. A test reads all
notebooks and fails on an equation without a check, or a check without an equation. After an exercise, `exercise` holds
the learner's answer against the right one and against the mistakes that it knows.
"""

import copy
import importlib

import numpy as np

BLANK, RIGHT = "not attempted yet.", "right."


def equation(number, left, right, rtol=1e-10):
    """Check one numbered equation: print "(4.7) holds", or raise and say where it does not.

    The two sides have to come from different computations: the same object on both sides, or zeros on
    both, would hold whatever the equation says, and is refused.

    Parameters
    ----------
    number : str
        As in the equation's tag: "4.7" for the seventh of notebook 4.
    left, right : array_like
        Of the same shape.
    rtol : float, default 1e-10
        The largest difference allowed, relative to the largest number on either side: rounding, no more.

    Raises
    ------
    AssertionError
        If the sides differ, in value or in shape; if either holds a NaN or an infinity; if they are one and the same
        object, or share memory; if both are zero everywhere, or empty.
    """
    same = left is right and not isinstance(left, int)  # Python keeps one object for each small integer
    left, right = np.asarray(left), np.asarray(right)
    where = f"({number}) cannot be checked:"
    assert not same and not np.shares_memory(left, right), f"{where} both sides are the same object"
    assert left.shape == right.shape, f"({number}) fails: shape {left.shape} on the left, {right.shape} on the right"
    assert left.size > 0, f"{where} both sides are empty"
    assert np.isfinite(left).all() and np.isfinite(right).all(), f"({number}) fails: NaN or infinity in it"
    scale = max(np.abs(left).max(), np.abs(right).max())
    assert scale > 0, f"{where} both sides are zero everywhere"
    difference = np.abs(np.subtract(left, right, dtype=np.result_type(left, right, float)))
    worst = np.unravel_index(difference.argmax(), difference.shape)
    place = f" at {[int(i) for i in worst]}" if left.ndim else ""
    assert difference[worst] <= rtol * scale, (
        f"({number}) fails: left {left[worst]}, right {right[worst]}{place}, a difference of {difference[worst]:.3g}"
    )
    print(f"({number}) holds")


def exercise(number, answer):
    """Check the answer to one exercise and print the verdict: not attempted yet, not right, or right.

    Nothing is raised, so that a notebook with blank exercises runs to its end.

    Parameters
    ----------
    number : str
        As in the exercise's title: "3.2" for the second of notebook 3.
    answer
        A value or a function; `...` or a function that returns None or `...` is a blank.
    """
    print(f"Exercise {number}: {verdict(number, answer)}")


def verdict(number, answer):
    """Return the verdict on an answer: BLANK, RIGHT, or a sentence that says what is wrong.

    Where the answer is one that a known mistake leads to, the mistake is named.
    """
    task = importlib.import_module(f"course.exercises.notebook_{int(number.split('.')[0]):02}").EXERCISES[number]
    if answer is None or answer is ...:
        return BLANK
    if bool(task.cases) != callable(answer):
        return f"not right. Expected {'a function' if task.cases else 'a value'}, got {type(answer).__name__}."
    try:
        results = _results(answer, task.cases)
    except Exception as error:  # a learner's function may fail in any way
        return f"not right. Your function raised {type(error).__name__}: {error}"
    if any(result is None or result is ... for result in results):
        return BLANK
    expected = _results(task.right, task.cases)
    if _agree(results, expected, task.rtol):
        return RIGHT
    if task.stub is not None and _agree(results, _results(task.stub, task.cases), task.rtol):
        return BLANK
    for sentence, wrong in task.mistakes:
        if _agree(results, _results(wrong, task.cases), task.rtol):
            return f"not right. {sentence}"
    for result, value in zip(results, expected, strict=True):
        if _shapes(result) != _shapes(value):
            return f"not right. Expected shape {_shapes(value)}, got {_shapes(result)}."
    return "not right."


def _results(answer, cases):
    """Return what the answer gives in every case; a case's arrays are copied, so that a function may change them."""
    return [answer(*copy.deepcopy(case)) for case in cases] if cases else [answer]


def _shapes(value):
    if isinstance(value, tuple):
        return [_shapes(part) for part in value]
    try:
        return np.shape(value)
    except ValueError:  # rows of different lengths
        return type(value).__name__


def _agree(left, right, rtol):
    """Whether two answers are the same: structure, shape and text, and numbers up to rounding.

    A NaN or an infinity has to stand where `right` has the same, which only a known mistake does.
    """
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(_agree(a, b, rtol) for a, b in zip(left, right, strict=True))
    try:
        left, right = np.asarray(left), np.asarray(right)
        if left.shape != right.shape:
            return False
        if left.dtype.kind in "USb" and right.dtype.kind in "USb":
            return left.dtype.kind == right.dtype.kind and bool((left == right).all())
        finite = np.isfinite(right)
        if not finite.all() and not np.array_equal(left[~finite], right[~finite], equal_nan=True):
            return False
        left, right = left[finite], right[finite]
        scale = np.abs(right).max(initial=0)
        return bool((np.abs(left - right) <= rtol * scale).all())
    except (TypeError, ValueError):
        return False
