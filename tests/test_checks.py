import numpy as np
import pytest

from course.checks import equation

MATRIX = np.array([[1.0, 2.0], [3.0, -40.0]])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (MATRIX, MATRIX.copy()),
        (MATRIX, MATRIX.tolist()),
        (MATRIX, MATRIX * (1 + 1e-12)),
        (MATRIX, MATRIX + 40e-12),
        (np.float64(0.5), 0.5),
        (3, 3),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1 + 2j]), np.array([1 + 2j])),
        (np.array([True, False]), np.array([True, False])),
        (np.array([200, 3], dtype=np.uint8), np.array([200, 3])),
    ],
    ids=["copy", "list", "rounding", "rounding of the largest", "numbers", "integers", "types", "complex", "booleans",
         "bytes"],
)  # fmt: skip
def test_an_equation_that_holds_says_so(capsys, left, right):
    equation("4.7", left, right)
    assert capsys.readouterr().out == "(4.7) holds\n"


VIEWED = np.arange(1.0, 10.0)
HALF = 0.5


@pytest.mark.parametrize(
    ("left", "right", "complaint"),
    [
        (MATRIX, MATRIX + np.diag([0, 0.25]), r"left -40\.0, right -39\.75 at \[1, 1\], a difference of 0\.25"),
        (MATRIX, MATRIX * (1 + 1e-8), "a difference of 4e-07"),
        (MATRIX, -MATRIX, "fails: left"),
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
    with pytest.raises(AssertionError, match=rf"^\(4\.7\) .*{complaint}"):
        equation("4.7", left, right)
    assert capsys.readouterr().out == ""


def test_the_tolerance_can_be_widened():
    equation("5.2", MATRIX, MATRIX * (1 + 1e-6), rtol=1e-5)
    with pytest.raises(AssertionError, match="fails"):
        equation("5.2", MATRIX, MATRIX * (1 + 1e-6), rtol=1e-7)
