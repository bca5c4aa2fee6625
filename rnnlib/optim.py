"""Optimisers: from the gradient to new parameters, so that the loss goes down.

Plain gradient descent subtracts a fraction of the gradient. Adagrad, RMSprop and Adam also remember how large each
number's gradients have been, and take smaller steps where they were large. The optimisers are the only part
of the library that changes arrays in place. Gradient clipping, which returns new arrays, is here as well.

All parameters are updated as one long vector, an operation at a time and each into an array that is already there: many
small arrays cost calls, and large new ones cost memory that the system has to hand out again and again.
"""

import numpy as np


def clip_by_value(grads, limit):
    """Return the gradients with each element moved into -limit..limit; this may turn the direction."""
    return {name: grad.clip(-limit, limit) for name, grad in grads.items()}


def global_norm(grads):
    """Return the Euclidean norm of all gradients taken as one long vector."""
    return float(np.sqrt(sum(np.vdot(grad, grad).real for grad in grads.values())))


def clip_by_norm(grads, limit):
    """Scale the gradients down together so that their global norm is at most `limit`; this keeps the direction.

    Returns the gradients, as they were if their norm is within the limit, and the norm before clipping.
    """
    norm = global_norm(grads)
    if norm <= limit:
        return grads, norm
    return {name: grad * (limit / norm) for name, grad in grads.items()}, norm


def flatten(arrays, names):
    """Return the named arrays as one long vector, a new one."""
    return np.concatenate([arrays[name].ravel() for name in names])


def subtract(params, step):
    """Take a long vector, laid out as `flatten` does, from the parameters, in place."""
    start = 0
    for array in params.values():
        array -= step[start : start + array.size].reshape(array.shape)
        start += array.size


class SGD:
    """Gradient descent: p -= learning_rate * g."""

    def __init__(self):
        self.memory = {}

    def update(self, params, grads, learning_rate):
        """Change `params` in place."""
        subtract(params, learning_rate * flatten(grads, params))


class Adagrad:
    """Adagrad: m += g²; p -= learning_rate * g / sqrt(m + eps).

    The 2015 script's optimiser, with its 1e-8 inside the root. Duchi, Hazan and Singer (2011).
    """

    def __init__(self, eps=1e-8):
        self.eps = eps
        self.memory = {}

    def update(self, params, grads, learning_rate):
        """Change `params` in place."""
        g = flatten(grads, params)
        m = self.memory.setdefault("m", np.zeros_like(g))
        root = g * g
        m += root
        np.sqrt(np.add(m, self.eps, out=root), out=root)
        g /= root
        g *= learning_rate
        subtract(params, g)


class RMSprop:
    """RMSprop: m = decay m + (1 - decay) g²; p -= learning_rate * g / (sqrt(m) + eps).

    Adagrad that forgets. Tieleman and Hinton (2012).
    """

    def __init__(self, decay=0.9, eps=1e-8):
        self.decay, self.eps = decay, eps
        self.memory = {}

    def update(self, params, grads, learning_rate):
        """Change `params` in place."""
        g = flatten(grads, params)
        m = self.memory.setdefault("m", np.zeros_like(g))
        root = g * g  # m += (1 - decay) (g² - m)
        root -= m
        root *= 1 - self.decay
        m += root
        np.sqrt(m, out=root)  # learning_rate g / (sqrt(m) + eps)
        root += self.eps
        g /= root
        g *= learning_rate
        subtract(params, g)


class Adam:
    """Adam: RMSprop's memory of the squares, the same for the gradient itself, both corrected for their start.

        m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g²
        p -= learning_rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)

    t counts the updates: once an update, not once a parameter. Kingma and Ba (2015).
    """

    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.memory = {}

    def update(self, params, grads, learning_rate):
        """Change `params` in place."""
        g = flatten(grads, params)
        m = self.memory.setdefault("m", np.zeros_like(g))
        v = self.memory.setdefault("v", np.zeros_like(g))
        t = int(self.memory.get("t", 0)) + 1
        self.memory["t"] = np.array(t)
        step = g - m  # m = beta1 m + (1 - beta1) g, written as m += (1 - beta1) (g - m)
        step *= 1 - self.beta1
        m += step
        g *= g  # v += (1 - beta2) (g² - v)
        g -= v
        g *= 1 - self.beta2
        v += g
        rate, root = learning_rate / (1 - self.beta1**t), (1 - self.beta2**t) ** 0.5
        np.sqrt(v, out=g)  # both corrections in one factor: sqrt(v / root²) = sqrt(v) / root
        g += self.eps * root
        np.divide(m, g, out=step)
        step *= rate * root
        subtract(params, step)

# What each keeps in its memory after its first update: long vectors, but for the number t.
MEMORY = {"SGD": (), "Adagrad": ("m",), "RMSprop": ("m",), "Adam": ("m", "v", "t")}
