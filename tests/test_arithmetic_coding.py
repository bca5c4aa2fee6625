import itertools
import math
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import arithmetic_coding as coding
from rnnlib import checkpoint, corpus, language_model, losses, rnn
from rnnlib.ngram import NGram
from rnnlib.vocab import Vocab


def fixed(table):
    """Predict the same at every step."""
    while True:
        yield table


def from_list(tables):
    """Predict with a table for each symbol, whatever the symbols are."""
    yield from (table for table in tables)  # a generator, which can be sent something
    while True:
        yield [0, 1]


def information(symbols, tables):
    """The symbols' information in bits, by the tables' own shares."""
    return -sum(math.log2((table[i + 1] - table[i]) / table[-1]) for i, table in zip(symbols, tables, strict=True))


def assert_restored(symbols, predictor):
    """Encode and decode with two fresh predictors; return the code."""
    code = coding.encode(symbols, predictor())
    assert list(coding.decode(code, len(symbols), predictor())) == list(symbols)
    return code


@pytest.fixture(scope="module")
def model():
    return checkpoint.load_model(corpus.DATA / "shakespeare-rnn.npz")


@pytest.fixture(scope="module")
def held_out():
    return corpus.split(corpus.read_text("shakespeare"))[1]


def test_a_code_worked_by_hand():
    # halves: each symbol is one bit, 1 0 1 1; then two bits for the quarter in the middle of nothing, 0 and 1
    assert coding.encode([1, 0, 1, 1], fixed([0, 1, 2])) == bytes([0b10110100])
    # a third time the middle third: [13, 14) / 27 = 0.0111 1011... to 0.1000 0100..., of which 0.10000 0 is a part
    code = coding.encode([1, 1, 1], fixed([0, 1, 2, 3]))
    x = int.from_bytes(code, "big") / 256 ** len(code)
    assert 13 / 27 <= x < 14 / 27 and len(code) == 1


def test_each_code_lies_in_its_texts_own_interval():
    table = [0, 3, 4, 9, 16]
    for symbols in itertools.product(range(4), repeat=4):
        low, width = 0.0, 1.0  # exact: sixteenths of sixteenths of ...
        for i in symbols:
            low, width = low + width * table[i] / 16, width * (table[i + 1] - table[i]) / 16
        code = assert_restored(symbols, lambda: fixed(table))
        first = int.from_bytes(code, "big") / 256 ** len(code)
        assert low <= first < low + width
        assert 8 * len(code) < -math.log2(width) + 2 + 8


@st.composite
def symbols_and_tables(draw):
    """Some symbols, each with a table of its own: shares between one part in 2**30 and nearly all."""
    tables, symbols = [], []
    for _ in range(draw(st.integers(0, 40))):
        size = draw(st.integers(1, 6))
        parts = [draw(st.integers(0, 27)) for _ in range(size)]
        tables.append([0, *itertools.accumulate(2**part + draw(st.integers(0, 2)) for part in parts)])
        symbols.append(draw(st.integers(0, size - 1)))
    return symbols, tables


@given(symbols_and_tables())
def test_any_symbols_with_any_shares_come_back_in_as_many_bits_as_they_have_information(drawn):
    symbols, tables = drawn
    code = assert_restored(symbols, lambda: from_list(tables))
    bits = information(symbols, tables)
    assert bits - 1 < 8 * len(code) <= bits * (1 + 1e-3) + 2 * len(symbols) + 10  # rare symbols: rounded by up to half


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200).filter(any))
def test_every_probability_becomes_a_share(weights):
    probs = np.array(weights) / np.sum(weights)
    table = coding.cumulative(probs)
    shares = np.diff(table)
    assert table[0] == 0 and shares.min() >= 1
    np.testing.assert_allclose(shares / coding.TOTAL, probs, atol=300 / coding.TOTAL)
    assert table[-1] <= coding.TOTAL + len(probs)


