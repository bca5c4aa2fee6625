"""Every checker says right to the right answer only, names the mistakes that it knows, and knows a blank."""

import contextlib
import copy
import importlib
import inspect
import io
import pkgutil

import numpy as np
import pytest

import notebooks
from course import answers, checks, exercises

PACKAGE = "course.exercises."
MODULES = [module.name for module in pkgutil.iter_modules(exercises.__path__, PACKAGE)]
WITH_EXERCISES = [path for path in notebooks.PATHS if f"{PACKAGE}notebook_{path.name[:2]}" in MODULES]


def tasks():
    modules = map(importlib.import_module, MODULES)
    return [pytest.param(number, task, id=number) for module in modules for number, task in module.EXERCISES.items()]


def verdict(number, answer):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert checks.exercise(number, answer) is None  # or a notebook would show it
    assert out.getvalue() == f"Exercise {number}: {checks.verdict(number, answer)}\n"
    return checks.verdict(number, answer)


def answers_to(number):
    """Return the module of tests/answers for the exercise's notebook."""
    return importlib.import_module(f"answers.notebook_{int(number.split('.')[0]):02}")


def in_other_forms(task):
    """Yield the right answer as lists, as objects, as an iterator, in single precision."""

    def convert(value, change):
        if isinstance(value, list):
            return [convert(part, change) for part in value]
        return value if isinstance(value, str) else change(value)

    def as_floats(array):
        return array.astype(np.float32) if array.dtype.kind == "f" else array

    for change in (np.ndarray.tolist, lambda array: array.astype(object), as_floats):
        if task.cases:
            yield lambda *case, change=change: convert(answers.read(task.right(*case)), change)
        else:
            yield convert(answers.read(task.right), change)


def changed(value, change):
    """Apply a change to every array in an answer."""
    return tuple(changed(part, change) for part in value) if isinstance(value, tuple) else change(np.asarray(value))


def is_finite(value):
    if isinstance(value, tuple):
        return all(map(is_finite, value))
    return np.asarray(value).dtype.kind in "USb" or np.isfinite(value).all()


def changed_answer(task, change):
    if not task.cases:
        return changed(task.right, change)
    return lambda *arguments: changed(task.right(*arguments), change)


def test_a_notebook_has_exercises_where_the_library_has_their_answers():
    assert [path for path in notebooks.PATHS if list(notebooks.exercises(notebooks.read(path)))] == WITH_EXERCISES
    assert len(WITH_EXERCISES) == len(MODULES) > 0


@pytest.mark.parametrize("path", WITH_EXERCISES, ids=lambda path: path.stem)
def test_a_notebook_has_two_to_five_exercises_each_with_stub_checker_hint_and_solution(path):
    found = list(notebooks.exercises(notebooks.read(path)))
    numbers = [number for number, *_ in found]
    assert 2 <= len(found) <= 5
    assert numbers == [f"{int(path.name[:2])}.{k}" for k in range(1, len(found) + 1)]
    assert numbers == list(importlib.import_module(f"course.exercises.notebook_{path.name[:2]}").EXERCISES)
    cells = notebooks.read(path).cells
    for _, stub, checker, solution in found:
        before = cells[[cell.id for cell in cells].index(stub.id) - 1]
        assert before.cell_type == "markdown" and "<summary>Hint</summary>" in before.source
        assert notebooks.has_tag(checker, "checker")
        assert notebooks.has_tag(solution, "solution") and solution.source.startswith("<details>")
        assert notebooks.CODE.search(solution.source)
        assert checks.BLANK in checker.outputs[0].text


@pytest.mark.parametrize(("number", "task"), tasks())
def test_right_is_right(number, task):
    assert verdict(number, task.right) == checks.RIGHT
    answers = [task.right(*copy.deepcopy(case)) for case in task.cases] or [task.right]
    assert all(map(is_finite, answers))


@pytest.mark.parametrize(("number", "task"), tasks())
def test_blank_is_not_attempted(number, task):
    assert verdict(number, ...) == verdict(number, None) == checks.BLANK
    if task.cases:
        assert verdict(number, lambda *_: None) == verdict(number, lambda *_: ...) == checks.BLANK
    if task.stub is not None:
        assert verdict(number, task.stub) == checks.BLANK


@pytest.mark.parametrize(("number", "task"), tasks())
def test_each_known_mistake_is_named(number, task):
    assert task.mistakes
    for sentence, wrong in task.mistakes:
        assert verdict(number, wrong) == f"{checks.WRONG} {sentence}"


@pytest.mark.parametrize(("number", "task"), tasks())
def test_zeros_nan_other_shapes_and_the_unchanged_input_are_not_right(number, task):
    wrong = [lambda *case: case[0], lambda *case: 1 / 0, lambda *case: [[1], [2, 3]]] if task.cases else [lambda: 1]
    if not isinstance(task.right, str):
        wrong += [
            changed_answer(task, lambda array: np.zeros_like(array)),
            changed_answer(task, lambda array: np.full(array.shape, np.nan)),
            changed_answer(task, lambda array: array[None]),
        ]
    for answer in [*wrong, "", [], [[1], [2, 3]], object()]:
        said = verdict(number, answer)
        assert said.startswith(checks.WRONG) or (task.stub is not None and said == checks.BLANK)


@pytest.mark.parametrize(("number", "task"), tasks())
def test_other_right_answers_are_right(number, task):
    others = [*answers_to(number).RIGHT[number], *in_other_forms(task)]
    assert len(others) >= 3
    for answer in others:
        assert verdict(number, answer) == checks.RIGHT


@pytest.mark.parametrize(("number", "task"), tasks())
def test_wrong_answers_that_no_mistake_leads_to_are_not_right_and_told_why(number, task):
    wrong = answers_to(number).WRONG[number]
    assert len(wrong) >= 4
    for answer in wrong:
        said = verdict(number, answer)
        assert said.startswith(f"{checks.WRONG} ") and len(said) > len(checks.WRONG) + 8
        assert said.removeprefix(f"{checks.WRONG} ") not in dict(task.mistakes)


@pytest.mark.parametrize(("number", "task"), [task for task in tasks() if task.values[1].cases])
def test_the_right_function_names_its_arguments_for_a_verdict_on_them(number, task):
    parameters = inspect.signature(task.right).parameters.values()
    named = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert len(named) >= max(map(len, task.cases))
