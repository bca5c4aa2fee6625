"""What a learner hands in, made comparable: run a function safely, read what comes back, compare it with another.

`checks.verdict` is written with these. Nothing in here knows an exercise.
"""

import contextlib
import copy
import dis
import io
import itertools
import numbers
import signal
import threading
import types
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

import numpy as np

SECONDS = 20  # for all calls of a learner's function
MOST_PARTS = 100_000  # an iterator that yields more is taken for endless
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CONSTANTS_ALONE = {"RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONSTANT", "RETURN_CONST", "RETURN_VALUE"}  # bytecode


class Run(NamedTuple):
    """What came of calling a function on every case, or of reading a value."""

    results: list  # as `read` gives them, one for each case
    after: list  # the arguments after the call
    printed: str
    fault: str | None = None  # a sentence, if there is no result


class _TimeUp(BaseException):
    """Not an Exception, so that a learner's `except Exception` lets it through."""


class _Unreadable(Exception):
    """Says in words what kind of thing came, where numbers or text should have."""


# Running


def is_blank(answer):
    """Whether nothing was written: `...`, None, or a function with no more than these or a docstring in its body."""
    if not isinstance(answer, types.FunctionType):
        return answer is None or answer is ...
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if step.opname not in ("RESUME", "NOP", "RETURN_VALUE")]
    return all(step.opname in _CONSTANTS_ALONE for step in steps) and constants[-1:] in ([None], [...])


def run(answer, cases=()):
    """Call a function on a copy of each case's arguments, or read a value if there are no cases.

    Nothing that the learner wrote can raise from here, but for Ctrl-C. A loop that never ends is stopped after SECONDS,
    where the platform has an alarm and this is the main thread.
    """
    results, after, out = [], [], io.StringIO()
    fault = None
    try:
        with _time_limit(), contextlib.redirect_stdout(out):
            for case in copy.deepcopy(cases):
                results.append(read(answer(*case)))
                after.append(case)
            if not cases:
                results.append(read(answer))
    except KeyboardInterrupt:
        raise
    except _TimeUp:
        fault = f"It did not come to an end within {SECONDS} seconds. Is there a loop that never stops?"
    except _Unreadable as error:
        fault = f"got {error}"
    except BaseException as error:  # a learner's function may fail in any way, SystemExit among them
        fault = f"{'Your function' if cases else 'Reading it'} raised {type(error).__name__}{_message(error)}"
    printed = "" if out.closed else printable(out.getvalue())
    return Run(results, after, printed, fault)


@contextlib.contextmanager
def _time_limit():
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number, frame):
        raise _TimeUp

    handler = signal.signal(signal.SIGALRM, stop)
    others = signal.setitimer(signal.ITIMER_REAL, SECONDS, 0.1)  # and again, should a bare `except` have caught it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *others)


def _message(error):
    try:
        text = printable(str(error))
    except Exception:  # even that can fail
        return "."
    return f": {text if len(text) <= 300 else text[:300] + ' ...'}" if text else "."


def printable(text):
    """Return the text without lone surrogates, which no terminal and no notebook can show."""
    return text.encode(errors="replace").decode()


# Reading


def read(value):
    """Return any answer as plain data: None if blank, a str, an array of numbers, or a list of these.

    Lists, tuples, iterators and arrays are the same thing here; parts of one shape become one array.
    """
    if value is None or value is ...:
        return None
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, np.ma.MaskedArray):
        raise _Unreadable("a masked array, in which some numbers do not count")
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
        return np.array(value, subok=False)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "OU":
        return read(value.tolist())
    if isinstance(value, numbers.Number):
        return _read_number(value)
    if isinstance(value, Set):
        raise _Unreadable("a set, which keeps no order. Write a tuple")
    if isinstance(value, Mapping):
        raise _Unreadable("a dict. Write a tuple")
    if hasattr(type(value), "__array__"):
        try:
            return read(np.array(value, subok=False))
        except Exception as error:
            why = f"{type(error).__name__}{_message(error)}"
            raise _Unreadable(f"a {type(value).__name__} that cannot be made an array ({why})") from None
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        parts = [read(part) for part in itertools.islice(value, MOST_PARTS + 1)]
        if len(parts) > MOST_PARTS:
            raise _Unreadable("something that never ends")
        alike = parts and all(isinstance(part, np.ndarray) and part.shape == parts[0].shape for part in parts)
        return np.stack(parts) if alike else parts
    raise _Unreadable("a function" if callable(value) else f"something of type {type(value).__name__}")


