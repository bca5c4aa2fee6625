"""How wrong is a prediction: softmax, cross-entropy, and the gradient that training starts from.

The network's last layer gives a row of V *logits* z for each character. Softmax makes probabilities of them,
cross-entropy is minus the logarithm of the probability that the true next character got, and its gradient with
respect to the logits is the famous p - y. All three are derived in notebook 03.
"""

import numpy as np

from . import expect


def shift(logits):
    """Return the logits less the largest of their row: softmax stays what it is, and exp of it cannot overflow."""
    logits = np.asarray(logits)
    if logits.dtype.kind in "iub":  # whole numbers could wrap around in the difference
        logits = logits.astype(np.float64)
    return logits - logits.max(axis=-1, keepdims=True)


def log_softmax(logits):
    """Return log(softmax(logits)) along the last axis, without overflow."""
    shifted = shift(logits)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits):
    """Return the probabilities exp(z_k) / sum_j exp(z_j) along the last axis, without overflow."""
    exps = np.exp(shift(logits))
    return exps / exps.sum(axis=-1, keepdims=True)


def cross_entropy(logits, targets):
    """Cross-entropy of the targets under softmax(logits), and its gradient.

    Parameters
    ----------
    logits : ndarray of shape (..., V)
    targets : int ndarray of shape (...)

    Returns
    -------
    loss : float
        Mean over all targets, in nats per character.
    dlogits : ndarray of shape (..., V)
        Gradient of `loss`: (softmax(logits) - one_hot(targets)) / number of targets.

    Raises
    ------
    ValueError
        If the shapes do not belong together, or a target is outside 0..V-1.
    """
    shape = np.shape(logits)
    V = shape[-1]
    targets = expect.ids(targets, V, least=1)
    if targets.shape != shape[:-1]:
        raise ValueError(f"targets of shape {targets.shape} do not fit logits of shape {shape}")
    z = shift(logits).reshape(-1, V)
    true = np.arange(len(z)), targets.reshape(-1)  # indexes the true character of each row
    p = np.exp(z)
    total = p.sum(axis=-1, keepdims=True)
    loss = (np.log(total[:, 0]) - z[true]).sum().item() / len(z)
    p /= total
    p[true] -= 1  # p - y
    p /= len(z)
    return loss, p.reshape(shape)


def bits(nats):
    """Convert nats to bits: divide by ln 2."""
    return nats / np.log(2)


def perplexity(nats):
    """Return exp(nats): the number of equally likely characters that would be as hard to guess."""
    return np.exp(nats)
