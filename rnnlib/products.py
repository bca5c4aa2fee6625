"""The product of a state with a recurrent matrix, once for each time step, fast.

Before it multiplies, a BLAS library copies both matrices into an order that suits the processor. For a few rows and a
matrix that is the same at every time step, this copying is a quarter of the work. OpenBLAS leaves it out for small
products where the processor has AVX-512, so W is cut into panels of 32 columns and each makes a product of its own.
"""

import numpy as np

from .threads import threads_in_use

WIDTH = 32  # columns of a panel
SMALL = 10**6  # rows times columns times depth of a product that OpenBLAS takes for small


def into(out, W):
    """Return a function of x that writes x @ W into `out`, over and over again.

    x is of shape (..., B, K), W (..., K, N), out (..., B, N); several matrices are multiplied side by side. Large
    products are left to BLAS in one piece, and so is everything if it may use several threads, which share a product.
    """
    B, N = out.shape[-2:]
    if B == 1 or N % WIDTH or B * W.shape[-2] * WIDTH > SMALL or threads_in_use() != 1:
        W = np.ascontiguousarray(W)
        return (lambda x: x.dot(W, out=out)) if W.ndim == 2 else (lambda x: np.matmul(x, W, out=out))
    W, tiles = panels(W).copy(), panels(out)
    return lambda x: np.matmul(x[..., None, :, :], W, out=tiles)


def panels(a):
    """Return an array of shape (..., R, N) as (..., N / WIDTH, R, WIDTH), a view."""
    return a.reshape(*a.shape[:-1], -1, WIDTH).swapaxes(-3, -2)