def _read_number(value):
    if isinstance(value, int):
        value = bool(value) if isinstance(value, bool) else int.__int__(value)
        return np.array(value if abs(value) < 2**63 else np.inf)
    if isinstance(value, complex):
        return np.array(complex.__complex__(value))
    return np.array(float.__float__(value) if isinstance(value, float) else float(value))  # else: Decimal, Fraction


# Comparing


def agree(answer, right, rtol, atol=0.0):
    """Whether two answers, as `read` gives them, are the same: structure, shape and text, and numbers up to rounding.

    Each number has its own tolerance, `rtol` times its size plus `atol`, and a trillionth of the largest number of its
    array, for sums in which large terms cancel. In float32, 1e-4 and a hundred-thousandth. A NaN or an infinity has to
    stand where `right` has the same, which only a known mistake does.
    """
    if isinstance(answer, list) and isinstance(right, list):
        return len(answer) == len(right) and all(agree(a, b, rtol, atol) for a, b in zip(answer, right, strict=True))
    if isinstance(answer, np.ndarray) and isinstance(right, np.ndarray):
        return answer.shape == right.shape and bool(close(answer, right, rtol, atol).all())
    return type(answer) is type(right) and isinstance(answer, str | None) and answer == right


def close(answer, right, rtol, atol=0.0):
    """Return for each number whether it is the right one, by the rule of `agree`: booleans of the arrays' shape."""
    coarse = answer.dtype in (np.float32, np.complex64)
    rtol, slack = (max(rtol, 1e-4), 1e-5) if coarse else (rtol, 1e-12)
    answer, right = (x.astype(np.result_type(x, float)) for x in (answer, right))
    finite = np.isfinite(right)
    with np.errstate(all="ignore"):  # what overflows is not close
        scale = np.abs(right[finite]).max(initial=0)
        near = np.abs(answer - right) <= rtol * np.abs(right) + slack * scale + atol
    return np.where(finite, near, (answer == right) | (np.isnan(answer) & np.isnan(right)))


def same_arguments(after, before, rtol):
    """Return for each argument of a function whether it is what it was, or what it should have become."""
    return [_same(a, b, rtol) for a, b in zip(after, before, strict=True)]


def _same(a, b, rtol):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key], rtol) for key in b)
    if callable(b):
        return a is b
    try:
        return isinstance(a, type(b)) and (a == b if isinstance(b, bytes) else agree(read(a), read(b), rtol))
    except _Unreadable:
        return False


# Saying what came


def count(number, noun):
    """Return "one number", "three numbers", "40 numbers"."""
    return f"{WORDS[number] if number < len(WORDS) else number} {noun}{'' if number == 1 else 's'}"


def describe(value):
    """Say in words what kind of answer this is: "three numbers", "an array of shape (5, 3)"."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return "True or False" if value.dtype == bool else "a number"
        if value.ndim == 1 and len(value) < len(WORDS):
            return count(len(value), "number") + (" in a list" if len(value) == 1 else "")
        return f"an array of shape {value.shape}"
    if not value:
        return "an empty list"
    if all(isinstance(part, str) for part in value):
        return count(len(value), "text")
    if len(value) > 6:
        return f"a list of {len(value)}"
    return f"{count(len(value), 'part')} ({', '.join(map(describe, value))})"


def listed(words):
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def shapes(value):
    """Return an array's shape, a list of shapes for a list, and the type of anything else."""
    if isinstance(value, list):
        return [shapes(part) for part in value]
    return value.shape if isinstance(value, np.ndarray) else type(value)
