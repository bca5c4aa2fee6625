"""Whatever a learner hands in, the checker answers, and says why; nothing is raised, nothing runs on for ever."""

import signal
import sys
import threading
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from course import answers, checks
from course.exercises import Exercise, notebook_01

NUMBER = Exercise(right=2.5, mistakes=(("That is its negative.", -2.5),), digits=1)
THREE = Exercise(right=(7, 6, 4), mistakes=(("The order is turned.", (4, 6, 7)),))
NAMES = Exercise(right=("W_hy", "b_y"), mistakes=())
DOUBLE = Exercise(
    right=lambda xs: 2 * xs,
    mistakes=(("That is the square.", lambda xs: xs**2),),
    cases=((np.array([[3.0, 4.0, -1.0]]),), (np.array([[1.5], [7.0]]),)),
)
MASK = Exercise(right=lambda xs: xs > 2, mistakes=(), cases=((np.array([1, 2, 3]),),))
PAIR = Exercise(right=lambda n: (n, n + 1), mistakes=(), cases=((3,), (5,)), parts=("n", "next"), whole=True)


@pytest.fixture
def verdict(monkeypatch):
    """Return a function that gives the verdict on an answer to any exercise."""

    def give(task, answer):
        monkeypatch.setitem(notebook_01.EXERCISES, "1.99", task)
        return checks.verdict("1.99", answer)

    return give


class Agrees:
    """An object of which any comparison is true, and any difference nothing."""

    shape = ()
    __sub__ = __rsub__ = __abs__ = lambda self, *_: self
    __le__ = __eq__ = lambda self, other: True
    __hash__ = None


class AgreeableArray(np.ndarray):
    __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)
    __hash__ = None

    def __eq__(self, other):
        return np.ones(self.shape, bool)


class AgreeableFloat(float):
    __sub__ = __rsub__ = lambda self, other: 0.0
    __eq__ = __le__ = lambda self, other: True
    __hash__ = None


class NeedsDetaching:
    """Like a torch tensor with requires_grad."""

    def __array__(self, *_, **__):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError


def raises(error):
    def function(*_):
        raise error

    return function


def endless():
    while True:
        yield 1


NESTED = []
NESTED.append(NESTED)
HOSTILE = [
    10**400, -(10**400), Agrees(), [Agrees()] * 3, np.zeros(3).view(AgreeableArray), AgreeableFloat(9),
    NeedsDetaching(), object(), {1, 2}, {"a": 1}, b"x", "", "\ud800", [], [[1], [2, 3]], NESTED,
    np.array([Agrees(), None, 3], dtype=object), np.ma.masked_all(3), np.nan, np.inf, 1j, Decimal("NaN"),
    Decimal("Infinity"), np.datetime64("2026-01-01"), int, len, np.array(["a", "b"]), [None, 2, 3],
    endless(), map(raises(SystemExit), [1]), range(10), (), np.empty((0, 3)), True,
    np.array([(1, 2.0)], dtype="i4,f8"),
]  # fmt: skip
FAILING = [
    SystemExit(),
    SystemExit(0),
    GeneratorExit(),
    MemoryError(),
    RecursionError(),
    Unspeakable(),
    ValueError("\ud800"),
]


@pytest.mark.parametrize("task", [NUMBER, THREE, NAMES, DOUBLE, MASK, PAIR])
def test_whatever_comes_the_verdict_is_not_right_and_says_why(verdict, task):
    functions = [lambda *_, thing=thing: thing for thing in HOSTILE] + [raises(error) for error in FAILING]
    for answer in functions + HOSTILE:
        said = verdict(task, answer)
        assert said.startswith(f"{checks.WRONG} ") and len(said) > len(checks.WRONG) + 10, answer
        said.encode()


@pytest.mark.parametrize(
    "answer", [2.5, np.float32(2.5), Decimal("2.5"), Fraction(5, 2), np.array(2.5), 2.55, 2.45, 2.5 + 0j]
)
def test_a_number_may_be_of_any_type_and_rounded_to_the_digits_asked_for(verdict, answer):
    assert verdict(NUMBER, answer) == checks.RIGHT


