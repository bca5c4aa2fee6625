"""The equation ledger: every numbered equation of the course is checked on real numbers.

A prose cell numbers an equation, the code cell after it computes both sides and calls `equation`. A test reads all
notebooks and fails on an equation without a check, or a check without an equation.
"""

import numpy as np


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
