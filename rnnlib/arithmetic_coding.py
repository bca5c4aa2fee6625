"""Arithmetic coding: a text becomes a file of as many bits as its cross-entropy, and comes back from it exactly.

A text is an interval of [0, 1), and each symbol narrows it to the symbol's own share: the narrower, the less
probable. As soon as the interval lies in one half, one bit is certain and written. Witten, Neal and Cleary (1987);
notebook 12 derives it. All arithmetic is on integers, so that the decoder repeats every step of the encoder.

Probabilities come as tables of cumulative frequencies: [0, 3, 4, 8] gives three symbols the shares 3/8, 1/8 and 4/8.
A predictor is a generator of tables: it yields the next symbol's table and is sent the symbol that came.
"""

import operator
import struct
import zlib
from bisect import bisect_right

import numpy as np

from . import expect, language_model
from .losses import softmax

FULL = 1 << 32  # what the interval is measured in
HALF, QUARTER = FULL // 2, FULL // 4
TOTAL = 1 << 24  # what probabilities are measured in; no table may sum to more than QUARTER


def cumulative(probs):
    """Turn probabilities, (V,), into a table, (V+1,), in which even the least probable symbol has a frequency of 1.

    The total is about TOTAL. ValueError if a probability is negative or NaN, or they do not sum to 1.
    """
    probs = np.asarray(probs, dtype=np.float64)
    if not (probs.ndim == 1 and probs.size and probs.min() >= 0 and abs(probs.sum() - 1) < 1e-6):
        raise ValueError(f"expected probabilities that sum to 1, got {probs}")
    table = np.zeros(len(probs) + 1, dtype=np.int64)
    np.cumsum((probs * (TOTAL - len(probs))).astype(np.int64) + 1, out=table[1:])
    return table


def narrow(low, width, table, i):
    """Narrow the interval [low, low + width) to the share of symbol i: return the new low and width."""
    start, stop, total = int(table[i]), int(table[i + 1]), int(table[-1])
    if not 0 <= start < stop <= total <= QUARTER:
        raise ValueError(f"symbol {i} has no share in a table from {start} to {stop} of {total}")
    start, stop = width * start // total, width * stop // total
    return low + start, stop - start


def encode(symbols, predictor):
    """Encode symbols, an iterable of int, as bytes, with a predictor as fresh as the decoder's will be.

    The code has at most 9 bits more than the symbols' information, but for the rounding of their shares. ValueError if
    a symbol is not in its table, or has no share in it.
    """
    low, width, pending, bits = 0, FULL, 0, bytearray()
    table = next(predictor)
    for i in symbols:
        i = operator.index(i)
        if not 0 <= i < len(table) - 1:
            raise ValueError(f"expected symbols in 0..{len(table) - 2}, got {i}")
        low, width = narrow(low, width, table, i)
        while True:
            if low + width <= HALF:  # in the lower half: the next bit is 0
                bits += b"\0" + b"\1" * pending
                pending = 0
            elif low >= HALF:  # in the upper half: it is 1
                bits += b"\1" + b"\0" * pending
                pending, low = 0, low - HALF
            elif low >= QUARTER and low + width <= HALF + QUARTER:  # in the middle: 01 or 10, the next step will tell
                pending, low = pending + 1, low - QUARTER
            else:
                break
            low, width = 2 * low, 2 * width
        table = predictor.send(i)
    # two bits that name a quarter of the register within the interval
    bits += b"\0" + b"\1" * (pending + 1) if low < QUARTER else b"\1" + b"\0" * (pending + 1)
    return np.packbits(np.frombuffer(bits, dtype=np.uint8)).tobytes()


