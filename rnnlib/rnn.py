"""The vanilla recurrent cell: the hidden-state equation, run forwards over a block and backwards through time.

    a_t = x_t W_xh + h_{t-1} W_hh + b_h        h_t = tanh(a_t)

`x_t` is a one-hot row, so `x_t W_xh` is one row of W_xh, and `W_xh[ids]` looks it up. Forward is built by hand in
notebook 02, backward is derived in notebook 04. Only the recurrence needs a loop over time; whatever can be done
for all time steps at once is one product, and results are written into rows that are already there (`out=`).
"""

import numpy as np

from . import expect, products


def param_shapes(vocab_size, hidden_size, gates=1):
    """Return the shape of each parameter: in a cell with gates, W_xh, W_hh and b_h have H columns for each of them."""
    V, H = expect.whole("vocab_size", vocab_size), expect.whole("hidden_size", hidden_size)
    return {"W_xh": (V, gates * H), "W_hh": (H, gates * H), "b_h": (gates * H,)}


def init_params(vocab_size, hidden_size, *, rng, dtype=np.float64):
    """Draw the cell's parameters.

    W_hh is orthogonal: it neither shrinks nor stretches a state. The rows of W_xh are from N(0, 1), so that one
    character weighs as much in the next state as all that came before.

    Parameters
    ----------
    vocab_size, hidden_size : int
    rng : numpy.random.Generator
    dtype : dtype, default float64

    Returns
    -------
    params : dict
        "W_xh" of shape (V, H), "W_hh" (H, H), "b_h" (H,).
    """
    shapes = param_shapes(vocab_size, hidden_size)
    W_hh = orthogonal(hidden_size, rng)
    return {
        "W_xh": rng.standard_normal(shapes["W_xh"]).astype(dtype),
        "W_hh": W_hh.astype(dtype),
        "b_h": np.zeros(shapes["b_h"], dtype),
    }


def orthogonal(size, rng):
    """Draw an orthogonal matrix, each equally likely (Q of a Gaussian matrix, its signs fixed; Mezzadri, 2007)."""
    Q, R = np.linalg.qr(rng.standard_normal((size, size)))
    return Q * np.sign(np.diag(R))


def init_state(batch_size, hidden_size, dtype=np.float64):
    """Return the state before the first character: zeros of shape (B, H)."""
    return np.zeros((batch_size, hidden_size), dtype)


def hidden(state):
    """Return the part of a state that the output layer reads: all of it."""
    return state


def step(params, ids, state):
    """Read one character: ids of shape (B,) and a state of shape (B, H) -> the next state, (B, H).

    A single id and a state of shape (H,) do as well.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    return np.tanh(W_xh[ids] + state.dot(W_hh) + b_h)


def forward(params, inputs, state):
    """Read a block of T characters in each of B streams.

    Parameters
    ----------
    params : dict
    inputs : int ndarray of shape (T, B)
    state : ndarray of shape (B, H)

    Returns
    -------
    hs : ndarray of shape (T+1, B, H)
        `hs[0]` is `state`; `hs[t+1]` is the hidden state after `inputs[t]`.
    """
    W_xh, W_hh, b_h = params["W_xh"], params["W_hh"], params["b_h"]
    xs = (W_xh + b_h)[inputs]  # x_t W_xh + b_h for all t at once, (T, B, H)
    hs = np.empty((len(inputs) + 1, *state.shape), dtype=np.result_type(xs, W_hh, state))
    hs[0] = state
    a = np.empty_like(hs[0])  # (B, H)
    multiply = products.into(a, W_hh)
    for t in range(len(inputs)):
        multiply(hs[t])  # a = h_{t-1} W_hh
        a += xs[t]
        np.tanh(a, out=hs[t + 1])
    return hs


def unpack(hs):
    """Split what `forward` returned into all hidden states and the state to carry on with."""
    return hs, hs[-1]


def backward(params, inputs, hs, dhs):
    """Backpropagation through time: from the gradients of the hidden states to those of the parameters.

    Parameters
    ----------
    params : dict
    inputs : int ndarray of shape (T, B)
    hs : ndarray of shape (T+1, B, H)
        What `forward` returned.
    dhs : ndarray of shape (T, B, H)
        The immediate gradients: `dhs[t]` is how the loss depends on `hs[t+1]` through the output at that time
        step alone. What comes from later time steps is added here.

    Returns
    -------
    grads : dict
        Total gradients, with the keys of `init_params`.
    dstate : ndarray of shape (B, H)
        Gradient of the initial state `hs[0]`.
    """
    T, B, H = dhs.shape
    dtanh = 1 - hs[1:] ** 2  # (T, B, H)
    da = np.empty_like(dtanh)
    dh = np.empty_like(da[0])  # (B, H)
    dh_next = np.zeros_like(dh)  # from the time step after, through W_hh
    multiply = products.into(dh_next, params["W_hh"].T)
    for t in reversed(range(T)):
        np.add(dhs[t], dh_next, out=dh)
        np.multiply(dh, dtanh[t], out=da[t])
        multiply(da[t])  # dh_next = da_t W_hh^T
    return weight_gradients(params, inputs, hs, da), dh_next


def weight_gradients(params, inputs, hs, da, dm=None):
    """Sum the gradients of all time steps into those of the parameters.

    `da` of shape (T, B, H) belongs to the pre-activations, `dm` to the products h_{t-1} W_hh in them, which is the
    same but in the GRU. The gated cells' are wider, with H columns for each gate; so are their parameters.
    """
    T, B, _ = da.shape
    da = da.reshape(T * B, -1)
    dm = da if dm is None else dm.reshape(T * B, -1)
    x = np.zeros((T * B, len(params["W_xh"])), dtype=da.dtype)  # one-hot rows: characters repeat, a product sums
    x[np.arange(T * B), np.ravel(inputs)] = 1
    return {
        "W_xh": x.T @ da,
        "W_hh": hs[:-1].reshape(T * B, -1).T @ dm,
        "b_h": da.sum(axis=0),
    }
