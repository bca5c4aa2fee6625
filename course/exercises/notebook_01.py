"""Notebook 01: one-hot rows of a block, streams and blocks counted on paper, targets, add-one smoothing."""

import string

import numpy as np

from course.exercises import Exercise
from rnnlib.batches import blocks
from rnnlib.vocab import Vocab

# 1.1


def _one_hot(ids, V):
    return Vocab(string.ascii_letters[:V]).one_hot(ids)


def _one_at_every_id(ids, V):
    rows = np.zeros((*ids.shape, V))
    rows[..., ids] = 1
    return rows


def _blocks_of_ids():
    rng = np.random.default_rng(1)
    drawn = ((rng.integers(V, size=(T, B)), V) for T, B, V in ((5, 3, 9), (4, 2, 11)))
    return (*drawn, (np.array([[2, 0], [1, 2], [2, 2]]), 6))  # ids that do not reach V - 1


# 1.2


def _count_on_paper(N, B, T):
    inputs = [block for block, _ in blocks(np.arange(N), B, T)]  # of the places 0, 1, 2, ... themselves
    return int(inputs[0][0, 1]), len(inputs), N - np.concatenate(inputs).size


# 1.3


def _streams(ids, B):
    inputs, targets = zip(*blocks(ids, B, 1), strict=True)
    return np.concatenate(inputs), np.concatenate(targets)


def _each_stream_wraps(ids, B):
    S = (len(ids) - 1) // B
    inputs = ids[: B * S].reshape(B, S).T
    targets = np.concatenate([inputs[1:], inputs[:1]])
    return inputs, targets


def _text_wraps(ids, B):
    inputs, _ = _streams(ids, B)
    return inputs, np.roll(inputs.T.ravel(), -1).reshape(B, -1).T


def _two_further(ids, B):
    return _streams(ids, B)[0], _streams(np.roll(ids, -1), B)[1]


def _last_step_dropped(ids, B):
    inputs, _ = _streams(ids, B)
    return inputs[:-1], inputs[1:]


def _streams_along_rows(ids, B):
    return tuple(part.T for part in _streams(ids, B))


def _text_along_rows(ids, B):
    return tuple(part.T.reshape(-1, B) for part in _streams(ids, B))


def _texts():
    rng = np.random.default_rng(3)
    texts = ((N, B) for N, B in ((26, 4), (24, 3), (25, 4), (7, 1)))
    return tuple((rng.permutation(N), B) for N, B in texts)  # no id twice: whatever is in the wrong place shows


# 1.4: mean surprise on Shakespeare's last tenth at orders 2 to 5, as the notebook's solution and ladder compute it

_WITTEN_BELL = np.array([3.60188, 3.04530, 2.70542, 2.59680])
_ADD_ONE = np.array([3.59102, 3.03593, 2.87185, 3.20002])
_ADD_ONE_ON_TRAINING_TEXT = np.array([3.54143, 2.81687, 2.50542, 2.69184])
_WITHOUT_V = np.array([3.58577, 2.92739, 2.30922, 1.83828])  # divided by C(c) + 1

