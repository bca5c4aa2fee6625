"""The equation ledger and the exercises: each numbered equation is checked on real numbers, each exercise answers back.

A prose cell numbers an equation, the code cell after it computes both sides and calls `equation`. A test reads all
notebooks and fails on an equation without a check, or a check without an equation. After an exercise, `exercise` holds
the learner's answer against the right one and against the mistakes that it knows.
"""

import importlib
import inspect
import itertools

import numpy as np

from course import answers

BLANK, RIGHT, WRONG = "… not attempted yet.", "✓ right.", "✗ not right."
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


class EquationError(AssertionError):
    """An equation does not hold on the numbers that it was given, or could not have failed on them.

    Raised as it stands, without `assert`, so that `python -O` does not silence it.
    """


def equation(number, left, right, rtol=1e-10):
    """Check one numbered equation: print "(4.7) holds", or raise and say where it does not.

    The two sides have to come from different computations: the same object on both sides, or zeros on
    both, would hold whatever the equation says, and is refused.

    Parameters
    ----------
    number : str
        As in the equation's tag: "4.7" for the seventh of notebook 4.
    left, right : array_like of numbers
        Of the same shape.
    rtol : float, default 1e-10
        The largest difference allowed, relative to the element itself: rounding, no more. Small elements of an array
        are often sums in which large terms cancel, and keep the rounding of those: a thousandth of `rtol`, relative to
        the largest number on either side, is allowed besides. Integers on both sides have to be equal.

    Raises
    ------
    EquationError
        If the sides differ, in value or in shape; if either holds a NaN or an infinity. And if they could not differ:
        they are one and the same object or share memory, both are zero everywhere or empty, entries are masked, or both
        are True, the outcome of a comparison made before.
    ValueError
        If `rtol` is not a number from 0 to 0.01.
    """
    if not 0 <= rtol <= 0.01:
        raise ValueError(f"rtol is {rtol}, expected a number from 0 to 0.01")
    where = f"({number}) cannot be checked:"
    if _same_object(left, right):
        raise EquationError(f"{where} both sides are the same object")
    if np.ma.isMaskedArray(left) or np.ma.isMaskedArray(right):
        raise EquationError(f"{where} masked entries would not be compared")
    left, right = np.asarray(left), np.asarray(right)
    if np.shares_memory(left, right):
        raise EquationError(f"{where} both sides are the same object")
    for side in (left, right):
        if side.dtype.kind not in "biufc":
            raise EquationError(f"{where} expected numbers, got an array of {side.dtype}")
    if left.shape != right.shape:
        raise EquationError(f"({number}) fails: shape {left.shape} on the left, {right.shape} on the right")
    if left.size == 0:
        raise EquationError(f"{where} both sides are empty")
    if left.dtype == right.dtype == bool and left.all() and right.all():
        raise EquationError(f"{where} both sides are True. Compare the numbers that this came from")
    if not (left.any() or right.any()):
        raise EquationError(f"{where} both sides are zero everywhere")
    with np.errstate(all="ignore"):  # what overflows is refused below
        wide = np.result_type(left, right, float)  # float64 at least: int8 has no 128
        sizes = np.maximum(np.abs(left.astype(wide)), np.abs(right.astype(wide)))
        differences = np.abs(np.subtract(left, right, dtype=wide))
        excess = differences - rtol * (sizes + sizes.max() / 1000)
    if not np.isfinite(sizes).all():
        raise EquationError(f"({number}) fails: NaN, infinity or a number too large in it")
    if left.dtype.kind in "biu" and right.dtype.kind in "biu":
        excess = np.where(left == right, 0, np.maximum(differences, 1))
    if not (excess <= 0).all():
        worst = np.unravel_index(excess.argmax(), excess.shape)
        place = f" at {[int(i) for i in worst]}" if left.ndim else ""
        sides = f"left {left[worst]}, right {right[worst]}{place}"
        raise EquationError(f"({number}) fails: {sides}, a difference of {differences[worst]:.3g}")
    print(f"({number}) holds")