@pytest.mark.parametrize(
    "answer",
    [[7, 6, 4], np.array([7, 6, 4]), np.array([7, 6, 4], dtype=np.int8), [7.0, 6, np.float32(4)], iter([7, 6, 4]),
     map(int, "764"), np.array([7, 6, 4], dtype=object), [np.array(7), 6, 4], (Decimal(7), 6, 4)],
)  # fmt: skip
def test_numbers_may_come_in_any_container_that_has_an_order(verdict, answer):
    assert verdict(THREE, answer) == checks.RIGHT


@pytest.mark.parametrize("answer", [["W_hy", "b_y"], np.array(["W_hy", "b_y"]), iter(["W_hy", "b_y"])])
def test_texts_may_come_in_any_container_that_has_an_order(verdict, answer):
    assert verdict(NAMES, answer) == checks.RIGHT


@pytest.mark.parametrize(
    "answer",
    [
        lambda xs: (2 * xs).tolist(),
        lambda xs: tuple(map(tuple, 2 * xs)),
        lambda xs: (2 * xs).astype(np.float32),
        lambda xs: (2 * x for x in xs),
        lambda xs: map(lambda x: x + x, xs),
        lambda xs: (2 * xs).astype(object),
        lambda xs: (2 * xs).view(AgreeableArray),
    ],
)
def test_a_function_may_return_any_container_and_single_precision(verdict, answer):
    assert verdict(DOUBLE, answer) == checks.RIGHT


@pytest.mark.parametrize(
    ("task", "answer", "said"),
    [
        (NUMBER._replace(right=2.3456, digits=3), 2.3, "Close, but not to three decimals."),
        (NUMBER._replace(right=2.3456, digits=3), 2.348, "Close, but not to three decimals."),
        (NUMBER._replace(right=2.3456, digits=3), 2.35, "Close, but not to three decimals."),
        (NUMBER._replace(right=2.3456, digits=3), 2.36, "Too large."),
        (NUMBER, 2.7, "Close, but not to one decimal."),
        (NUMBER, 9, "Too large."),
        (NUMBER, 1, "Too small."),
        (NUMBER, [2.5], "Expected a number, got one number in a list."),
        (NUMBER, np.full((2, 3), 2.5), "Expected a number, got an array of shape (2, 3)."),
        (NUMBER, "2.5", "Expected a number, got a text."),
        (NUMBER, lambda: 2.5, "Expected a number, got a function."),
        (NUMBER, -2.5, "That is its negative."),
        (THREE, (7, 6), "Expected three numbers, got two numbers."),
        (THREE, (7, 6, 5), "The first and the second are right; the third is too large."),
        (THREE, [7, 5, 5], "The first is right; the second is too small; the third is too large."),
        (THREE, (7, ..., 4), "The first and the third are right; the second is still blank."),
        (THREE, (7, "6", 4), "The first and the third are right; the second should be a number, not a text."),
        (THREE, 7, "Expected three numbers, got a number."),
        (THREE, {7, 6, 4}, "Expected three numbers, got a set, which keeps no order. Write a tuple."),
        (NAMES, ("W_hy", "b_h"), "The first is right; the second is a text, but not the right one: they differ from "
         "character 3 on."),
        (NAMES, "W_hy", "Expected two texts, got a text."),
        (DOUBLE, np.ones((1, 3)), "Expected a function, got an array of shape (1, 3)."),
        (DOUBLE, NeedsDetaching(), "Expected a function, got a NeedsDetaching that cannot be made an array "
         "(RuntimeError: Can't call numpy() on Tensor that requires grad.)."),
        (DOUBLE, lambda xs: (2 * xs).T, "Expected an array of shape (1, 3), got an array of shape (3, 1)."),
        (DOUBLE, lambda xs: xs + 3, "Called with array([[ 3.,  4., -1.]]), it gives [[6.0, 7.0, 2.0]]. The "
         "right shape, but 2 of the 3 numbers in it are wrong, the first at [0, 1]."),
        (DOUBLE, lambda xs: None if len(xs) > 1 else 2 * xs, "For some arguments your function gives nothing back: is "
         "there a branch without `return`?"),
        (DOUBLE, lambda xs: 2 * xs if len(xs) == 1 else xs, "The right shape, but not one of the 2 numbers in it is "
         "right. (Of two calls that were tried, 1 went right.)"),
        (DOUBLE, lambda xs: [2 * xs, None], "Expected an array of shape (1, 3), got two parts (an array of shape "
         "(1, 3), nothing)."),
        (DOUBLE, raises(SystemExit("stop")), "Your function raised SystemExit: stop."),
        (DOUBLE, raises(Unspeakable()), "Your function raised Unspeakable."),
        (DOUBLE, raises(ValueError("x" * 1000)), f"Your function raised ValueError: {'x' * 300} ..."),
        (MASK, lambda xs: (xs > 2) * 1, "The places are right. True or False was asked for, not 1 or 0."),
        (PAIR, lambda n: (n, n), "Called with 3, it gives [3, 3]. N is right; next is too small."),
        (PAIR, lambda n: n, "Expected two parts (n, next), got a number."),
        (PAIR, lambda n: (float(n), n + 1), "The values are right. Integers were asked for, not floats: an id or a "
         "count is whole."),
    ],
)  # fmt: skip
def test_a_verdict_says_what_is_wrong(verdict, task, answer, said):
    assert verdict(task, answer) == f"{checks.WRONG} {said}"


