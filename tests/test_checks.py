import subprocess
import sys

import numpy as np
import pytest

from course.checks import EquationError, equation

MATRIX = np.array([[1.0, 2.0], [3.0, -40.0]])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (MATRIX, MATRIX.copy()),
        (MATRIX, MATRIX.tolist()),
        (MATRIX, MATRIX * (1 + 1e-12)),
        (MATRIX, MATRIX + 2e-12),
        (np.array([1e3, 1.0]) - np.array([1e3 - 1e-9, 0.5]), [1e-9, 0.5]),
        (np.float64(0.5), 0.5),
        (3, 3),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1 + 2j]), np.array([1 + 2j])),
        (np.array([True, False]), np.array([True, False])),
        (np.array([200, 3], dtype=np.uint8), np.array([200, 3])),
        (np.array([-128, 3], dtype=np.int8), np.array([-128, 3])),
        (np.int64(-(2**63)), np.array(-(2**63))),
        (2**60 + 100, np.array(2**60 + 100)),
        (np.array([0.0, 2.0]), np.array([1e-14, 2.0])),
    ],
    ids=["copy", "list", "rounding", "rounding of the largest", "large terms that cancel", "numbers", "integers",
         "types", "complex", "booleans", "bytes", "the smallest int8", "the smallest int64", "large integers",
         "one zero"],
)  # fmt: skip
def test_an_equation_that_holds_says_so(capsys, left, right):
    equation("4.7", left, right)
    assert capsys.readouterr().out == "(4.7) holds\n"


MASKED = np.ma.masked_array(MATRIX, MATRIX > 2)
LONG = [MATRIX, 2 * MATRIX]
VIEWED = np.arange(1.0, 10.0)
HALF = 0.5


@pytest.mark.parametrize(
    ("left", "right", "complaint"),
    [
        (MATRIX, MATRIX + np.diag([0, 0.25]), r"left -40\.0, right -39\.75 at \[1, 1\], a difference of 0\.25"),
        (MATRIX, MATRIX * (1 + 1e-8), "a difference of 4e-07"),
        (MATRIX, -MATRIX, "fails: left"),
        (np.array([1e12, 1]), np.array([1e12, 2]), r"at \[1\], a difference of 1$"),
        (np.array([1e12, 1.5]), np.array([1e12, 2]), r"at \[1\], a difference of 0\.5"),
        (np.array([1.0, 1e-6]), np.array([1.0, 1.0001e-6]), r"at \[1\]"),
        (np.array([1.7e308 + 1.7e308j]), np.array([0j]), "too large"),
        (np.array([1.7e308]), np.array([-1.7e308]), "fails"),
        (2**60, 2**60 + 100, "fails: left"),
        (np.array([2**62, 1]), np.array([2**62 + 1, 1]), "a difference of 0"),
        (np.uint64(2**64 - 1), np.array(-1), "fails"),
        (MASKED, MATRIX, "masked"),
        (MATRIX, np.ma.masked_all(MATRIX.shape), "masked"),
        (np.array([1, None]), np.array([1, None]), "expected numbers, got an array of object"),
        (2**70, 2**70 + 1, "expected numbers"),
        ("right", "wrong", "expected numbers, got an array of <U5"),
        (True, True, "the same object"),
        (np.array(True), np.array(True), "both sides are True"),
        (np.isclose(MATRIX, MATRIX), np.ones((2, 2), bool), "both sides are True"),
        ([MATRIX], [MATRIX], "the same object"),
        (LONG, list(LONG), "the same object"),
        (0.5, 0.25, r"left 0\.5, right 0\.25, a"),
        (np.array([250], dtype=np.uint8), np.array([5], dtype=np.uint8), "a difference of 245"),
        (np.array([1.0]), np.array([1 + 1e-3j]), "a difference of 0.001"),
        (np.zeros(3), np.full(3, 1e-300), "a difference of 1e-300"),
        (MATRIX, MATRIX[:1].copy(), r"shape \(2, 2\) on the left, \(1, 2\) on the right"),
        (np.ones((2, 1)), np.ones(2), r"shape \(2, 1\) on the left, \(2,\) on the right"),
        (1.0, np.ones(3), "shape"),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan]), "NaN"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "NaN"),
        (np.array([1.0, 2.0]), np.array([1.0, np.nan]), "NaN"),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf]), "infinity"),
        (MATRIX, MATRIX, "the same object"),
        (HALF, HALF, "the same object"),
        (VIEWED[1:4], VIEWED[1:4], "the same object"),
        (VIEWED.reshape(3, 3), VIEWED.reshape(3, 3), "the same object"),
        (VIEWED[:6], VIEWED[3:], "the same object"),
        (np.zeros(3), np.zeros(3), "zero everywhere"),
        (0, 0, "zero everywhere"),
        (np.empty(0), np.empty(0), "empty"),
        (np.empty((0, 3)), np.empty((0, 3)), "empty"),
    ],
)
def test_an_equation_that_fails_or_could_not_fail_is_refused(capsys, left, right, complaint):
    with pytest.raises(EquationError, match=rf"^\(4\.7\) .*{complaint}"):
        equation("4.7", left, right)
    assert capsys.readouterr().out == ""


def test_the_tolerance_can_be_widened():
    equation("5.2", MATRIX, MATRIX * (1 + 1e-6), rtol=1e-5)
    with pytest.raises(EquationError, match="fails"):
        equation("5.2", MATRIX, MATRIX * (1 + 1e-6), rtol=1e-7)


@pytest.mark.parametrize("rtol", [-1e-10, 0.02, 1, np.inf, np.nan])
def test_a_tolerance_that_lets_anything_through_is_refused(rtol):
    with pytest.raises(ValueError, match="rtol"):
        equation("5.2", MATRIX, -MATRIX, rtol=rtol)


def test_a_failing_equation_fails_without_asserts_too():
    code = "from course.checks import equation; equation('4.7', [1.0], [2.0])"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and "EquationError: (4.7) fails" in done.stderr and not done.stdout
