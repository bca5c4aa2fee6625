"""Exercises of notebook 12: a file size from a loss, a decoder of numbers, integer shares, the best order for names."""

import math

import numpy as np

from course.exercises import Exercise

# 12.2: numbers in the middle of a text's interval, so that rounding decides nothing; the last case begins at an edge.
_NUMBERS = (
    (0.2979, np.array([0, 1, 2, 4, 5]), 5),
    (0.61, np.array([0, 3, 4, 9, 16]), 6),
    (0.937, np.array([0, 5, 7, 10]), 4),
    (0.25, np.array([0, 1, 2, 3, 4]), 2),
)


def _decode_number(u, table, length, side="right", start=True, divide=True):
    edges, ids = table / table[-1], []
    for _ in range(length):
        i = min(max(int(np.searchsorted(edges, u, side=side)) - 1, 0), len(edges) - 2)
        ids.append(i)
        u = (u - edges[i] if start else u) / (edges[i + 1] - edges[i] if divide else 1)
    return ids


def _same_share(u, table, length):
    return _decode_number(u, table, 1) * length


def _off_by_one(u, table, length):
    return [i + 1 for i in _decode_number(u, table, length)]


# 12.3: with probabilities that are small, zero, and equal.
_DISTRIBUTIONS = (
    (np.array([0.6, 0.3, 0.07, 0.0299, 0.0001]), 64),
    (np.array([0.0, 0.15, 0.55, 0.3]), 50),
    (np.array([0.997, 0.001, 0.002]), 16),
    (np.array([0.05, 0.62, 0.33]), 4096),
)


def _shares(probs, total):
    freqs = 1 + np.floor(probs * (total - len(probs))).astype(int)
    freqs[probs.argmax()] += total - freqs.sum()
    return freqs


def _stub(probs, total):
    return np.round(probs * total).astype(int)


def _nothing_left_over(probs, total):
    return 1 + np.floor(probs * (total - len(probs))).astype(int)


def _lifted(probs, total):
    return np.maximum(_stub(probs, total), 1)


def _lifted_down(probs, total):
    return np.maximum(np.floor(probs * total).astype(int), 1)


def _added(probs, total):
    return 1 + np.floor(probs * total).astype(int)


def _lifted_and_balanced(probs, total):
    freqs = _lifted_down(probs, total)
    freqs[probs.argmax()] += total - freqs.sum()
    return freqs


def _rounded_up(probs, total):
    freqs = 1 + np.ceil(probs * (total - len(probs))).astype(int)
    freqs[probs.argmax()] += total - freqs.sum()
    return freqs


def _to_nearest(probs, total):
    freqs = 1 + np.round(probs * (total - len(probs))).astype(int)
    freqs[probs.argmax()] += total - freqs.sum()
    return freqs


def _leftover_to_the_first(probs, total):
    freqs = _nothing_left_over(probs, total)
    freqs[0] += total - freqs.sum()
    return freqs


def _leftover_to_the_last(probs, total):
    freqs = _nothing_left_over(probs, total)
    freqs[-1] += total - freqs.sum()
    return freqs


def _bytes(bits):
    return round(50_000 * bits / 8, -2)


EXERCISES = {
    "12.1": Exercise(
        right=_bytes(1.7 / math.log(2)),
        mistakes=(
            ("The loss was taken for bits. `evaluate` returns nats.", _bytes(1.7)),
            ("Nats were multiplied by ln 2. A nat is more than a bit: divide.", _bytes(1.7 * math.log(2))),
            ("That is the number of bits.", round(50_000 * 1.7 / math.log(2), -2)),
            ("That is the number of nats.", 50_000 * 1.7),
            ("The perplexity was taken for bits. The information is its logarithm.", _bytes(math.exp(1.7))),
            ("That is not rounded to the nearest hundred.", 50_000 * 1.7 / math.log(2) / 8),
        ),
    ),
    "12.2": Exercise(
        right=_decode_number,
        cases=_NUMBERS,
        whole=True,
        mistakes=(
            (
                "The share is blown up, but from 0, not from where it begins. Where does u lie within its share?",
                lambda *case: _decode_number(*case, start=False),
            ),
            (
                "u is measured from where the share begins, but not blown up: it stays in units of the whole.",
                lambda *case: _decode_number(*case, divide=False),
            ),
            (
                "u does not change: you ask for the same share each time.",
                _same_share,
            ),
            (
                "A number that lies just where a share begins belongs to that share, not to the one before.",
                lambda *case: _decode_number(*case, side="left"),
            ),
            (
                "All ids are too large by 1: searchsorted counts the edges at or below u, and the first edge is 0.",
                _off_by_one,
            ),
        ),
    ),
    "12.3": Exercise(
        right=_shares,
        cases=_DISTRIBUTIONS,
        whole=True,
        stub=_stub,
        mistakes=(
            (
                "Every character has at least 1, but the sum falls short: what rounding left is still to be given.",
                _nothing_left_over,
            ),
            (
                "Lifting zeros to 1 afterwards makes the sum wrong. Give everyone 1 first, then share out the rest.",
                _lifted,
            ),
            (
                "Rounding down, then lifting zeros to 1, does not make the sum right. Give everyone 1 first, then "
                "share out the rest.",
                _lifted_down,
            ),
            ("The sum is right, but the shares of the rest were rounded up. Round them down.", _rounded_up),
            ("The sum is right, but the shares of the rest went to the nearest integer. Round them down.", _to_nearest),
            ("The whole total is shared out, and 1 given to each on top. Only total - V is left to share.", _added),
            (
                "The sum is right, but the parts are not in order: 1 for each first, then total - V by probability.",
                _lifted_and_balanced,
            ),
            (
                "What is left over went to the first character. One more matters least to the most probable one.",
                _leftover_to_the_first,
            ),
            (
                "What is left over went to the last character. One more matters least to the most probable one.",
                _leftover_to_the_last,
            ),
        ),
    ),
    "12.4": Exercise(
        right=(2, 6162),
        parts=("the order", "the number of bytes"),
        mistakes=(
            ("That is order 0, which looks at no context at all.", (0, 8526)),
            ("That is order 1. Is a longer context not better?", (1, 6764)),
            ("That is order 3, one too far: its contexts are too often new.", (3, 6276)),
            ("That is the longest order. Most of its contexts are new when they come. Compare all five.", (4, 6694)),
            ("The order is right. The size is in bits; a byte has 8.", (2, 6162 * 8)),
            ("Those are the right numbers in the other order: the order first, then the bytes.", (6162, 2)),
        ),
    ),
}