def _same_object(left, right):
    """Whether both are one object, or lists of the same objects. Python keeps one object for each small integer."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return 0 < len(left) == len(right) and all(map(_same_object, left, right))
    return left is right and (isinstance(left, bool) or not isinstance(left, int))


def exercise(number, answer):
    """Check the answer to one exercise and print the verdict: not attempted yet, not right, or right.

    Nothing is raised, so that a notebook with blank exercises runs to its end.

    Parameters
    ----------
    number : str
        As in the exercise's title: "3.2" for the second of notebook 3.
    answer
        A value or a function; `...`, or a function without a body, is a blank.
    """
    print(f"Exercise {number}: {verdict(number, answer)}")


def verdict(number, answer):
    """Return the verdict on an answer: BLANK, RIGHT, or WRONG and what is wrong.

    The mistake is named where the answer is one that a known mistake leads to. Else the verdict says what kind of thing
    was expected, or which part of it is not right.
    """
    task = importlib.import_module(f"course.exercises.notebook_{int(number.split('.')[0]):02}").EXERCISES[number]
    if answers.is_blank(answer):
        return BLANK
    if task.cases and not callable(answer):
        return f"{WRONG} Expected a function, got {_kind(answer)}."
    run, expected = answers.run(answer, task.cases), answers.run(task.right, task.cases)
    if run.fault is None and not any(map(_holds_something, run.results)):
        if not task.cases:
            return BLANK
        if run.printed:
            return f"{WRONG} Your function prints, but gives nothing back: write `return` instead of `print`."
        return f"{WRONG} Your function gives nothing back: it needs a `return`."
    print(run.printed, end="")
    if run.fault is not None:
        wanted = f"Expected {answers.describe(expected.results[0])}, " if run.fault.startswith("got ") else ""
        return f"{WRONG} {wanted}{run.fault}{'' if run.fault.endswith(('.', '?', ')')) else '.'}"
    if _right(run.results, _accepted(run, expected, task), task):
        return f"{WRONG} {fault}" if (fault := _side_effect(run, expected, task)) else RIGHT
    if task.stub is not None and _right(run.results, answers.run(task.stub, task.cases).results, task):
        return BLANK
    for sentence, wrong in task.mistakes:
        if _right(run.results, answers.run(wrong, task.cases).results, task):
            return f"{WRONG} {sentence}"
    return f"{WRONG} {_explain(run.results, expected.results, task)}"


def _accepted(run, expected, task):
    """Return the expected results, each replaced by the one that came where the exercise accepts it as well."""
    if task.accepts is None:
        return expected.results
    both = zip(run.results, expected.results, task.cases, strict=True)
    return [
        result if answers.shapes(result) == answers.shapes(value) and task.accepts(result, *case) else value
        for result, value, case in both
    ]


def _right(results, expected, task, leniency=1):
    """Whether all results are those expected, as exactly as the exercise asks for."""
    return answers.agree(results, expected, task.rtol, leniency * _atol(task))


def _atol(task):
    """Return one unit of the last decimal that is asked for: a number may be rounded there, or cut off."""
    return 0 if task.digits is None else (1 + 1e-9) * 10.0**-task.digits


def _holds_something(result):
    return any(map(_holds_something, result)) if isinstance(result, list) and result else result is not None


def _kind(answer):
    run = answers.run(answer)
    return run.fault.removeprefix("got ").rstrip(".") if run.fault else answers.describe(run.results[0])


def _side_effect(run, expected, task):
    """Return what is wrong although the numbers are right, if anything: their type, or what became of the arguments."""
    for result, value in zip(run.results, expected.results, strict=True):
        kinds = {part.dtype.kind for part in _split(result) if isinstance(part, np.ndarray)}
        if isinstance(value, np.ndarray) and value.dtype == bool and kinds != {"b"}:
            return "The places are right. True or False was asked for, not 1 or 0."
        if task.whole and not kinds <= set("iu"):
            return "The values are right. Integers were asked for, not floats: an id or a count is whole."
    for case, after, should in zip(task.cases, run.after, expected.after, strict=True):
        kept = answers.same_arguments(after, should, task.rtol)
        if not (task.in_place or all(kept)):
            name = list(inspect.signature(task.right).parameters)[kept.index(False)]
            if all(answers.same_arguments(should, case, task.rtol)):
                return f"The result is right. But your function changes `{name}`, which is the caller's: use a copy."
            return f"The result is right. But `{name}` is not afterwards what it should have become."
    return None


def _explain(results, expected, task):
    """Say what kind of thing was expected, or which part of the first wrong result is wrong."""
    wrong = [k for k in range(len(results)) if not _right(results[k : k + 1], expected[k : k + 1], task)]
    result, value = results[wrong[0]], expected[wrong[0]]
    if result is None:
        return "For some arguments your function gives nothing back: is there a branch without `return`?"
    said = _compare(result, value, task)
    if not task.cases:
        return said
    arguments = ", ".join(map(repr, task.cases[wrong[0]]))
    if len(arguments) <= 60 and "\n" not in arguments and answers.shapes(result) == answers.shapes(value):
        given = repr(result) if isinstance(result, str) else str(np.asarray(result).tolist())
        said = f"Called with {arguments}, it gives {given[:80]}. {said}"
    if len(wrong) < len(results):
        said += f" (Of {answers.count(len(results), 'call')} that were tried, {len(results) - len(wrong)} went right.)"
    return said


def _compare(result, value, task):
    """Say in what a wrong result differs from the right one."""
    if task.parts or isinstance(value, list) or (not task.cases and value.shape):
        mine, theirs = _split(result), _split(value)
        if len(mine) == len(theirs) > 1:
            return _compare_parts(mine, theirs, task)
        return f"Expected {_wanted(value, task)}, got {answers.describe(result)}."
    if answers.shapes(result) != answers.shapes(value):
        return f"Expected {answers.describe(value)}, got {answers.describe(result)}."
    said = _difference(result, value, task)
    return f"{said[0].upper()}{said[1:]}."


def _difference(result, value, task):
    """Say how a number, a text or an array differs from the right one of its shape."""
    if isinstance(value, list):
        return "not right"
    if isinstance(value, str):
        same = sum(itertools.takewhile(bool, map(str.__eq__, result, value)))
        return f"a text, but not the right one: they differ from character {same + 1} on"
    if _coarse(result, value, task):
        return f"close, but not to {answers.count(task.digits, 'decimal')}"
    if value.ndim == 0:
        return _direction(result, value)
    off = ~answers.close(result, value, task.rtol, _atol(task))
    if off.all():
        return f"the right shape, but not one of the {off.size} numbers in it is right"
    place = [int(i) for i in np.argwhere(off)[0]]
    return f"the right shape, but {off.sum()} of the {off.size} numbers in it are wrong, the first at {place}"


def _compare_parts(mine, theirs, task):
    names = task.parts or [f"the {ORDINALS[k] if k < len(ORDINALS) else f'{k + 1}th'}" for k in range(len(theirs))]
    right = [name for name, a, b in zip(names, mine, theirs, strict=True) if _right([a], [b], task)]
    said = [f"{answers.listed(right)} {'is' if len(right) == 1 else 'are'} right"] if right else []
    for name, a, b in zip(names, mine, theirs, strict=True):
        if name in right:
            continue
        if a is None:
            said.append(f"{name} is still blank")
        elif answers.shapes(a) != answers.shapes(b):
            said.append(f"{name} should be {answers.describe(b)}, not {answers.describe(a)}")
        else:
            said.append(f"{name} {'has' if isinstance(b, np.ndarray) and b.ndim else 'is'} {_difference(a, b, task)}")
    said = "; ".join(said) + "."
    return said[0].upper() + said[1:]


def _coarse(result, value, task):
    """Whether a number is right, but to fewer decimals than the exercise asks for."""
    if task.digits is None:
        return False
    fewer = (np.asarray(np.round(value, digits)) for digits in range(1, task.digits))
    return any(answers.agree(result, rounded, task.rtol) for rounded in fewer) or _right(
        [result], [value], task, leniency=3
    )


def _direction(result, value):
    if np.iscomplexobj(result):
        return "complex, where a real number was expected"
    if value.dtype == bool:
        return "the other way round"
    return "too large" if result > value else "too small" if result < value else "no number"


def _split(result):
    """Return the parts of an answer that has several, or the answer as the only one."""
    if isinstance(result, np.ndarray) and result.ndim:
        return [np.asarray(part) for part in result]
    return result if isinstance(result, list) else [result]


def _wanted(value, task):
    if not task.parts:
        return answers.describe(value)
    return f"{answers.count(len(task.parts), 'part')} ({', '.join(task.parts)})"
