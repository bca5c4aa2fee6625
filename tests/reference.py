"""The equations once more, as slowly and literally as they can be written: what rnnlib is compared with.

Nothing here comes from rnnlib. First the 2015 min-char-rnn: column vectors, one-hot columns, one character at a time,
the loss summed over a block. Then rnnlib's own notation, row vectors and a batch, with a loop over every stream, for
all three cells: which one it is shows in the parameters' shapes. All but the training loop also takes complex numbers.
"""

import numpy as np


def one_hot(i, size):
    x = np.zeros(size)
    x[i] = 1
    return x


# --- The 2015 script ---------------------------------------------------------------------------------------------


def columns(params):
    """Rows to columns: rnnlib's dict -> the script's matrices, each the transpose, biases as columns."""
    return {
        "Wxh": params["W_xh"].T.copy(),
        "Whh": params["W_hh"].T.copy(),
        "Why": params["W_hy"].T.copy(),
        "bh": params["b_h"].reshape(-1, 1).copy(),
        "by": params["b_y"].reshape(-1, 1).copy(),
    }


def rows(matrices):
    """Columns to rows: the script's matrices -> rnnlib's dict."""
    return {
        "W_xh": matrices["Wxh"].T,
        "W_hh": matrices["Whh"].T,
        "b_h": matrices["bh"].ravel(),
        "W_hy": matrices["Why"].T,
        "b_y": matrices["by"].ravel(),
    }


def script_loss(matrices, inputs, targets, hprev):
    """The loss summed over a block, its gradient by backpropagation through time, and the last hidden state."""
    Wxh, Whh, Why, bh, by = (matrices[name] for name in ("Wxh", "Whh", "Why", "bh", "by"))
    vocab_size = len(by)
    x, h, p, loss = {}, {-1: hprev}, {}, 0.0
    for t, (i, target) in enumerate(zip(inputs, targets, strict=True)):
        x[t] = one_hot(i, vocab_size).reshape(-1, 1)
        h[t] = np.tanh(Wxh @ x[t] + Whh @ h[t - 1] + bh)
        y = Why @ h[t] + by
        p[t] = np.exp(y) / np.sum(np.exp(y))
        loss = loss - np.log(p[t][target, 0])
    grads = {name: np.zeros_like(matrix) for name, matrix in matrices.items()}
    dhnext = np.zeros_like(hprev)
    for t in range(len(inputs) - 1, -1, -1):
        dy = p[t] - one_hot(targets[t], vocab_size).reshape(-1, 1)
        grads["Why"] += dy @ h[t].T
        grads["by"] += dy
        da = (1 - h[t] ** 2) * (Why.T @ dy + dhnext)
        grads["bh"] += da
        grads["Wxh"] += da @ x[t].T
        grads["Whh"] += da @ h[t - 1].T
        dhnext = Whh.T @ da
    return loss, grads, h[len(inputs) - 1]


class Script:
    """The script's variables, and the loop that it runs for ever, a turn at a time."""

    def __init__(self, matrices, data):
        self.matrices, self.data = matrices, data
        self.memory = {name: np.zeros_like(matrix) for name, matrix in matrices.items()}
        self.smooth_loss = 25 * np.log(len(matrices["by"]))
        self.n, self.p = 0, 0

    def step(self):
        """Change the matrices in place; return the loss and the smoothed loss, both in nats a block."""
        T, learning_rate, p = 25, 0.1, self.p
        if self.n == 0 or p + T + 1 >= len(self.data):
            self.hprev, p = np.zeros_like(self.matrices["bh"]), 0
        inputs, targets = self.data[p : p + T], self.data[p + 1 : p + T + 1]
        loss, grads, self.hprev = script_loss(self.matrices, inputs, targets, self.hprev)
        self.smooth_loss = 0.999 * self.smooth_loss + 0.001 * loss
        for name, matrix in self.matrices.items():
            grad = np.clip(grads[name], -5, 5)
            self.memory[name] += grad * grad
            matrix -= learning_rate * grad / np.sqrt(self.memory[name] + 1e-8)
        self.n, self.p = self.n + 1, p + T
        return loss, self.smooth_loss


# --- Rows and batches --------------------------------------------------------------------------------------------


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def rnn_step(x, h, W, U, b):
    """One step of one stream, from its one-hot row; each list has the weights of one gate after another."""
    return np.tanh(x @ W[0] + h @ U[0] + b[0])


def gru_step(x, h, W, U, b):
    r = sigmoid(x @ W[0] + h @ U[0] + b[0])
    z = sigmoid(x @ W[1] + h @ U[1] + b[1])
    n = np.tanh(x @ W[2] + r * (h @ U[2]) + b[2])
    return (1 - z) * n + z * h


def lstm_step(x, state, W, U, b):
    h, c = state
    i = sigmoid(x @ W[0] + h @ U[0] + b[0])
    f = sigmoid(x @ W[1] + h @ U[1] + b[1])
    g = np.tanh(x @ W[2] + h @ U[2] + b[2])
    o = sigmoid(x @ W[3] + h @ U[3] + b[3])
    c = f * c + i * g
    return np.array([o * np.tanh(c), c])


STEPS = {1: rnn_step, 3: gru_step, 4: lstm_step}  # by the number of matrices in W_hh


def batch_forward(params, inputs, state, mask=None):
    """hs of shape (T+1, B, H), logits (T, B, V), last state: every stream by itself, every time step by itself."""
    T, B = inputs.shape
    V, H = params["W_xh"].shape[0], params["W_hh"].shape[0]
    gates = params["W_hh"].shape[1] // H
    W, U, b_h = (np.split(params[name], gates, axis=-1) for name in ("W_xh", "W_hh", "b_h"))
    dtype = np.result_type(state, *params.values())
    hs, logits, last = np.empty((T + 1, B, H), dtype), np.empty((T, B, V), dtype), np.empty(state.shape, dtype)
    for b in range(B):
        s = state[..., b, :]
        hs[0, b] = s.reshape(-1, H)[0]
        for t in range(T):
            s = STEPS[gates](one_hot(inputs[t, b], V), s, W, U, b_h)
            hs[t + 1, b] = s.reshape(-1, H)[0]
            h = hs[t + 1, b] if mask is None else hs[t + 1, b] * mask[t, b]
            logits[t, b] = h @ params["W_hy"] + params["b_y"]
        last[..., b, :] = s
    return hs, logits, last


def mean_loss(logits, targets):
    """-(1/N) sum log softmax(z)[target], from the definition; for small logits."""
    V = logits.shape[-1]
    pairs = list(zip(logits.reshape(-1, V), targets.ravel(), strict=True))
    return sum(-np.log(np.exp(z[y]) / np.exp(z).sum()) for z, y in pairs) / len(pairs)


def batch_loss(params, inputs, targets, state, mask=None):
    """Mean nats per character over a (T, B) block."""
    return mean_loss(batch_forward(params, inputs, state, mask)[1], targets)


def imaginary_gradient(f, x):
    """The gradient of f at x, one element at a time: Im f(x + 1e-30 i) / 1e-30."""
    grad = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[place] += 1e-30j
        grad[place] = f(moved).imag / 1e-30
    return grad
