"""How wrong is a prediction: softmax, cross-entropy, and the gradient that training starts from.

The network's last layer gives a row of V *logits* z for each character. Softmax makes probabilities of them,
cross-entropy is minus the logarithm of the probability that the true next character got, and its gradient with
respect to the logits is the famous p - y. All three are derived in notebook 03.
"""

import numpy as np


def log_softmax(logits):
    """Return log(softmax(logits)) along the last axis; the largest logit is subtracted, so nothing overflows."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits):
    """Return the probabilities exp(z_k) / sum_j exp(z_j) along the last axis, without overflow."""
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
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
        Mean over all targets, in nats a character.
    dlogits : ndarray of shape (..., V)
        Gradient of `loss`: (softmax(logits) - one_hot(targets)) / number of targets.

    Raises
    ------
    ValueError
        If the shapes do not belong together, or a target is outside 0..V-1.
    """
    targets = np.asarray(targets)
    V = logits.shape[-1]
    if targets.shape != logits.shape[:-1]:
        raise ValueError(f"targets of shape {targets.shape} do not fit logits of shape {logits.shape}")
    if targets.size == 0 or targets.min() < 0 or targets.max() >= V:
        raise ValueError(f"expected at least one target, and all of them in 0..{V - 1}, got {targets}")
    z = logits.reshape(-1, V)
    true = np.arange(len(z)), targets.reshape(-1)  # indexes the true character of each row
    shifted = z - z.max(axis=-1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=-1, keepdims=True)
    loss = (np.log(total[:, 0]) - shifted[true]).sum().item() / len(z)
    p /= total
    p[true] -= 1  # p - y
    p /= len(z)
    return loss, p.reshape(logits.shape)


def bits(nats):
    """Convert nats to bits: divide by ln 2."""
    return nats / np.log(2)


def perplexity(nats):
    """Return exp(nats): the number of equally likely characters that would be as hard to guess."""
    return np.exp(nats)
