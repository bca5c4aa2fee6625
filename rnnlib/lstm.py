"""Long short-term memory: the vanilla cell's functions again, for a cell with gates.

    i, f, o = sigmoid(x_t W_x + h_{t-1} W_h + b)    input, forget and output gate
    g       = tanh(x_t W_x + h_{t-1} W_h + b)       what could be written
    c_t = f c_{t-1} + i g                           h_t = o tanh(c_t)

Each of the four has its own weights. They stand side by side, in the order i, f, g, o, as the columns of one W_xh
(V, 4H), one W_hh (H, 4H) and one b_h (4H,), so that one product serves all. The state is two arrays: h, which the
output reads, and the memory c, to which the way back leads through f alone. Hochreiter and Schmidhuber (1997), the
forget gate from Gers, Schmidhuber and Cummins (2000). Derived in notebook 10.

Inside the two loops vectors are columns, and come out as rows: so each gate of a time step is one piece of memory,
which numpy works through without jumps, and BLAS is faster with many rows and few columns (4H, B) than the other way.
"""

import numpy as np

from . import rnn
from .rnn import orthogonal, weight_gradients


def param_shapes(vocab_size, hidden_size):
    """Return the shapes of "W_xh" (V, 4H), "W_hh" (H, 4H) and "b_h" (4H,), the columns in the order i, f, g, o."""
    return rnn.param_shapes(vocab_size, hidden_size, gates=4)


def init_params(vocab_size, hidden_size, *, rng, dtype=np.float64):
    """Draw the parameters: `draw_gates`, and 1 for the forget gate's bias, so that an untrained network remembers.

    Jozefowicz, Zaremba and Sutskever (2015).
    """
    params = draw_gates(param_shapes(vocab_size, hidden_size), rng, dtype)
    params["b_h"][hidden_size : 2 * hidden_size] = 1
    return params


def draw_gates(shapes, rng, dtype):
    """Draw parameters of these shapes as the vanilla cell does, with an orthogonal block of W_hh for each gate."""
    H, width = shapes["W_hh"]
    return {
        "W_xh": rng.standard_normal(shapes["W_xh"]).astype(dtype),
        "W_hh": np.hstack([orthogonal(H, rng) for _ in range(width // H)]).astype(dtype),
        "b_h": np.zeros(width, dtype),
    }


def init_state(batch_size, hidden_size, dtype=np.float64):
    """Return the state before the first character, h and c: zeros of shape (2, B, H)."""
    return np.zeros((2, batch_size, hidden_size), dtype)


def hidden(state):
    """Return the part of a state that the output layer reads: h, of shape (B, H)."""
    return state[0]


def step(params, ids, state):
    """Read one character: ids of shape (B,) and a state (h, c) of shape (2, B, H) -> the next state, (2, B, H).

    A single id and a state of shape (2, H) do as well.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    h, c = state
    i, f, g, o = np.split(W_xh[ids] + h @ W_hh + b_h, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return np.stack((sigmoid(o) * np.tanh(c), c))


def sigmoid(a):
    """Return 1 / (1 + exp(-a)), written with tanh, which never overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


def forward(params, inputs, state):
    """Read a block of T characters in each of B streams, from a state (h, c) of shape (2, B, H).

    Returns
    -------
    hs, cs : ndarrays of shape (T+1, B, H)
        `hs[0], cs[0]` is `state`; `hs[t+1], cs[t+1]` is the state after `inputs[t]`.
    gates : ndarray of shape (T, B, 4H)
        i, f, g, o at each time step.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    T, (B, H), V = len(inputs), state[0].shape, len(W_xh)
    # sigmoid(a) = 1/2 + 1/2 tanh(a/2), so one tanh serves all four, if the weights of i, f and o are halved before
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], W_hh.dtype), H)
    W = (np.concatenate((W_hh, W_xh + b_h)) * half).T.copy()  # (4H, H+V)
    hx = np.empty((T + 1, H + V, B), np.result_type(W, *state))  # h_{t-1} and, below it, x_t: one product for both
    hs, xs = hx[:, :H], hx[:, H:]  # views
    xs[:-1] = turned(np.eye(V)[inputs])
    cs = np.empty((T + 1, H, B), hx.dtype)
    hs[0], cs[0] = state[0].T, state[1].T
    gates = np.empty((T, 4 * H, B), hx.dtype)
    ig, tanh_c = np.empty((2, H, B), hx.dtype)
    for t in range(T):
        W.dot(hx[t], out=gates[t])
        np.tanh(gates[t], out=gates[t])
        i, f, g, o = gates[t].reshape(4, H, B)
        for gate in i, f, o:
            gate *= 0.5
            gate += 0.5
        np.multiply(f, cs[t], out=cs[t + 1])
        np.multiply(i, g, out=ig)
        cs[t + 1] += ig
        np.tanh(cs[t + 1], out=tanh_c)
        np.multiply(o, tanh_c, out=hs[t + 1])
    return turned(hs).copy(), turned(cs), turned(gates)


def turned(arrays):
    """Return a view in which the matrix of each time step is transposed."""
    return arrays.transpose(0, 2, 1)


def unpack(trace):
    """Split what `forward` returned into all hidden states and the state to carry on with."""
    hs, cs, _ = trace
    return hs, np.stack((hs[-1], cs[-1]))


def backward(params, inputs, trace, dhs):
    """Backpropagation through time, as `rnn.backward`: the gradients of the parameters and of the initial h and c."""
    W_hh = params["W_hh"]
    hs, cs, gates = trace
    T, B, H = dhs.shape
    cs, gates = turned(cs), turned(gates).reshape(T, 4, H, B)
    da = np.empty_like(gates[0])
    da_i, da_f, da_g, da_o = da
    das = np.empty((4 * H, T, B), da.dtype)
    dh, dh_next, dc_next = np.zeros((3, H, B), da.dtype)  # next: from the time step after, through W_hh and through f
    for t in reversed(range(T)):
        i, f, g, o = gates[t]
        tanh_c = np.tanh(cs[t + 1])
        np.add(dhs[t].T, dh_next, out=dh)
        dc = dc_next + dh * o * (1 - tanh_c**2)
        np.multiply(dc, g * i * (1 - i), out=da_i)
        np.multiply(dc, cs[t] * f * (1 - f), out=da_f)
        np.multiply(dc, i * (1 - g**2), out=da_g)
        np.multiply(dh, tanh_c * o * (1 - o), out=da_o)
        dc_next = dc * f
        W_hh.dot(da.reshape(4 * H, B), out=dh_next)
        das[:, t] = da.reshape(4 * H, B)
    return weight_gradients(params, inputs, hs, das.transpose(1, 2, 0)), np.stack((dh_next.T, dc_next.T))
