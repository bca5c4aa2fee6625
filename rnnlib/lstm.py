"""Long short-term memory: the vanilla cell's functions again, for a cell with gates.

    i, f, o = sigmoid(x_t W_x + h_{t-1} W_h + b)    input, forget and output gate
    g       = tanh(x_t W_x + h_{t-1} W_h + b)       the candidate: what could be written
    c_t = f c_{t-1} + i g                           h_t = o tanh(c_t)

Each of the four has its own weights. They stand side by side, in the order i, f, g, o, as the columns of one W_xh
(V, 4H), one W_hh (H, 4H) and one b_h (4H,), so that one product serves all. The state is two arrays: h, which the
output reads, and the cell state c, whose gradient comes back through f, not through a matrix. Hochreiter and
Schmidhuber (1997), the forget gate from Gers, Schmidhuber and Cummins (2000). Derived in notebook 10.
"""

import numpy as np

from . import products, rnn
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


def by_gate(array, gates=4):
    """Return an array of shape (R, gates * H) as one array for each gate, (gates, R, H): a view."""
    return array.reshape(len(array), gates, -1).swapaxes(0, 1)


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
    # sigmoid(a) = 1/2 + 1/2 tanh(a/2), so one tanh serves all four, if i, f and o are halved before and after
    half, shift = np.repeat(np.array([[0.5, 0.5, 1, 0.5], [0.5, 0.5, 0, 0.5]], W_hh.dtype), len(W_hh), axis=1)
    gates = ((W_xh + b_h) * half)[inputs]  # x_t W_xh + b_h for all t at once, (T, B, 4H)
    hs = np.empty((len(inputs) + 1, *np.shape(state[0])), np.result_type(gates, W_hh, *state))
    gates = gates.astype(hs.dtype, copy=False)
    cs = np.empty_like(hs)
    hs[0], cs[0] = state
    a = np.empty_like(gates[0])  # (B, 4H)
    ig, tanh_c = np.empty((2, *hs[0].shape), hs.dtype)
    multiply = products.into(a, W_hh * half)
    for t in range(len(inputs)):
        multiply(hs[t])  # a = h_{t-1} W_hh
        a += gates[t]
        np.tanh(a, out=a)
        a *= half
        np.add(a, shift, out=gates[t])
        i, f, g, o = by_gate(gates[t])
        np.multiply(f, cs[t], out=cs[t + 1])
        np.multiply(i, g, out=ig)
        cs[t + 1] += ig
        np.tanh(cs[t + 1], out=tanh_c)
        np.multiply(o, tanh_c, out=hs[t + 1])
    return hs, cs, gates


def unpack(trace):
    """Split what `forward` returned into all hidden states and the state to carry on with."""
    hs, cs, _ = trace
    return hs, np.stack((hs[-1], cs[-1]))


def backward(params, inputs, trace, dhs):
    """Backpropagation through time, as `rnn.backward`: the gradients of the parameters and of the initial h and c."""
    hs, cs, gates = trace
    das = np.empty_like(gates)
    dh, dh_next, dc_next = np.zeros((3, *hs[0].shape), das.dtype)  # next: from the time step after
    parts = np.empty((4, *dh.shape), das.dtype)  # of dh_next, from each gate
    multiply = products.into(parts, by_gate(params["W_hh"]).swapaxes(1, 2))
    for t in reversed(range(len(inputs))):
        (i, f, g, o), da = by_gate(gates[t]), by_gate(das[t])
        da_i, da_f, da_g, da_o = da
        tanh_c = np.tanh(cs[t + 1])
        np.add(dhs[t], dh_next, out=dh)
        dc = dc_next + dh * o * (1 - tanh_c**2)
        np.multiply(dc, g * i * (1 - i), out=da_i)
        np.multiply(dc, cs[t] * f * (1 - f), out=da_f)
        np.multiply(dc, i * (1 - g**2), out=da_g)
        np.multiply(dh, hs[t + 1] * (1 - o), out=da_o)
        dc_next = dc * f
        multiply(da)  # each gate's da_t W_hh^T
        parts.sum(axis=0, out=dh_next)
    return weight_gradients(params, inputs, hs, das), np.stack((dh_next, dc_next))
