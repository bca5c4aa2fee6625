"""From one long text to what a training step reads: blocks of B parallel streams, T time steps each.

The text is cut into B equally long streams that are read side by side. A block takes the next T characters of
every stream; its targets are the same characters one later. Stream b of the next block continues stream b of this
one, so that a hidden state can be carried from block to block. Drawn in notebook 01.
"""

import numpy as np

from . import expect


def count_blocks(ids, batch_size, block_length):
    """Return how many whole blocks the ids hold: the steps of one pass over the text (an epoch)."""
    return (len(ids) - 1) // batch_size // block_length


def blocks(ids, batch_size, block_length, *, start=0, partial=False):
    """Yield the blocks of one pass over the text, in order.

    Parameters
    ----------
    ids : int ndarray of shape (N,)
    batch_size : int
        B, the number of parallel streams.
    block_length : int
        T, time steps in a block.
    start : int, default 0
        The number of the first block to yield, to carry on in the middle of a text.
    partial : bool, default False
        Whether to yield what is left of the streams after the last whole block, a shorter one. The fewer
        than B characters that are left when N - 1 is divided by B are always dropped; no target wraps.

    Yields
    ------
    inputs, targets : int ndarrays of shape (T, B)
        `targets[t, b]` is the character that follows `inputs[t, b]` in the text.

    Raises
    ------
    ValueError
        If `batch_size` or `block_length` is below 1, or the text is too short for one block.
    """
    ids = expect.ids(ids, axes="N")
    batch_size, block_length = expect.whole("batch_size", batch_size), expect.whole("block_length", block_length)
    start = expect.whole("start", start, least=0)
    length = (len(ids) - 1) // batch_size  # characters in a stream
    last = length if partial else length - block_length + 1
    if last < 1:
        raise ValueError(
            f"a text of {len(ids)} characters is too short for {batch_size} streams of {block_length}: "
            f"expected at least {batch_size * (1 if partial else block_length) + 1}"
        )
    inputs = ids[: batch_size * length].reshape(batch_size, length).T  # (length, B)
    targets = ids[1 : batch_size * length + 1].reshape(batch_size, length).T
    for t in range(start * block_length, last, block_length):
        yield inputs[t : t + block_length].astype(np.intp), targets[t : t + block_length].astype(np.intp)
