import numpy as np

from rnnlib import rnn


def _flat(f, x, step=1e-30):
    grad = np.zeros(x.size)
    for k in range(x.size):
        z = x.astype(complex).ravel()
        z[k] += 1j * step
        grad[k] = np.imag(f(z.reshape(x.shape))) / step
    return grad.reshape(x.shape)


def _moved_back(f, x, step=1e-30):
    z, slopes = x + 0j, []
    for at in np.ndindex(x.shape):
        z[at] += step * 1j
        slopes.append(f(z).imag / step)
        z[at] = x[at]
    return np.reshape(slopes, x.shape)


def _in_a_complex_array(f, x, step=1e-30):
    return _flat(f, x, step) + 0j


def _ravelled(f, x, step=1e-30):
    """Give f a flat array, whatever shape it expects."""
    return _flat(lambda z: f(z.ravel()), x, step)


def _richardson(f, x, step=1e-30):
    def central(s):
        return np.array([(f(x + s * e) - f(x - s * e)) / (2 * s) for e in np.eye(x.size).reshape(-1, *x.shape)])

    return ((4 * central(1e-3) - central(2e-3)) / 3).reshape(x.shape)


def _backward(params, inputs, hs, dhs, hand=lambda da, dh: da, out=lambda *grads: grads):
    T, B, H = dhs.shape
    da = np.zeros_like(dhs)
    row = np.zeros((B, H))
    for t in range(T - 1, -1, -1):
        dh = dhs[t] + row
        da[t] = dh * (1 - hs[t + 1] ** 2)
        row = hand(da[t], dh) @ params["W_hh"].T
    dW_xh = np.eye(len(params["W_xh"]))[inputs].reshape(T * B, -1).T @ da.reshape(T * B, H)
    return out(dW_xh, np.einsum("tbi,tbj->ij", hs[:-1], da), da.sum(axis=(0, 1)), row)


def _library(params, inputs, hs, dhs):
    grads, dstate = rnn.backward(params, inputs, hs, dhs)
    return [*grads.values(), dstate] if list(grads) == ["W_xh", "W_hh", "b_h"] else [
        grads["W_xh"], grads["W_hh"], grads["b_h"], dstate,
    ]  # fmt: skip


def _in_place(params, inputs, hs, dhs):
    result = _backward(params, inputs, hs, dhs)
    dhs *= 0
    return result


WRONG = {
    "5.1": [(3.01, 3.02), (3.1, 2.99), (3.0, 3.0, 3.0), 3.01, (3.001, 2.999), (3.01, None), (3.0333, 2.99)],
    "5.2": [
        lambda f, x, step=1e-30: _flat(f, x, step) * 2,
        lambda f, x, step=1e-30: -_flat(f, x, step),
        lambda f, x, step=1e-30: _flat(f, x, step).ravel(),
        lambda f, x, step=1e-30: f(x),
        lambda f, x, step=1e-30: _flat(f, x, 1e-2),
        lambda f, x, step=1e-30: np.abs(_flat(f, x, step)).mean() * np.ones(x.shape),
        _ravelled,
        _richardson,
    ],
    "5.3": [
        lambda *a: _backward(*a, out=lambda x, h, b, s: (x, h, b / 2, s)),
        lambda *a: _backward(*a, out=lambda x, h, b, s: (x, h.T, b, s)),
        lambda *a: _backward(*a, out=lambda x, h, b, s: (x, h, b)),
        lambda *a: _backward(*a, out=lambda x, h, b, s: (h, x, b, s)),
        lambda *a: _backward(*a, out=lambda x, h, b, s: (x, h, b, s.sum(axis=0))),
        _in_place,
    ],
    "5.4": [(1000, 10), (100, 14), (100, 8), 100, (10, 1), (np.inf, 10), (100, 10, 1), (90, 10)],
}  # fmt: skip
RIGHT = {
    "5.1": [[3.01, 2.99], ((1.1**3 - 0.9**3) / 0.2, ((1 + 0.1j) ** 3).imag / 0.1)],
    "5.2": [_flat, _moved_back, _in_a_complex_array, lambda f, x, step=1e-30: _flat(f, x, step).tolist()],
    "5.3": [_backward, _library, lambda *a: list(_backward(*a))],
    "5.4": [[100.0, 10.0], (10**2, 10**1), (99.9, 10.02)],
}
