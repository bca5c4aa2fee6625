"""How a language model writes: draw the next character from its probabilities, read it, and repeat.

Temperature divides the logits before the softmax: below 1 the likely characters become likelier, towards 0 only the
likeliest is left, far above 1 all are alike. Top-k and top-p cut off the unlikely tail. Notebook 07 shows
what each does to the text.
"""

import math

import numpy as np

from . import expect, language_model, rnn


def next_probs(logits, *, temperature=1.0, top_k=None, top_p=None):
    """Return the probabilities from which the next character is drawn.

    Temperature comes first, then top-k, then top-p; what is left is scaled to sum to 1. ValueError if a setting is out
    of its range, or the largest logit is no finite number.

    Parameters
    ----------
    logits : ndarray of shape (V,)
    temperature : float, default 1
        0 is greedy: the likeliest character has probability 1.
    top_k : int, optional
        Keep the k likeliest characters, 1..V.
    top_p : float, optional
        Keep the fewest likeliest characters whose probabilities sum to at least p, 0 < p <= 1.

    Returns
    -------
    probs : ndarray of shape (V,)
    """
    check_settings(len(logits), temperature, top_k, top_p)
    z = np.asarray(logits, dtype=np.float64)
    largest = z.max()
    if not math.isfinite(largest):  # NaN, if one of them is
        raise ValueError(f"expected finite logits, got {largest}: the network's weights are too large, or not numbers")
    if temperature == 0:
        probs = np.zeros(len(z))
        probs[z.argmax()] = 1
        return probs
    with np.errstate(over="ignore"):  # a tiny temperature sends logits to -inf, and probabilities to 0
        exps = np.exp((z - largest) / temperature)  # softmax, but shifted before the division, not after
    probs = exps / exps.sum()
    if top_k is None and top_p is None:
        return probs
    order = np.argsort(-z, kind="stable")  # likeliest first
    kept = len(z) if top_k is None else top_k
    if top_p is not None:
        cumulative = np.cumsum(probs[order[:kept]])
        kept = min(kept, 1 + int(np.searchsorted(cumulative, top_p * cumulative[-1])))
    probs[order[kept:]] = 0
    return probs / probs.sum()


def check_settings(vocab_size, temperature, top_k, top_p):
    """Raise ValueError if a sampling setting is out of its range."""
    if not 0 <= temperature < math.inf:
        raise ValueError(f"expected a temperature of 0 or more, and finite, got {temperature}")
    if top_k is not None and not 1 <= expect.whole("top-k", top_k, least=-math.inf) <= vocab_size:
        raise ValueError(f"expected top-k in 1..{vocab_size}, the size of the vocabulary, got {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"expected top-p above 0 and at most 1, got {top_p}")


def draw(probs, rng):
    """Draw an id: the first whose cumulative probability is above a random number from 0 to 1."""
    cumulative = probs.cumsum()  # its last entry is 1, but for rounding
    return int(cumulative.searchsorted(rng.random() * cumulative[-1], side="right"))


def generate(params, vocab, *, length, rng, prompt="", temperature=1.0, top_k=None, top_p=None, cell=rnn):
    """Let the network write: an iterator over `length` characters that follow the prompt.

    With an empty prompt the first character comes from what the network expects before it has read anything.

    Temperature, top-k and top-p are those of `next_probs`. ValueError, at once, if a character of the prompt is not in
    the vocabulary or a setting is out of its range.
    """
    check_settings(len(vocab), temperature, top_k, top_p)
    length = expect.whole("length", length, least=0)
    W_hy, b_y = params["W_hy"], params["b_y"]
    if len(vocab) != len(b_y):
        raise ValueError(f"expected a vocabulary of the network's {len(b_y)} characters, got {len(vocab)}")
    state = language_model.init_state(params, 1, cell=cell)[..., 0, :]  # one stream
    ids = vocab.encode(prompt)

    def write(state):
        for i in ids:
            state = cell.step(params, i, state)
        for _ in range(length):
            logits = cell.hidden(state).dot(W_hy) + b_y
            probs = next_probs(logits, temperature=temperature, top_k=top_k, top_p=top_p)
            i = draw(probs, rng)
            yield vocab.chars[i]
            state = cell.step(params, i, state)

    return write(state)
