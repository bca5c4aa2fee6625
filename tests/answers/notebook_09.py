import numpy as np


def _jacobian(W_hh, hs):
    """Nudge one unit after the other."""
    H = len(W_hh)
    rows = []
    for i in range(H):
        row = [float(i == j) for j in range(H)]
        for h in hs[1:]:
            row = [sum(row[k] * W_hh[k, j] for k in range(H)) * (1 - h[j] ** 2) for j in range(H)]
        rows.append(row)
    return rows


def _multi_dot(W_hh, hs):
    J = np.eye(len(W_hh))
    for h in reversed(hs[1:]):
        J = W_hh @ np.diag(1 - h**2) @ J
    return J


def _gradient_back(W_hh, hs):
    G = np.eye(len(W_hh))
    for h in hs[:0:-1]:
        G = (G * (1 - h**2)) @ W_hh.T
    return G.T


def _squares_into_hs(W_hh, hs):
    hs **= 2
    J = np.eye(len(W_hh))
    for h in hs[1:]:
        J = J @ (W_hh * (1 - h))
    return J


def _clip(grads, limit):
    norm = np.linalg.norm(np.concatenate([np.ravel(grad) for grad in grads]))
    return [grad / norm * limit if norm > limit else grad for grad in grads]


def _like_pytorch(grads, limit):
    factor = limit / (np.linalg.norm([np.linalg.norm(grad) for grad in grads]) + 1e-6)
    for grad in grads:
        grad *= min(factor, 1)
    return grads


WRONG = {
    "9.1": [
        (7, 44, 458),
        (6.64, 43.7, 458.2),
        (7, 44),
        459,
        (7, 44, 4590),
        (50, 90, 99),
        (7, 44, 459, 1),
        ("7", "44", "459"),
    ],
    "9.2": [
        lambda W, hs: np.array(_jacobian(W, hs))[::-1],
        lambda W, hs: np.linalg.matrix_power(W, len(hs)),
        lambda W, hs: _multi_dot(W, hs[:-1]),
        lambda W, hs: _multi_dot(-W, hs),
        lambda W, hs: np.abs(_multi_dot(W, hs)) + 1,
        lambda W, hs: np.linalg.norm(_multi_dot(W, hs), 2),
        lambda W, hs: _multi_dot(W, hs) @ np.eye(len(W))[::-1],
        _squares_into_hs,
    ],
    "9.3": [
        lambda grads, limit: grads,
        lambda grads, limit: [grad * 0.1 for grad in grads],
        lambda grads, limit: _clip(grads, 1.0),
        lambda grads, limit: _clip(grads, limit)[::-1],
        lambda grads, limit: np.concatenate([grad.ravel() for grad in _clip(grads, limit)]),
        lambda grads, limit: [np.abs(grad) for grad in _clip(grads, limit)],
        lambda grads, limit: [grad / (1 + np.linalg.norm(grad)) for grad in grads],
        lambda grads, limit: [grad * min(1, limit / np.mean([np.linalg.norm(g) for g in grads])) for grad in grads],
        lambda grads, limit: _clip(grads, limit) and None,
    ],
    "9.4": [2.0, 1.7, 1.85, (1.9,), "1.9", 19, -1.9, 0],
}
RIGHT = {
    "9.1": [[7.0, 44.0, 459.0], tuple(int(np.ceil(np.log(0.01) / np.log(w))) for w in (0.5, 0.9, 0.99))],
    "9.2": [_jacobian, _multi_dot, _gradient_back],
    "9.3": [
        _clip,
        _like_pytorch,
        lambda grads, limit: map(np.asarray, _clip(grads, limit)),
        lambda *a: (g for g in _clip(*a)),
    ],
    "9.4": [np.arange(1, 3.05, 0.1)[9], np.linspace(1, 3, 21)[9], 1.9],
}
