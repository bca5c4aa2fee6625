"""A task that asks for memory and nothing else: read a symbol, then a gap of fillers, then "?", and name the symbol.

    "Cbagfd?"  ->  C        a gap of 5

The fillers are drawn at random, so each of them shakes the state, and the loss is taken at the "?" alone: all that
the network learns about the symbol comes back over the gap. Notebooks 09 and 10 train on it.
"""

import numpy as np

from rnnlib import expect, language_model, losses, optim, rnn
from rnnlib.vocab import Vocab

SYMBOLS, FILLERS, RECALL = "ABCDEFGH", "abcdefgh", "?"
VOCAB = Vocab(SYMBOLS + FILLERS + RECALL)


def sequences(gap, batch_size, *, rng):
    """Draw B sequences, each of a symbol, `gap` fillers and "?".

    Parameters
    ----------
    gap : int
        Fillers between the symbol and the "?", 0 or more.
    batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    inputs : int ndarray of shape (gap + 2, B)
    symbols : int ndarray of shape (B,)
        What is to be named at the "?": `inputs[0]`.
    """
    gap, batch_size = expect.whole("gap", gap, least=0), expect.whole("batch_size", batch_size)
    inputs = np.full((gap + 2, batch_size), len(VOCAB) - 1)
    inputs[0] = rng.integers(len(SYMBOLS), size=batch_size)
    inputs[1:-1] = len(SYMBOLS) + rng.integers(len(FILLERS), size=(gap, batch_size))
    return inputs, inputs[0].copy()


def loss_and_grads(params, inputs, symbols, *, cell=rnn):
    """Return the mean cross-entropy at the "?", in nats, and its gradient with the keys of `params`."""
    logits, trace = language_model.forward(params, inputs, cell=cell)
    dlogits = np.zeros_like(logits)  # no loss before the last time step
    loss, dlogits[-1] = losses.cross_entropy(logits[-1], symbols)
    grads, _ = language_model.backward(params, inputs, trace, dlogits, cell=cell)
    return loss, grads


def train(params, gap, steps, *, rng, cell=rnn, batch_size=32, learning_rate=1e-2):
    """Train with Adam, the gradient clipped to a norm of 1, on new sequences in each step; yield each step's loss.

    The gap of a step is drawn from 1 to `gap`, so that the network meets short ones as well.

    Parameters
    ----------
    params : dict
        As of `language_model.init_params(len(VOCAB), H, cell=cell, rng=rng)`; changed in place.
    gap, steps : int
    rng : numpy.random.Generator
    cell : module, default rnn
    batch_size : int
    learning_rate : float
    """
    gap, optimizer = expect.whole("gap", gap), optim.Adam()
    for _ in range(steps):
        inputs, symbols = sequences(int(rng.integers(1, gap + 1)), batch_size, rng=rng)
        loss, grads = loss_and_grads(params, inputs, symbols, cell=cell)
        optimizer.update(params, optim.clip_by_norm(grads, 1.0)[0], learning_rate)
        yield loss


def accuracy(params, gap, *, rng, cell=rnn, batch_size=500):
    """Return the share of sequences whose symbol is named after exactly `gap` fillers; a guess has 1/8."""
    inputs, symbols = sequences(gap, batch_size, rng=rng)
    logits, _ = language_model.forward(params, inputs, cell=cell)
    return float((logits[-1].argmax(axis=-1) == symbols).mean())


def arrives(params, distances, *, cell=rnn, batch_size=100):
    """Return how much of the loss's gradient arrives at the state d steps before the end, for each distance d.

    Parameters
    ----------
    params : dict
    distances : sequence of int
        At least 1 and at most the gap of the sequences, which is the largest of them.
    cell : module, default rnn
        The gradients of an LSTM's h and c count together.
    batch_size : int

    Returns
    -------
    shares : ndarray of shape (len(distances),)
        The geometric mean of the gradient's length over the sequences, as a share of that at the first distance.
    """
    inputs, symbols = sequences(max(distances), batch_size, rng=np.random.default_rng(0))
    lengths = []
    for d in distances:
        state = language_model.init_state(params, batch_size, cell=cell)
        _, state = cell.unpack(cell.forward(params, inputs[:-d], state))
        logits, trace = language_model.forward(params, inputs[-d:], state, cell=cell)
        dlogits = np.zeros_like(logits)
        _, dlogits[-1] = losses.cross_entropy(logits[-1], symbols)
        _, dstate = language_model.backward(params, inputs[-d:], trace, dlogits, cell=cell)
        squares = (dstate**2).sum(axis=-1)  # (B,), or (2, B) for h and c
        squares = squares.reshape(-1, batch_size).sum(axis=0)
        lengths.append(0.5 * np.log(squares + 1e-300).mean())
    return np.exp(np.array(lengths) - lengths[0])
