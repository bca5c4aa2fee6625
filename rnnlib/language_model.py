"""A character-level language model: a recurrent cell, an output layer on top of it, and the loss.

    z_t = h_t W_hy + b_y        p_t = softmax(z_t)        L = -(1 / TB) sum log p_t[y_t]

`loss_and_grads` is all that training needs. It runs forward, takes the loss, and runs backward; nothing is
clipped, updated or printed in here. Notebook 04 derives it, notebook 05 checks it.
"""

import numpy as np

from . import expect, losses, rnn
from .batches import blocks


def param_shapes(vocab_size, hidden_size, *, cell=rnn):
    """Return the shape of each parameter, the cell's and the output layer's, without drawing any."""
    shapes = cell.param_shapes(vocab_size, hidden_size)
    return {**shapes, "W_hy": (hidden_size, vocab_size), "b_y": (vocab_size,)}


def init_params(vocab_size, hidden_size, *, cell=rnn, rng, dtype=np.float64):
    """Draw the cell's parameters and those of the output layer, "W_hy" of shape (H, V) and "b_y" (V,).

    W_hy is small, so that an untrained network finds all characters about equally likely: its loss is close to ln V.
    """
    params = cell.init_params(vocab_size, hidden_size, rng=rng, dtype=dtype)
    params["W_hy"] = (0.01 * rng.standard_normal((hidden_size, vocab_size))).astype(dtype)
    params["b_y"] = np.zeros(vocab_size, dtype)
    return params


def init_state(params, batch_size, *, cell=rnn):
    """Return the state before the first character, for these parameters."""
    return cell.init_state(batch_size, len(params["W_hy"]), params["W_hy"].dtype)


def forward(params, inputs, state=None, *, cell=rnn, mask=None):
    """Predict the next character at every position of a block.

    ValueError if `inputs` is not of shape (T, B), or holds an id outside 0..V-1, or the state has another shape.

    Parameters
    ----------
    params : dict
    inputs : int ndarray of shape (T, B)
    state : optional
        The state before the block; zeros if None.
    cell : module, default rnn
    mask : ndarray of shape (T, B, H), optional
        What the hidden states are multiplied with on their way to the output layer: dropout, in training.

    Returns
    -------
    logits : ndarray of shape (T, B, V)
    trace
        What the cell's `forward` returned, for `backward`; `cell.unpack(trace)` gives the hidden states
        of shape (T+1, B, H) and the state to carry on with.
    """
    W_hy, b_y = params["W_hy"], params["b_y"]
    inputs = expect.ids(inputs, len(b_y), axes="TB", least=1)
    T, B = inputs.shape
    if state is None:
        state = init_state(params, B, cell=cell)
    elif np.shape(state)[-2:] != (B, len(W_hy)):
        raise ValueError(f"expected a state of shape {init_state(params, B, cell=cell).shape}, got {np.shape(state)}")
    trace = cell.forward(params, inputs, state)
    h = _output_inputs(trace, cell, mask)
    logits = h.reshape(T * B, -1) @ W_hy + b_y
    return logits.reshape(T, B, -1), trace


def backward(params, inputs, trace, dlogits, *, cell=rnn, mask=None):
    """Carry the gradient of the logits, (T, B, V), back to every parameter and to the initial state.

    Returns
    -------
    grads : dict
        With the keys of `params`.
    dstate
        Gradient of the state before the block.
    """
    W_hy = params["W_hy"]
    T, B, V = dlogits.shape
    h = _output_inputs(trace, cell, mask).reshape(T * B, -1)
    dz = dlogits.reshape(T * B, V)
    dhs = (dz @ W_hy.T).reshape(T, B, -1)
    if mask is not None:
        dhs *= mask
    grads, dstate = cell.backward(params, inputs, trace, dhs)
    grads["W_hy"] = h.T @ dz
    grads["b_y"] = dz.sum(axis=0)
    return grads, dstate


def _output_inputs(trace, cell, mask):
    """Return what the output layer reads: h_t of every time step, (T, B, H), masked."""
    h = cell.unpack(trace)[0][1:]
    return h if mask is None else h * mask