def decode(code, length, predictor):
    """Decode bytes that `encode` made: an iterator over `length` symbols.

    The predictor has to compute the very same tables as the encoder's: one frequency that differs by 1 is enough, and
    all symbols from there on may be others. ValueError if the code runs out early, or is not used up at the end: it was
    made by another predictor, or is damaged.
    """
    length = expect.whole("length", length, least=0)
    bits = np.unpackbits(np.frombuffer(code, dtype=np.uint8)).tolist() + [0] * 32
    value, read = int("".join(map(str, bits[:32])), 2), 32  # the code's own place; the interval closes in on it
    low, width = 0, FULL
    table = next(predictor)
    for _ in range(length):
        # the largest c for which low + width * c // total, where a share begins, is not above the value
        share = ((value - low + 1) * int(table[-1]) - 1) // width
        i = bisect_right(table, share) - 1
        low, width = narrow(low, width, table, i)
        while True:
            if low + width <= HALF:
                pass
            elif low >= HALF:
                low, value = low - HALF, value - HALF
            elif low >= QUARTER and low + width <= HALF + QUARTER:
                low, value = low - QUARTER, value - QUARTER
            else:
                break
            if read == len(bits):
                raise ValueError("the code ends too early: it was made by another model, or is damaged")
            low, width, value = 2 * low, 2 * width, 2 * value + bits[read]
            read += 1
        yield i
        table = predictor.send(i)
    if len(code) != (read - 32 + 2 + 7) // 8:  # what the encoder wrote: a bit for each doubling, and two
        raise ValueError("the code goes on after the end: it was made by another model, or is damaged")


def from_network(model):
    """Predict with a network, one character at a time, from the zero state: a predictor for `encode` and `decode`."""
    params, _, cell = model
    W_hy, b_y = params["W_hy"], params["b_y"]
    state = language_model.init_state(params, 1, cell=cell)[..., 0, :]  # one stream
    while True:
        logits = cell.hidden(state).dot(W_hy) + b_y
        i = yield cumulative(softmax(logits.astype(np.float64))).tolist()
        state = cell.step(params, i, state)


def from_ngram(model):
    """Predict with an `ngram.NGram`: a predictor for `encode` and `decode`."""
    context = []
    while True:
        context.append((yield cumulative(model.probs(context)).tolist()))
        del context[: max(0, len(context) - model.order + 1)]


def adaptive(vocab_size, order=1):
    """Predict from what has been coded so far, with no training: a predictor for `encode` and `decode`.

    Each context of `order` symbols has a table of its own, in which all symbols begin alike. The one that came
    gains 24; at 2**16, all frequencies are halved, so that old text is forgotten.
    """
    tables, context = {}, 0
    while True:
        if context not in tables:
            tables[context] = np.arange(vocab_size + 1)
        table = tables[context]
        i = yield table
        table[i + 1 :] += 24
        if table[-1] > max(1 << 16, 4 * vocab_size):
            np.cumsum((np.diff(table) + 1) // 2, out=table[1:])
        context = (context * vocab_size + i) % vocab_size**order


def compress(model, text):
    """Compress a text with a trained network, a `checkpoint.Model`: 4 bytes of checksum, 4 of length, and the code.

    ValueError if a character of the text is not in the model's vocabulary, or there are 2**32 or more.
    """
    ids = model.vocab.encode(text).tolist()
    if len(ids) >= 1 << 32:
        raise ValueError(f"expected fewer than 2**32 characters, got {len(ids)}")
    body = struct.pack(">I", len(ids)) + encode(ids, from_network(model))
    return struct.pack(">I", zlib.crc32(body)) + body


def decompress(model, data, *, limit=10_000_000):
    """Restore a text: the same model, and the same arithmetic, as `compress` had.

    ValueError if the data are damaged, or another model or arithmetic made them; or if they claim to be longer than
    `limit`, as nine bytes can, since a character of which the model is certain takes no bits.
    """
    if len(data) < 9 or struct.unpack(">I", data[:4])[0] != zlib.crc32(data[4:]):
        raise ValueError(f"these {len(data)} bytes are damaged, or were not made by compress")
    length = struct.unpack(">I", data[4:8])[0]
    if length > limit:
        raise ValueError(f"the data claim to be {length:,} characters, more than the limit of {limit:,}")
    return model.vocab.decode(decode(data[8:], length, from_network(model)))
