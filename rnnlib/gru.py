"""The gated recurrent unit: the vanilla cell's functions again, for a cell with two gates.

    r, z = sigmoid(x_t W_x + h_{t-1} W_h + b)       reset and update gate
    n    = tanh(x_t W_x + b + r (h_{t-1} W_h))      the candidate: what could be written
    h_t  = (1 - z) n + z h_{t-1}

Each of the three has its own weights, side by side in the order r, z, n as the columns of one W_xh (V, 3H), one W_hh
(H, 3H) and one b_h (3H,). Cho et al. (2014), with the reset gate after the product, as PyTorch has it, so that one
product serves all three. Derived in notebook 10.
"""

import numpy as np

from . import products, rnn
from .lstm import by_gate, draw_gates, sigmoid
from .rnn import hidden, init_state, weight_gradients

__all__ = ["backward", "forward", "hidden", "init_params", "init_state", "param_shapes", "step", "unpack"]


def param_shapes(vocab_size, hidden_size):
    """Return the shapes of "W_xh" (V, 3H), "W_hh" (H, 3H) and "b_h" (3H,), the columns in the order r, z, n."""
    return rnn.param_shapes(vocab_size, hidden_size, gates=3)


def init_params(vocab_size, hidden_size, *, rng, dtype=np.float64):
    """Draw the parameters, as `lstm.draw_gates` does; all biases are zeros."""
    return draw_gates(param_shapes(vocab_size, hidden_size), rng, dtype)


def step(params, ids, state):
    """Read one character: ids of shape (B,) and a state of shape (B, H) -> the next state, (B, H).

    A single id and a state of shape (H,) do as well.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    x_r, x_z, x_n = np.split(W_xh[ids] + b_h, 3, axis=-1)
    h_r, h_z, h_n = np.split(state @ W_hh, 3, axis=-1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return (1 - z) * np.tanh(x_n + r * h_n) + z * state


def forward(params, inputs, state):
    """Read a block of T characters in each of B streams, from a state of shape (B, H).

    Returns
    -------
    hs : ndarray of shape (T+1, B, H)
        `hs[0]` is `state`; `hs[t+1]` is the hidden state after `inputs[t]`.
    gates : ndarray of shape (T, B, 3H)
        r, z, n at each time step.
    ms : ndarray of shape (T, B, H)
        What r multiplies: the product of the state before with the last third of W_hh.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    T, (B, H) = len(inputs), state.shape
    gates = (W_xh + b_h)[inputs]  # x_t W_xh + b_h for all t at once, (T, B, 3H)
    gates = gates.astype(np.result_type(gates, W_hh, state), copy=False)
    rz, n = gates[..., : 2 * H], gates[..., 2 * H :]  # views
    hs, ms = np.empty((T + 1, B, H), gates.dtype), np.empty((T, B, H), gates.dtype)
    hs[0] = state
    product = np.empty_like(gates[0])
    multiply = products.into(product, W_hh)
    for t in range(T):
        multiply(hs[t])  # product = h_{t-1} W_hh
        ms[t] = product[:, 2 * H :]
        rz[t] = sigmoid(rz[t] + product[:, : 2 * H])
        r, z = rz[t, :, :H], rz[t, :, H:]
        n[t] = np.tanh(n[t] + r * ms[t])
        hs[t + 1] = n[t] + z * (hs[t] - n[t])
    return hs, gates, ms


def unpack(trace):
    """Split what `forward` returned into all hidden states and the state to carry on with."""
    hs, _, _ = trace
    return hs, hs[-1]


def backward(params, inputs, trace, dhs):
    """Backpropagation through time, as `rnn.backward`: the gradients of the parameters and of the initial state."""
    hs, gates, ms = trace
    das = np.empty_like(gates)  # of the sums in the gates
    dms = np.empty_like(gates)  # of the products with W_hh: the same, but for n, where r stands between
    dh_next = np.zeros_like(hs[0])  # from the time step after
    parts = np.empty((3, *dh_next.shape), das.dtype)  # of dh_next, from each gate
    multiply = products.into(parts, by_gate(params["W_hh"], 3).swapaxes(1, 2))
    for t in reversed(range(len(inputs))):
        (r, z, n), da, dm = (by_gate(array[t], 3) for array in (gates, das, dms))
        dh = dhs[t] + dh_next
        np.multiply(dh, (1 - z) * (1 - n**2), out=da[2])
        np.multiply(dh, (hs[t] - n) * z * (1 - z), out=da[1])
        np.multiply(da[2], ms[t] * r * (1 - r), out=da[0])
        dm[:2] = da[:2]
        np.multiply(da[2], r, out=dm[2])
        multiply(dm)  # each gate's dm_t W_hh^T
        dh_next = dh * z + parts.sum(axis=0)
    return weight_gradients(params, inputs, hs, das, dms), dh_next
