"""How do I know that a gradient is right? Compute it another way, and compare.

A derivative can be had from the loss alone. *Central differences* move a number a little up and down; *complex
step* moves it a tiny way into the imaginary direction, which subtracts nothing and so loses no digits. Both are slow,
one loss or two for every single number, and both are independent of any derivation. Notebook 05 puts them to use.
"""

import numpy as np

from . import language_model, losses, rnn


def complex_step(f, x, step=1e-30):
    """Return the gradient of f at x by complex step: Im f(x + i step) / step, for each element of x.

    Parameters
    ----------
    f : callable
        From an array like `x` to a number, made of functions that also take complex numbers (`+`, `@`,
        `exp`, `log`, `tanh`, ...; not `abs`, not comparisons).
    x : ndarray
    step : float, default 1e-30

    Returns
    -------
    grad : ndarray, of the shape of x
        Exact to rounding, about 1e-16.
    """
    x = np.array(x, dtype=complex)  # a copy
    grad = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += 1j * step
        grad[i] = f(x).imag / step
        x[i] -= 1j * step
    return grad


def central_differences(f, x, step=1e-5):
    """Return the gradient of f at x by (f(x + step) - f(x - step)) / (2 step), for each element of x.

    In float64 a step of about 1e-5 is best and leaves a relative error of about 1e-10: a larger one bends, a smaller
    one drowns in rounding.
    """
    x = np.asarray(x)
    x = x.astype(np.result_type(x, 0.0))  # a copy: whole numbers in float64, float32 as it is
    grad = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + step
        above = f(x)
        x[i] = kept - step
        below = f(x)
        x[i] = kept
        grad[i] = (above - below) / (2 * step)
    return grad


def relative_error(a, b):
    """Return the largest difference between a and b, relative to the largest number in either.

    Zero when both are zero everywhere; NaN when either holds a NaN, so write `error < limit`, which a NaN fails.
    """
    a, b = np.asarray(a) * 1.0, np.asarray(b) * 1.0  # whole numbers could wrap around in the difference
    if a.shape != b.shape:
        raise ValueError(f"gradients of shapes {a.shape} and {b.shape} cannot be compared")
    difference = np.abs(a - b).max()
    return float(difference / max(np.abs(a).max(), np.abs(b).max())) if difference != 0 else 0.0


def check_gradients(params, inputs, targets, state, *, cell=rnn, model=language_model, method=complex_step):
    """Compare the gradients of `language_model` with numeric ones.

    Parameters
    ----------
    params : dict
        In float64, with weights around 0.5: with tiny ones, faults are tiny as well.
    inputs, targets : int ndarrays of shape (T, B)
        T of at least 3, with repeated characters.
    state : ndarray
        The state before the block, not zero.
    cell : module, default rnn
    model : module, default language_model
        Or another with the same functions, such as one with a planted bug.
    method : callable, default complex_step
        `complex_step` or `central_differences`.

    Returns
    -------
    errors : dict
        The relative error of each parameter's gradient, and of "state", the initial state's.
    """
    logits, trace = model.forward(params, inputs, state, cell=cell)
    _, dlogits = model.losses.cross_entropy(logits, targets)
    grads, dstate = model.backward(params, inputs, trace, dlogits, cell=cell)

    def loss(name, value):
        changed = {**params, name: value}
        logits, _ = language_model.forward(changed, inputs, changed.get("state", state), cell=cell)
        return losses.cross_entropy(logits, targets)[0]

    return {
        name: relative_error(grad, method(lambda value, name=name: loss(name, value), at))
        for name, grad, at in [*((k, grads[k], params[k]) for k in params), ("state", dstate, state)]
    }
