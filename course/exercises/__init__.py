"""What the exercises accept, and which mistakes they recognise: one module for each notebook.

A notebook's exercises are in EXERCISES of `notebook_NN`; `checks.exercise` holds an answer against them. Solve the
exercises first: the right answers are in here.
"""

from collections.abc import Callable
from typing import Any, NamedTuple


class Exercise(NamedTuple):
    """One exercise: the right answer, and wrong ones with what they tell.

    An answer is a value (a number, a string, an array, a tuple of those) or a function of the learner's. A function is
    held against `right`, another function, on every one of the `cases`.
    """

    right: Any  # a value, or a function
    mistakes: tuple[tuple[str, Any], ...]  # (what the learner did, the value or function that this gives), ...
    cases: tuple[tuple, ...] = ()  # arguments to call the function with; none: the answer is a value
    stub: Callable | None = None  # an exercise in repair: the faulty function as it is given
    parts: tuple[str, ...] = ()  # names of what the answer consists of, for a verdict on each
    digits: int | None = None  # decimals that the task asks for: rounded or cut off there, an answer is right
    rtol: float = 1e-9  # largest difference of a number, relative to itself
    whole: bool = False  # only integers will do
    in_place: bool = False  # the function may change its arguments
    accepts: Callable | None = None  # whether another result is right as well: accepts(result, *case)