@pytest.mark.parametrize("probs", [[0.5, 0.4], [1.5, -0.5], [np.nan, 1], [np.inf, 0]])
def test_what_is_no_distribution_is_refused(probs):
    with pytest.raises(ValueError, match="expected probabilities that sum to 1"):
        coding.cumulative(probs)


@pytest.mark.parametrize(
    ("i", "table", "complaint"),
    [
        (3, [0, 1, 2, 3], "symbols in 0..2, got 3"),
        (-1, [0, 1, 2, 3], "symbols in 0..2, got -1"),
        (1, [0, 1, 1, 3], "symbol 1 has no share"),
        (0, [0, 2, 2**30 + 1], "symbol 0 has no share"),
    ],
)
def test_a_symbol_without_a_share_is_refused(i, table, complaint):
    with pytest.raises(ValueError, match=complaint):
        coding.encode([i], fixed(table))


@pytest.mark.parametrize("name", corpus.NAMES)
def test_whole_texts_come_back_byte_for_byte(name):
    raw = corpus.read_text(name).encode()
    code = assert_restored(raw, lambda: coding.adaptive(256, order=1 if len(raw) > 20_000 else 0))
    assert len(code) < 0.7 * len(raw)


def test_the_adaptive_predictor_beats_zlib_on_shakespeare():
    text = corpus.read_text("shakespeare")[:300_000]
    ids = Vocab.from_text(text).encode(text).tolist()
    code = coding.encode(ids, coding.adaptive(64, order=2))
    assert len(code) < len(zlib.compress(text.encode(), 9))


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("raw", [b"", b"a", b"\0", b"\xff" * 3, b"ab" * 500], ids=repr)
def test_short_and_odd_input_comes_back(raw, order):
    assert len(assert_restored(raw, lambda: coding.adaptive(256, order))) <= len(raw) + 1


def test_one_character_a_million_times_comes_back_small_and_soon():
    began = time.process_time()
    assert len(assert_restored([7] * 1_000_000, lambda: coding.adaptive(64))) < 400
    assert assert_restored([0] * 1_000_000, lambda: fixed([0, 1])) == b"\x40"  # nothing to tell
    # an interval that stays around the middle: every bit is pending until the last
    assert len(assert_restored([1] * 100_000, lambda: fixed([0, 1, 2, 3]))) == math.ceil(math.log2(3) * 12_500)
    assert time.process_time() - began < 60


def test_an_ngram_predicts_as_it_says(held_out):
    ids = np.array(Vocab.from_text(held_out).encode(held_out)).astype(int)
    V = ids.max() + 1
    for order in (1, 3):
        ngram = NGram(ids[:50_000], order, V)
        part = ids[60_000:61_000].tolist()
        code = assert_restored(part, lambda ngram=ngram: coding.from_ngram(ngram))
        first = -math.log2(ngram.probs([])[part[0]])
        assert 8 * len(code) == pytest.approx(first + losses.bits(ngram.evaluate(part)) * 999, rel=1e-3, abs=16)


@pytest.mark.parametrize("name", ["shakespeare", "python"])
def test_the_shipped_networks_restore_their_texts_and_the_size_is_the_cross_entropy(name):
    model = checkpoint.load_model(corpus.DATA / f"{'shakespeare-rnn' if name == 'shakespeare' else 'python-lstm'}.npz")
    text = corpus.split(corpus.read_text(name))[1][:4000]
    data = coding.compress(model, text)
    assert coding.decompress(model, data) == text
    ids = model.vocab.encode(text)
    first = losses.log_softmax(model.params["b_y"].astype(float))[ids[0]]  # the hidden state is zeros
    nats = language_model.evaluate(model.params, ids, cell=model.cell, batch_size=1) * (len(ids) - 1) - first
    assert 8 * len(data) == pytest.approx(losses.bits(nats), rel=1e-3, abs=8 * 10)


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_network_of_each_kind_restores_a_part_of_every_text(name, cell):
    text = corpus.read_text(name)
    vocab = Vocab.from_text(text)
    params = language_model.init_params(len(vocab), 9, cell=cell, rng=np.random.default_rng(0), dtype=np.float32)
    small = checkpoint.Model({key: 3 * array for key, array in params.items()}, vocab, cell)
    part = text[5000:6500]
    assert coding.decompress(small, coding.compress(small, part)) == part


