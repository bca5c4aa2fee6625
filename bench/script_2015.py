"""The yardstick: the training loop of the 2015 min-char-rnn, one block a call.

Written for this comparison from the script's published equations (A. Karpathy, "The Unreasonable Effectiveness of
Recurrent Neural Networks", 2015), not copied from it, and as literal as it: column vectors, a one-hot column for
each character, one time step at a time, float64, an outer product for each gradient. No sampling and no printing.
"""

import numpy as np

BLOCK, LEARNING_RATE = 25, 0.1


class Script:
    """The script's variables. `params` is rnnlib's dict, rows; here every matrix is its transpose."""

    def __init__(self, params, text, chars):
        """Turn rows into columns; the text is read from its start."""
        self.Wxh, self.Whh, self.Why = (params[name].T.copy() for name in ("W_xh", "W_hh", "W_hy"))
        self.bh, self.by = (params[name].reshape(-1, 1).copy() for name in ("b_h", "b_y"))
        self.mWxh, self.mWhh, self.mWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        self.mbh, self.mby = np.zeros_like(self.bh), np.zeros_like(self.by)
        self.text, self.ids = text, {char: i for i, char in enumerate(chars)}
        self.hprev, self.position = np.zeros_like(self.bh), 0

    def step(self):
        """Train on the next 25 characters; return their loss, summed, in nats."""
        if self.position + BLOCK + 1 >= len(self.text):
            self.hprev, self.position = np.zeros_like(self.bh), 0
        p = self.position
        inputs = [self.ids[char] for char in self.text[p : p + BLOCK]]
        targets = [self.ids[char] for char in self.text[p + 1 : p + BLOCK + 1]]
        loss, grads = self.loss_and_grads(inputs, targets)
        weights = self.Wxh, self.Whh, self.Why, self.bh, self.by
        memories = self.mWxh, self.mWhh, self.mWhy, self.mbh, self.mby
        for weight, grad, memory in zip(weights, grads, memories, strict=True):
            memory += grad * grad
            weight -= LEARNING_RATE * grad / np.sqrt(memory + 1e-8)
        self.position += BLOCK
        return loss

    def loss_and_grads(self, inputs, targets):
        """Run forward and backward over one block; leave the last hidden state in `hprev`."""
        x, h, p, loss = {}, {-1: np.copy(self.hprev)}, {}, 0
        for t in range(len(inputs)):
            x[t] = np.zeros((len(self.by), 1))
            x[t][inputs[t]] = 1
            h[t] = np.tanh(np.dot(self.Wxh, x[t]) + np.dot(self.Whh, h[t - 1]) + self.bh)
            y = np.dot(self.Why, h[t]) + self.by
            p[t] = np.exp(y) / np.sum(np.exp(y))
            loss += -np.log(p[t][targets[t], 0])
        dWxh, dWhh, dWhy = np.zeros_like(self.Wxh), np.zeros_like(self.Whh), np.zeros_like(self.Why)
        dbh, dby, dhnext = np.zeros_like(self.bh), np.zeros_like(self.by), np.zeros_like(self.bh)
        for t in reversed(range(len(inputs))):
            dy = np.copy(p[t])
            dy[targets[t]] -= 1
            dWhy += np.dot(dy, h[t].T)
            dby += dy
            dh = np.dot(self.Why.T, dy) + dhnext
            da = (1 - h[t] * h[t]) * dh
            dbh += da
            dWxh += np.dot(da, x[t].T)
            dWhh += np.dot(da, h[t - 1].T)
            dhnext = np.dot(self.Whh.T, da)
        grads = dWxh, dWhh, dWhy, dbh, dby
        for grad in grads:
            np.clip(grad, -5, 5, out=grad)
        self.hprev = h[len(inputs) - 1]
        return loss, grads