def dropout_mask(shape, rate, *, rng, dtype=np.float64):
    """Draw a mask for inverted dropout: 0 with probability `rate`, else 1 / (1 - rate), so that the mean stays 1.

    Srivastava et al. (2014). On the way to the output layer alone, not from one time step to the next, where it would
    wipe the memory (Zaremba, Sutskever and Vinyals, 2014).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"expected a dropout of at least 0 and below 1, got {rate}")
    return (rng.random(shape, dtype=np.float32) >= rate) * np.asarray(1 / (1 - rate), dtype)


def loss_and_grads(params, inputs, targets, state=None, *, cell=rnn, mask=None):
    """Return the loss of a block, its gradient, and the state to carry on with.

    Parameters
    ----------
    params : dict
    inputs, targets : int ndarrays of shape (T, B)
    state : optional
        The state before the block; zeros if None.
    cell : module, default rnn
    mask : optional
        As in `forward`.

    Returns
    -------
    loss : float
        Mean cross-entropy, in nats per character.
    grads : dict
        Gradient of `loss` with respect to each parameter, with the keys of `params`.
    state
        The state after the block. The next block's gradient does not reach back through it: that is what
        *truncated* means in truncated BPTT.
    """
    logits, trace = forward(params, inputs, state, cell=cell, mask=mask)
    loss, dlogits = losses.cross_entropy(logits, targets)
    grads, _ = backward(params, inputs, trace, dlogits, cell=cell, mask=mask)
    return loss, grads, cell.unpack(trace)[1]


WARM_UP = 1000  # characters that a stream of `evaluate` reads before it begins to score


def evaluate(params, ids, *, cell=rnn, after=None, state=None, batch_size=32, block=256):
    """Return the mean cross-entropy over a text, scored as the network is used: after reading what comes before.

    The text is cut into `batch_size` pieces (fewer if it is short) that are read side by side. First each stream reads
    the WARM_UP characters in front of its piece, unscored: for the first piece the end of `after`, for the others
    what stands there in the text. Without `after`, the first piece starts straight from `state`. ValueError if there is
    nothing to predict.

    Parameters
    ----------
    params : dict
    ids : int ndarray of shape (N,)
    cell : module, default rnn
    after : int ndarray, optional
        The text that comes before `ids`; for a held-out text, the training text.
    state : optional
        The state before all this reading; of several streams', the first. Zeros if None. Most networks have forgotten
        it WARM_UP characters later. Those of the classic recipe may never do (notebook 06): give them `run.state`,
        the state in which training left them.
    batch_size, block : int

    Returns
    -------
    nats : float
        Nats per character, the mean over all characters that have one before them, here or in `after`. (Fewer than
        `batch_size` at the end are left out.)
    """
    ids = expect.ids(ids, len(params["b_y"]), axes="N")
    before = ids[:0] if after is None else expect.ids(after, len(params["b_y"]), axes="N")[-WARM_UP - 1 :]
    text = np.concatenate((before, ids))
    start = max(len(before) - 1, 0)  # of the first piece: its inputs are one ahead of the characters to predict
    if len(text) < start + 2:
        raise ValueError(f"expected a text of at least 2 characters to evaluate, got {len(text)}")
    batch_size = max(1, min(batch_size, (len(text) - start - 1) // block))
    length = (len(text) - start - 1) // batch_size
    state = init_state(params, 1, cell=cell) if state is None else np.asarray(state)[..., :1, :]
    first = _read(params, text[:start, None], state, cell, block)
    warm_up = min(WARM_UP, start + length)
    ends = start + length * np.arange(1, batch_size)
    others = text[ends + np.arange(-warm_up, 0)[:, None]]  # (warm_up, B-1)
    others = _read(params, others, np.repeat(state, batch_size - 1, axis=-2), cell, block)
    state = np.concatenate((first, others), axis=-2)
    total, count = 0.0, 0
    for inputs, targets in blocks(text[start:], batch_size, block, partial=True):
        logits, trace = forward(params, inputs, state, cell=cell)
        loss, _ = losses.cross_entropy(logits, targets)
        total, count = total + loss * targets.size, count + targets.size
        state = cell.unpack(trace)[1]
    if not np.isfinite(total):
        raise ValueError(f"the cross-entropy is {total / count}: the network's weights are too large, or no numbers")
    return total / count


def _read(params, ids, state, cell, block):
    """Return the state after reading ids of shape (T, B), `block` time steps at a time."""
    for t in range(0, len(ids) if ids.size else 0, block):
        state = cell.unpack(cell.forward(params, ids[t : t + block], state))[1]
    return state
