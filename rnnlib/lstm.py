"""Long short-term memory: the vanilla cell's functions again, for a cell with gates.

    i, f, o = sigmoid(x_t W_x + h_{t-1} W_h + b)    input, forget and output gate
    g       = tanh(x_t W_x + h_{t-1} W_h + b)       what could be written
    c_t = f c_{t-1} + i g                           h_t = o tanh(c_t)

Each of the four has its own weights. They stand side by side, in the order i, f, g, o, as the columns of one W_xh
(V, 4H), one W_hh (H, 4H) and one b_h (4H,), so that one product serves all. The state is two arrays: h, which the
output reads, and the memory c, to which the way back leads through f alone. Hochreiter and Schmidhuber (1997), the
forget gate from Gers, Schmidhuber and Cummins (2000). Derived in notebook 10.
"""

import numpy as np

from .rnn import check_sizes, orthogonal, weight_gradients


def init_params(vocab_size, hidden_size, *, rng, dtype=np.float64):
    """Draw the cell's parameters.

    As in the vanilla cell, with an orthogonal block of W_hh for each gate. The forget gate's bias is 1, so that an
    untrained network remembers (Jozefowicz, Zaremba and Sutskever, 2015).

    Parameters
    ----------
    vocab_size, hidden_size : int
    rng : numpy.random.Generator
    dtype : dtype, default float64

    Returns
    -------
    params : dict
        "W_xh" of shape (V, 4H), "W_hh" (H, 4H), "b_h" (4H,), the columns in the order i, f, g, o.

    Raises
    ------
    ValueError
        If a size is below 1.
    """
    check_sizes(vocab_size, hidden_size)
    H = hidden_size
    b_h = np.zeros(4 * H, dtype)
    b_h[H : 2 * H] = 1
    return {
        "W_xh": rng.standard_normal((vocab_size, 4 * H)).astype(dtype),
        "W_hh": np.hstack([orthogonal(H, rng) for _ in range(4)]).astype(dtype),
        "b_h": b_h,
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
    """Read a block of T characters in each of B streams.

    Parameters
    ----------
    params : dict
    inputs : int ndarray of shape (T, B)
    state : ndarray of shape (2, B, H)

    Returns
    -------
    hs, cs : ndarrays of shape (T+1, B, H)
        `hs[0], cs[0]` is `state`; `hs[t+1], cs[t+1]` is the state after `inputs[t]`.
    gates : ndarray of shape (T, B, 4H)
        i, f, g, o at each time step.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    T, (B, H) = len(inputs), state[0].shape
    # sigmoid(a) = 1/2 + 1/2 tanh(a/2), so one tanh serves all four, if the columns of i, f and o are halved before
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], W_hh.dtype), H)
    W = W_hh * half
    gates = ((W_xh + b_h) * half)[inputs]  # (T, B, 4H)
    gates = gates.astype(np.result_type(gates, W, *state), copy=False)
    i, f, g, o = np.split(gates, 4, axis=-1)  # views
    hs = np.empty((T + 1, B, H), gates.dtype)
    cs = np.empty_like(hs)
    hs[0], cs[0] = state
    product, ig = np.empty_like(gates[0]), np.empty_like(hs[0])
    for t in range(T):
        hs[t].dot(W, out=product)
        gates[t] += product
        np.tanh(gates[t], out=gates[t])
        gates[t] *= half
        gates[t] += 1 - half
        np.multiply(f[t], cs[t], out=cs[t + 1])
        np.multiply(i[t], g[t], out=ig)
        cs[t + 1] += ig
        np.tanh(cs[t + 1], out=hs[t + 1])
        hs[t + 1] *= o[t]
    return hs, cs, gates


def unpack(trace):
    """Split what `forward` returned into all hidden states and the state to carry on with."""
    hs, cs, _ = trace
    return hs, np.stack((hs[-1], cs[-1]))


def backward(params, inputs, trace, dhs):
    """Backpropagation through time: from the gradients of the hidden states to those of the parameters.

    Parameters
    ----------
    params : dict
    inputs : int ndarray of shape (T, B)
    trace
        What `forward` returned.
    dhs : ndarray of shape (T, B, H)
        The immediate gradients: `dhs[t]` is how the loss depends on `hs[t+1]` through the output at that time
        step alone. What comes from later time steps is added here.

    Returns
    -------
    grads : dict
        Total gradients, with the keys of `init_params`.
    dstate : ndarray of shape (2, B, H)
        Gradient of the initial state, h and c.
    """
    W_hh = params["W_hh"]
    hs, cs, gates = trace
    T, B, H = dhs.shape
    i, f, g, o = np.split(gates, 4, axis=-1)
    da = np.empty_like(gates)
    da_i, da_f, da_g, da_o = np.split(da, 4, axis=-1)
    dh_next, dc_next = np.zeros((2, B, H), da.dtype)  # from the time step after: through W_hh, and through f
    for t in reversed(range(T)):
        tanh_c = np.tanh(cs[t + 1])
        dh = dhs[t] + dh_next
        dc = dc_next + dh * o[t] * (1 - tanh_c**2)
        np.multiply(dc, g[t] * i[t] * (1 - i[t]), out=da_i[t])
        np.multiply(dc, cs[t] * f[t] * (1 - f[t]), out=da_f[t])
        np.multiply(dc, i[t] * (1 - g[t] ** 2), out=da_g[t])
        np.multiply(dh, tanh_c * o[t] * (1 - o[t]), out=da_o[t])
        dc_next = dc * f[t]
        da[t].dot(W_hh.T, out=dh_next)
    return weight_gradients(params, inputs, hs, da), np.stack((dh_next, dc_next))
