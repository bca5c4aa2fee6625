import math

import numpy as np

from course.exercises.notebook_03 import EXERCISES
from rnnlib import losses

_PERPLEXITY = EXERCISES["3.4"].right


def _by_columns(z):
    return np.stack([losses.softmax(column) for column in z.T], axis=1)


def _through_logs(z):
    top = z.max(axis=0)
    return np.exp(z - top - np.log(np.exp(z - top).sum(axis=0)))


def _one_at_a_time(z):
    rows = [[1 / sum(math.exp(min(700, b - a)) for b in column) for a in column] for column in z.T.tolist()]
    return np.array(rows).T


def _into_the_logits(z):
    z -= z.max(axis=0)
    return np.exp(z) / np.exp(z).sum(axis=0)


def _gradient(logits, targets):
    p = losses.softmax(logits)
    for t, b in np.ndindex(targets.shape):
        p[t, b, targets[t, b]] -= 1
    return p / targets.size


def _along(logits, targets):
    p = losses.softmax(logits)
    np.put_along_axis(p, targets[..., None], np.take_along_axis(p, targets[..., None], -1) - 1, -1)
    return p / np.prod(targets.shape)


def _flat(logits, targets):
    p = losses.softmax(logits).reshape(-1, logits.shape[-1])
    p[np.arange(len(p)), targets.ravel()] -= 1
    return (p / len(p)).reshape(logits.shape)


def _into_the_arguments(logits, targets):
    logits[:] = _gradient(logits, targets)
    return logits


def _squared_error(logits, targets):
    p = losses.softmax(logits)
    return (p - np.eye(logits.shape[-1])[targets]) * p * (1 - p)


WRONG = {
    "3.1": [
        lambda z: losses.softmax((z - z.max(axis=0)).T / 2).T,
        lambda z: losses.softmax(z.T),
        lambda z: _by_columns(-z),
        lambda z: _by_columns(z) + 1e-4,
        lambda z: _by_columns(np.clip(z, -100, 100)),
        lambda z: _by_columns(z).round(3),
        lambda z: np.log(_by_columns(z) + 1e-300),
        _into_the_logits,
    ],
    "3.2": [
        lambda z, y: _gradient(z, y) * 2,
        lambda z, y: _gradient(z, y)[:, 0],
        lambda z, y: _gradient(z, np.zeros_like(y)),
        lambda z, y: losses.softmax(z) / y.size - np.eye(z.shape[-1])[y],
        _squared_error,
        lambda z, y: np.zeros_like(z),
        _into_the_arguments,
    ],
    "3.3": [4.6, 4.56 + 0.1, 0, math.log(97), [4.564], "ln 96", 5, math.log(96) / 96, lambda: math.log(96)],
    "3.4": [2.0, 2.1, 1.98, 1.1, 2.05, 0.0, (9, _PERPLEXITY), "2.052", np.nan],
}
RIGHT = {
    "3.1": [_by_columns, _through_logs, _one_at_a_time],
    "3.2": [_gradient, _along, _flat],
    "3.3": [4.564, 4.5643, np.float32(4.564), math.log(96), -math.log(1 / 96)],
    "3.4": [2.052, 2.0519, round(_PERPLEXITY, 3), np.float32(_PERPLEXITY)],
}