@pytest.mark.parametrize("text", ["", "a", "\n", "zzzz", "a" * 2000])
def test_a_network_restores_short_and_dull_texts(model, text):
    assert coding.decompress(model, coding.compress(model, text)) == text


def test_a_vocabulary_of_one_character_takes_no_bits():
    params = language_model.init_params(1, 2, rng=np.random.default_rng(0))
    single = checkpoint.Model(params, Vocab("a"), rnn)
    data = coding.compress(single, "a" * 5000)
    assert len(data) == 9 and coding.decompress(single, data) == "a" * 5000


def test_a_character_that_the_network_does_not_know_is_refused(model):
    with pytest.raises(ValueError, match="'é' is not in the vocabulary"):
        coding.compress(model, "café")


def test_damage_is_found_at_once(model, held_out):
    data = coding.compress(model, held_out[:300])
    damaged = [data[:k] for k in range(len(data))] + [data + b"\0"]
    damaged += [data[:k] + bytes([data[k] ^ 1 << bit]) + data[k + 1 :] for k in range(len(data)) for bit in range(8)]
    began = time.process_time()
    for wrong in damaged:
        with pytest.raises(ValueError, match="damaged"):
            coding.decompress(model, wrong)
    assert time.process_time() - began < 5


@given(st.binary(max_size=40), st.integers(0, 300))
def test_whatever_the_bytes_decoding_ends(code, length):
    try:
        symbols = list(coding.decode(code, length, coding.adaptive(5)))
    except ValueError as error:
        assert "another model, or is damaged" in str(error)
    else:
        assert len(symbols) == length and set(symbols) <= set(range(5))


def test_another_length_or_a_cut_code_is_not_silently_accepted():
    symbols = np.random.default_rng(0).integers(5, size=200).tolist()
    code = coding.encode(symbols, coding.adaptive(5))
    for wrong, length in [(code[:-1], 200), (code + b"\0", 200), (code, 190), (code, 10**9), (b"", 200)]:
        with pytest.raises(ValueError, match="another model, or is damaged"):
            list(coding.decode(wrong, length, coding.adaptive(5)))


def test_the_last_bit_of_one_weight_decides(model, held_out):
    text = held_out[:1500]
    data = coding.compress(model, text)
    W_hh = model.params["W_hh"].copy()
    W_hh[0, 0] = np.nextafter(W_hh[0, 0], np.float32(9))
    other = model._replace(params=model.params | {"W_hh": W_hh})
    with pytest.raises(ValueError, match="another model"):
        coding.decompress(other, data)
    restored = []
    with pytest.raises(ValueError, match="another model"):
        restored.extend(coding.decode(data[8:], len(text), coding.from_network(other)))


def test_nine_bytes_that_claim_four_billion_characters_are_refused():
    single = checkpoint.Model(language_model.init_params(1, 2, rng=np.random.default_rng(0)), Vocab("a"), rnn)
    body = (2**32 - 1).to_bytes(4, "big") + b"\x40"
    data = zlib.crc32(body).to_bytes(4, "big") + body
    began = time.process_time()
    with pytest.raises(ValueError, match="claim to be 4,294,967,295 characters, more than the limit of 10,000,000"):
        coding.decompress(single, data)
    assert time.process_time() - began < 1
    five = coding.compress(single, "a" * 5)
    assert coding.decompress(single, five, limit=5) == "a" * 5
    with pytest.raises(ValueError, match="more than the limit of 4"):
        coding.decompress(single, five, limit=4)


