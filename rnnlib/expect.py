"""What the public functions expect of ids, sizes and numbers, checked where these come in and nowhere else.

What has the wrong type is a TypeError, what has the wrong shape or value a ValueError; both say what was expected and
what came. A list will do where an array of ids is expected.
"""

import reprlib

import numpy as np

KINDS = {"U": "text", "S": "bytes", "f": "floating-point numbers", "c": "complex numbers", "b": "booleans"}


def ids(values, vocab_size=None, *, axes=None, least=0):
    """Return ids as an integer array: all in 0..V-1, an axis for each letter, as in "TB", and at least so many."""
    array = np.asarray(values)
    if array.size == 0 or array.dtype == np.uint64:  # an empty list has no type of its own; uint64 + int64 is a float
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        got = KINDS.get(array.dtype.kind, f"{array.dtype}")
        raise TypeError(f"expected ids, whole numbers as Vocab.encode gives them, got {got}: {reprlib.repr(values)}")
    if (axes is not None and array.ndim != len(axes)) or array.size < least:
        shape = f" of shape ({', '.join(axes)}{',' * (len(axes) == 1)})" if axes else ""
        raise ValueError(f"expected at least {least} ids{shape}, got an array of shape {array.shape}")
    if vocab_size is not None and array.size and (array.min() < 0 or array.max() >= vocab_size):
        wrong = array[(array < 0) | (array >= vocab_size)].flat[0]
        raise ValueError(f"expected ids in 0..{vocab_size - 1}, got {wrong}")
    return array


def whole(name, value, least=1):
    """Return a size as an int, at least `least`."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise TypeError(f"expected a whole number for {name}, got {value!r}")
    if value < least:
        raise ValueError(f"expected {name} of at least {least}, got {value}")
    return int(value)


def number(name, value):
    """Return a real number as a float."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"expected a number for {name}, got {value!r}")
    return float(value)


def computable(name, array, limit=1e20):
    """Raise ValueError if an array holds NaN, or a number so large that a network could not compute with it."""
    if array.size and not (-limit < float(array.min()) and float(array.max()) < limit):  # NaN is within no limits
        raise ValueError(f"{name} holds a number that is not finite" + f", or is beyond {limit:g}" * (limit < np.inf))
