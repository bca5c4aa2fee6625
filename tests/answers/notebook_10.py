import math

import numpy as np

from course.exercises.notebook_10 import EXERCISES

_B = EXERCISES["10.1"].right


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _step(params, x, h, mix=lambda z, n, h: (1 - z) * n + z * h, gate=_sigmoid, candidate=np.tanh):
    H = h.shape[1]
    W, U, b = params["W_xh"], params["W_hh"], params["b_h"]
    r = gate(x @ W[:, :H] + h @ U[:, :H] + b[:H])
    z = gate(x @ W[:, H : 2 * H] + h @ U[:, H : 2 * H] + b[H : 2 * H])
    n = candidate(x @ W[:, 2 * H :] + np.multiply(r, h).dot(U[:, 2 * H :]) + b[2 * H :])
    return mix(z, n, h)


def _one_stream_at_a_time(params, x, h):
    return [_step(params, x[b : b + 1], h[b : b + 1])[0] for b in range(len(x))]


def _half_tanh(params, x, h):
    return _step(params, x, h, gate=lambda a: 0.5 * np.tanh(a / 2) + 0.5, mix=lambda z, n, h: n + z * (h - n))


def _into_h(params, x, h):
    h[:] = _step(params, x, h)
    return h


def _backward(W_hh, hs, cs, gates, dhs, forget=lambda f: f, keep=lambda dh: dh, out=lambda *grads: grads):
    H = hs.shape[-1]
    total, dh_next, dc_next = np.zeros_like(W_hh), 0, 0
    for t in range(len(dhs) - 1, -1, -1):
        i, f, g, o = (gates[t][:, k * H : (k + 1) * H] for k in range(4))
        dh = dhs[t] + keep(dh_next)
        th = np.tanh(cs[t + 1])
        dc = dc_next + dh * o * (1 - th * th)
        da = np.hstack([dc * g * i * (1 - i), dc * cs[t] * f * (1 - f), dc * i * (1 - g * g), dh * th * o * (1 - o)])
        total += np.einsum("bi,bj->ij", hs[t], da)
        dh_next, dc_next = da @ W_hh.T, forget(f) * dc
    return out(total, dh_next, dc_next)


def _stream_by_stream(W_hh, hs, cs, gates, dhs):
    parts = [_backward(W_hh, *(a[:, b : b + 1] for a in (hs, cs, gates, dhs))) for b in range(hs.shape[1])]
    total, dh, dc = zip(*parts, strict=True)
    return sum(total), np.concatenate(dh), np.concatenate(dc)


def _over_dhs(W_hh, hs, cs, gates, dhs):
    result = _backward(W_hh, hs, cs, gates, dhs)
    dhs[0] = result[1]
    return result


WRONG = {
    "10.2": [(16_500, 33_000, 66_000), (16_500, 49_500), 66_000, (16.5, 49.5, 66.0), (165, 495, 660),
             (16_501, 49_503, 66_004)],
    "10.5": [
        lambda *a: _step(*a, mix=lambda z, n, h: n),
        lambda *a: _step(*a, mix=lambda z, n, h: z * h),
        lambda *a: _step(*a, mix=lambda z, n, h: n + z * h),
        lambda *a: _step(*a, candidate=_sigmoid),
        lambda *a: _step(*a, gate=lambda a: np.clip(0.2 * a + 0.5, 0, 1)),
        lambda *a: _step(*a)[0],
        lambda params, x, h: h,
        _into_h,
    ],
    "10.3": [
        lambda *a: _backward(*a, forget=lambda f: 1 - f),
        lambda *a: _backward(*a, forget=lambda f: f**2),
        lambda *a: _backward(*a, keep=lambda dh: 2 * dh),
        lambda *a: _backward(*a, out=lambda W, h, c: (W, c, h)),
        lambda *a: _backward(*a, out=lambda W, h, c: (W.T, h, c)),
        lambda *a: _backward(*a, out=lambda W, h, c: W),
        lambda *a: _backward(*a, out=lambda W, h, c: (W, h.sum(axis=0), c)),
        _over_dhs,
    ],
    "10.1": [5, 4.96, 4.9, 100, 0.5, 0.9, -0.7, (4.968,), "4.968", math.inf],
    "10.4": [
        lambda hs, u, p: hs * (u > p) / (1 - p),  # one number is the rate itself
        lambda hs, u, p: hs,
        lambda hs, u, p: hs / (1 - p),
        lambda hs, u, p: u * hs,
        lambda hs, u, p: np.where(u >= p, hs / (1 - p), hs),
        lambda hs, u, p: hs * (u >= p) / (1 - p) ** 2,
        lambda hs, u, p: (hs * (u >= p) / (1 - p))[0],
        lambda hs, u, p: hs * (u >= 0.5) * 2,
    ],
}  # fmt: skip
RIGHT = {
    "10.2": [[16_500.0, 49_500.0, 66_000.0], np.array([16_500, 49_500, 66_000], np.float32)],
    "10.5": [_step, _one_stream_at_a_time, _half_tanh],
    "10.3": [_backward, _stream_by_stream, lambda *a: list(_backward(*a))],
    "10.1": [4.968, round(_B, 4), -math.log(2**0.01 - 1), np.float32(_B)],
    "10.4": [
        lambda hs, u, p: np.where(u < p, 0, hs / (1 - p)),
        lambda hs, u, p: (hs * np.heaviside(u - p, 1) / (1 - p)).astype(np.float32),
        lambda hs, u, p: [h * (v >= p) / (1 - p) for h, v in zip(hs, u, strict=True)],
    ],
}