@pytest.mark.parametrize("wrong", [1.0, "1", None, [1]], ids=repr)
def test_a_symbol_is_a_whole_number_and_so_is_a_length(wrong):
    with pytest.raises(TypeError):
        coding.encode([0, wrong], fixed([0, 1, 2]))
    with pytest.raises(TypeError, match="whole number for length"):
        next(coding.decode(b"\x40", wrong, fixed([0, 1, 2])))
    with pytest.raises(ValueError, match="length of at least 0"):
        next(coding.decode(b"\x40", -1, fixed([0, 1, 2])))


def test_symbols_in_small_integers_do_not_wrap_around():
    symbols = np.array([200, 255, 0, 255, 200] * 3, np.uint8)
    assert coding.encode(symbols, coding.adaptive(256)) == coding.encode(symbols.tolist(), coding.adaptive(256))


@pytest.mark.parametrize("probs", [[], [[0.5, 0.5]], 1.0])
def test_probabilities_are_one_row(probs):
    with pytest.raises(ValueError, match="expected probabilities that sum to 1"):
        coding.cumulative(probs)


def test_a_table_is_of_whole_numbers_and_leaves_the_probabilities_alone():
    probs = np.array([0.25, 0.5, 0.25])
    before = probs.copy()
    table = coding.cumulative(probs)
    assert table.dtype == np.int64 and table.shape == (4,)
    np.testing.assert_array_equal(probs, before)


def slow_adaptive(symbols, vocab_size, order):
    """The tables from the description: a dictionary of frequencies for each context, whole tables halved."""
    seen, context = {}, (0,) * order
    for i in symbols:
        frequencies = seen.setdefault(context, [1] * vocab_size)
        yield [0, *itertools.accumulate(frequencies)]
        frequencies[i] += 24
        if sum(frequencies) > max(1 << 16, 4 * vocab_size):
            frequencies[:] = [(f + 1) // 2 for f in frequencies]
        context = (*context, i)[-order:] if order else ()


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("vocab_size", "length"), [(2, 6000), (5, 6000), (20_000, 60)])
def test_adaptive_tables_are_those_of_the_description(order, vocab_size, length):
    rng = np.random.default_rng(0)
    symbols = np.minimum(rng.geometric(0.3, size=length) - 1, vocab_size - 1).tolist()
    predictor = coding.adaptive(vocab_size, order)
    table = next(predictor)
    for i, expected in zip(symbols, slow_adaptive(symbols, vocab_size, order), strict=True):
        assert list(table) == expected
        table = predictor.send(i)


@pytest.mark.parametrize("V", [1, 2, 1000, 1_114_112])
def test_a_table_holds_every_vocabulary(V):
    for probs in (np.full(V, 1 / V), np.eye(1, V)[0]):
        table = coding.cumulative(probs)
        assert np.diff(table).min() >= 1 and table[-1] <= coding.TOTAL + V < coding.QUARTER
        symbols = [0, V - 1, V // 2]
        assert_restored(symbols, lambda table=table: fixed(table.tolist()))


def test_a_large_adaptive_vocabulary_still_learns():
    """With a limit of 2**16, tables of 20,000 symbols would be halved at every step, and forget all."""
    symbols = [7, 19_999] * 300
    code = assert_restored(symbols, lambda: coding.adaptive(20_000, order=0))
    assert 8 * len(code) < 0.5 * len(symbols) * math.log2(20_000)


def test_the_models_are_left_as_they_were(cell):
    params = language_model.init_params(3, 4, cell=cell, rng=np.random.default_rng(0))
    before = {name: array.copy() for name, array in params.items()}
    small = checkpoint.Model(params, Vocab("abc"), cell)
    coding.decompress(small, coding.compress(small, "abcabc"))
    for name, array in before.items():
        np.testing.assert_array_equal(params[name], array)
    context_free = NGram([0, 1, 2, 0, 1], 2, 3)
    counts = [tuple(part.copy() for part in level) for level in context_free.counts]
    assert_restored([0, 1, 2, 2], lambda: coding.from_ngram(context_free))
    np.testing.assert_equal([tuple(level) for level in context_free.counts], counts)
