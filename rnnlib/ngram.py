"""The baseline to beat: count which character followed each context, and interpolate.

An n-gram model predicts from the last n - 1 characters. Long contexts are telling but rare, so each order is mixed
with the one below it. Witten and Bell (1991): a context seen c times, with u different characters after it, keeps
c / (c + u) for its own counts and leaves u / (c + u) to the shorter context; under them all lies 1 / V. No gradient,
no training loop: notebook 01 builds the ladder from order 1 to 6.

A context of k ids is one integer, read as a number in base V; counting is then sorting.
"""

from typing import NamedTuple

import numpy as np

from . import expect


class _Counts(NamedTuple):
    """The counts of one order: sorted codes of the grams and of their contexts."""

    grams: np.ndarray  # contexts with a next character
    gram_counts: np.ndarray
    contexts: np.ndarray
    context_counts: np.ndarray  # c, how often the context was seen
    types: np.ndarray  # u, how many different characters followed it


class NGram:
    """An interpolated Witten-Bell n-gram model.

    Parameters
    ----------
    ids : int ndarray of shape (N,)
        The text to count.
    order : int
        n: the longest context has n - 1 characters.
    vocab_size : int

    Raises
    ------
    ValueError
        If the order is below 1, the text is shorter than the order, V**n does not fit into 63 bits, or an id is
        outside 0..V-1.
    """

    def __init__(self, ids, order, vocab_size):
        order, vocab_size = expect.whole("order", order, least=0), expect.whole("vocab_size", vocab_size)
        ids = expect.ids(ids, vocab_size, axes="N")
        if order < 1 or len(ids) < order:
            raise ValueError(f"expected an order of 1 to {len(ids)}, the length of the text, got {order}")
        if vocab_size**order >= 2**63:
            raise ValueError(f"order {order} is too high for {vocab_size} characters: V**n does not fit into 63 bits")
        self.order, self.vocab_size = order, vocab_size
        self.counts = [_count(_codes(ids, n, vocab_size), vocab_size) for n in range(1, order + 1)]

    def probs(self, context):
        """Return the probabilities of the next character, shape (V,), after a context (its last n - 1 ids count)."""
        V = self.vocab_size
        context = expect.ids(context, V, axes="N")
        p = np.full(V, 1 / V)
        for k, counts in enumerate(self.counts[: len(context) + 1]):
            code = 0
            for i in context[len(context) - k :]:
                code = code * V + int(i)
            p = _mix(counts, np.full(V, code), np.arange(V), p, V)
        return p

    def target_probs(self, ids):
        """Return the probability that each character but the first got, shape (N - 1,).

        The first few have only the context that the text itself gives them.

        Raises
        ------
        ValueError
            If there are fewer than two characters, so that none can be scored, or an id is outside 0..V-1.
        """
        V = self.vocab_size
        ids = expect.ids(ids, V, axes="N")
        if len(ids) < 2:
            raise ValueError(f"expected a text of at least 2 characters to score, got {len(ids)}")
        targets = ids[1:].astype(np.int64)  # small integers would wrap around when they are multiplied by V
        p = np.full(len(targets), 1 / V)
        for k, counts in enumerate(self.counts):
            first = max(k - 1, 0)  # targets before this one have fewer than k characters before them
            if first < len(targets):
                contexts = _codes(ids, k, V)[first + 1 - k :][: len(targets) - first]
                p[first:] = _mix(counts, contexts, targets[first:], p[first:], V)
        return p

    def evaluate(self, ids):
        """Return the mean cross-entropy over a text of at least two characters, in nats per character."""
        return float(-np.log(self.target_probs(ids)).mean())


def _codes(ids, n, vocab_size):
    """Return the code of each run of n ids, shape (N - n + 1,)."""
    ids = ids.astype(np.int64)
    codes = np.zeros(len(ids) - n + 1, dtype=np.int64)
    for j in range(n):
        codes = codes * vocab_size + ids[j : len(ids) - n + 1 + j]
    return codes


def _count(codes, vocab_size):
    grams, gram_counts = np.unique(codes, return_counts=True)
    contexts, starts, types = np.unique(grams // vocab_size, return_index=True, return_counts=True)
    return _Counts(grams, gram_counts, contexts, np.add.reduceat(gram_counts, starts), types)


def _mix(counts, contexts, targets, lower, vocab_size):
    """Interpolate this order's counts with the probabilities of the order below."""
    c = _look_up(counts.contexts, counts.context_counts, contexts)
    u = _look_up(counts.contexts, counts.types, contexts)
    n = _look_up(counts.grams, counts.gram_counts, contexts * vocab_size + targets)
    return np.where(c > 0, (n + u * lower) / np.maximum(c + u, 1), lower)


def _look_up(keys, values, wanted):
    """Return the value of each wanted key, 0 where it is not among the sorted keys."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
