"""How many threads a matrix product may use: one, unless the user asks for more.

numpy leaves its products to a BLAS library, which unless told otherwise starts a thread on every core. Between two
products these threads wait in a loop that keeps their cores busy. Alone on the machine, that costs next to nothing;
beside another busy program it makes the training of a small network 15 to 25 times slower. So `import rnnlib` sets
one thread, whether numpy was imported before it or not, unless one of the variables in ASKED says how many.
"""

import functools
import os

import numpy  # noqa: F401  its BLAS has to be there before the threads can be set

ASKED = tuple(
    f"{library}_THREADS"
    for library in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "BLIS_NUM", "GOTO_NUM", "VECLIB_MAXIMUM")
)


def use_threads(threads):
    """Have numpy's matrix products use this many threads from now on; ValueError if they are below 1."""
    if threads < 1:
        raise ValueError(f"expected at least 1 thread, got {threads}")
    threads_in_use.cache_clear()
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # a browser's Python has neither threads nor this package
        return
    threadpool_limits(threads, user_api="blas")


@functools.cache  # asking takes longer than many a product
def threads_in_use():
    """Return how many threads numpy's matrix products use; None if its BLAS does not say."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return None
    return max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=None)


if not any(os.environ.get(name) for name in ASKED):
    use_threads(1)