def test_a_function_that_returns_nothing_is_told_about_return(verdict, capsys):
    def forgets(xs):
        xs = 2 * xs

    def prints(xs):
        print(2 * xs)

    assert "it needs a `return`" in verdict(DOUBLE, forgets)
    assert "write `return` instead of `print`" in verdict(DOUBLE, prints)
    assert capsys.readouterr().out == ""


def test_what_a_function_prints_besides_is_shown(verdict, capsys):
    def talks(xs):
        print("so far", xs.shape, "\ud800")
        return 2 * xs

    assert verdict(DOUBLE, talks) == checks.RIGHT
    assert capsys.readouterr().out == "so far (1, 3) ?\nso far (2, 1) ?\n"
    assert verdict(DOUBLE, lambda xs: sys.stdout.close() or 2 * xs) == checks.RIGHT


def test_only_a_body_of_nothing_is_a_blank(verdict):
    def documented(xs):
        """Say what it will do."""
        ...

    def passes(xs):
        pass

    for blank in (..., None, documented, passes, lambda xs: None, lambda xs: ...):
        assert verdict(DOUBLE, blank) == checks.BLANK
    assert verdict(THREE, (..., ..., ...)) == verdict(THREE, [None]) == checks.BLANK
    assert verdict(DOUBLE, lambda xs: 0) != checks.BLANK
    assert "gives nothing back" in verdict(DOUBLE, lambda xs: [None, ...])


def test_an_argument_that_was_changed_is_noticed_unless_the_exercise_allows_it(verdict):
    def doubles(xs):
        xs *= 2
        return xs

    assert "changes `xs`, which is the caller's" in verdict(DOUBLE, doubles)
    assert verdict(DOUBLE._replace(in_place=True), doubles) == checks.RIGHT
    params = {"W": np.ones(2), "b": np.zeros(1)}

    def train(params):
        params["W"] += 1
        return params["W"].sum()

    task = Exercise(right=train, mistakes=(), cases=((params,),))
    assert verdict(task, lambda p: train(p)) == checks.RIGHT
    assert "`params` is not afterwards what it should" in verdict(task, lambda p: 4.0)
    assert params["W"].tolist() == [1, 1]


def test_tolerance_is_a_numbers_own(verdict):
    task = Exercise(right=(1000, 1), mistakes=(), rtol=1e-2)
    assert verdict(task, (1001, 1.001)) == checks.RIGHT
    assert verdict(task, (1000, 1.2)) == f"{checks.WRONG} The first is right; the second is too large."


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm on this platform")
def test_an_endless_loop_is_stopped_and_earlier_alarms_go_on(verdict, monkeypatch):
    monkeypatch.setattr(answers, "SECONDS", 0.2)

    def loops(xs):
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                pass

    called = []
    before = signal.signal(signal.SIGALRM, lambda *_: called.append(1))
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        assert "did not come to an end within 0.2 seconds" in verdict(DOUBLE, loops)
        assert 0 < signal.setitimer(signal.ITIMER_REAL, 0)[0] <= 60 and not called
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_outside_the_main_thread_there_is_no_limit_and_no_failure(verdict):
    said = []
    thread = threading.Thread(target=lambda: said.append(verdict(DOUBLE, lambda xs: 2 * xs)))
    thread.start()
    thread.join()
    assert said == [checks.RIGHT]


def test_ctrl_c_gets_through(verdict):
    with pytest.raises(KeyboardInterrupt):
        verdict(DOUBLE, raises(KeyboardInterrupt()))