EXERCISES = {
    "1.1": Exercise(
        right=_one_hot,
        cases=_blocks_of_ids(),
        mistakes=(
            (
                "The V numbers of a character run along the first axis. A character's row is the last axis: the shape "
                "is that of the ids with V put after it.",
                lambda ids, V: np.moveaxis(_one_hot(ids, V), -1, 0),
            ),
            (
                "Time steps and streams have changed places: (B, T, V) for (T, B, V).",
                lambda ids, V: _one_hot(ids, V).swapaxes(0, 1),
            ),
            (
                "Every 1 stands one place too far left, and id 0 has none: ids are counted from 0.",
                lambda ids, V: _one_hot(ids, V + 1)[..., 1:],
            ),
            (
                "Every 1 stands one place too far right: ids are counted from 0.",
                lambda ids, V: np.roll(_one_hot(ids, V), 1, axis=-1),
            ),
            (
                "The rows hold the ids themselves. A one-hot row marks a place with a 1, whatever the id.",
                lambda ids, V: _one_hot(ids, V) * ids[..., np.newaxis],
            ),
            (
                "Every row has a 1 for every id of the block: numpy pairs every place with every id. Each id "
                "belongs to one time step of one stream.",
                _one_at_every_id,
            ),
            (
                "The rows are as long as the largest id of the block asks for. V may be larger: not every character "
                "stands in every block.",
                lambda ids, V: _one_hot(ids, ids.max() + 1),
            ),
        ),
    ),
    "1.2": Exercise(
        right=_count_on_paper(N=1008, B=7, T=12),
        parts=("S", "the number of blocks", "the number of characters that are never an input"),
        mistakes=(
            (
                "This reads all N characters. The last one has nothing after it that could be its target.",
                (144, 12, 0),
            ),
            (
                "These are B and T in each other's place: B is the number of streams, T the length of a block.",
                (83, 11, 84),
            ),
            ("The streams do not fill a twelfth block. Only whole blocks are read.", (143, 12, 0)),
            ("The streams do not fill a twelfth block. Only whole blocks are read.", (143, 12, 7)),
            (
                "A stream has a whole number of characters, and there is a whole number of blocks: round down at each "
                "division, before you go on.",
                (1007 / 7, 1007 / 84, 1),
            ),
            ("The first two are right. 11 is the tail of one stream: there are others.", (143, 11, 11)),
            (
                "The first two are right. The third is short of what comes after the last stream, up to the end of the "
                "text.",
                (143, 11, 77),
            ),
            (
                "The first two are right. The third leaves out the text's last character: it has no target, so it is "
                "never an input either.",
                (143, 11, 83),
            ),
        ),
    ),
    "1.3": Exercise(
        right=_streams,
        cases=_texts(),
        parts=("`inputs`", "`targets`"),
        stub=_each_stream_wraps,
        mistakes=(
            (
                "One target is still wrong, the last of the last stream: it is the text's first character, where the "
                "text itself goes on.",
                _text_wraps,
            ),
            (
                "This adds 1 to the ids. A target is the id of the next character of the text, and that may be any id.",
                lambda ids, B: (_streams(ids, B)[0], _streams(ids, B)[0] + 1),
            ),
            ("Both are right. They are expected in the order inputs, targets.", lambda ids, B: _streams(ids, B)[::-1]),
            (
                "The targets are the inputs themselves. A target is what comes after its input.",
                lambda ids, B: (_streams(ids, B)[0], _streams(ids, B)[0]),
            ),
            ("The targets are two characters further on in the text, not one.", _two_further),
            (
                "Nothing wraps any more, but the last character of every stream has lost its target. The text has one "
                "for it.",
                _last_step_dropped,
            ),
            ("The streams lie flat, shape (B, S). Time runs downwards: shape (S, B).", _streams_along_rows),
            (
                "The text now runs along the rows, from one stream to the next. It has to run down each column.",
                _text_along_rows,
            ),
        ),
    ),
    "1.4": Exercise(
        right=_ADD_ONE - _WITTEN_BELL,
        parts=("order 2", "order 3", "order 4", "order 5"),
        digits=3,
        mistakes=(
            (
                "The signs are turned: add-one minus Witten–Bell, so that below 0 add-one is better.",
                _WITTEN_BELL - _ADD_ONE,
            ),
            (
                "These are the bits of add-one smoothing, and they are right. Now subtract Witten–Bell's.",
                _ADD_ONE,
            ),
            (
                "Too good: the probabilities of the V characters after a context have to add up to 1. Adding 1 to each "
                "of V counts adds more than 1 to their sum.",
                _WITHOUT_V - _WITTEN_BELL,
            ),
            (
                "Add-one is in nats here, Witten–Bell in bits: bits come from the logarithm to base 2.",
                _ADD_ONE * np.log(2) - _WITTEN_BELL,
            ),
            (
                "Both are in nats here. Bits come from the logarithm to base 2.",
                (_ADD_ONE - _WITTEN_BELL) * np.log(2),
            ),
            (
                "Add-one was judged on the text that it was counted from. Ask it about the held-out tenth.",
                _ADD_ONE_ON_TRAINING_TEXT - _WITTEN_BELL,
            ),
        ),
    ),
}
