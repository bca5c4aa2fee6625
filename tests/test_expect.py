"""What is no id, no size or no number is refused wherever it comes in, with what was expected and what came."""

import math
from fractions import Fraction

import numpy as np
import pytest

from rnnlib import corpus, expect, language_model, losses, ngram, rnn, training
from rnnlib.batches import blocks
from rnnlib.vocab import Vocab

V = 4
VOCAB = Vocab("abcd")
PARAMS = language_model.init_params(V, 3, rng=np.random.default_rng(0))
MODEL = ngram.NGram([0, 1, 2, 3, 0, 1], 2, V)
RECIPE = training.Recipe(3, 1, 2, 2, "SGD", 0.1)


def run():
    return training.start(RECIPE, V, rng=np.random.default_rng(0))


FROM_TEXT = {  # what takes the ids of a text
    "Vocab.decode": VOCAB.decode,
    "blocks": lambda ids: next(blocks(ids, 1, 2)),
    "NGram": lambda ids: ngram.NGram(ids, 2, V).target_probs([0, 1, 2]),
    "NGram.probs": MODEL.probs,
    "NGram.target_probs": MODEL.target_probs,
    "NGram.evaluate": MODEL.evaluate,
    "training.train": lambda ids: next(training.train(run(), ids)),
    "evaluate": lambda ids: language_model.evaluate(PARAMS, ids),
    "evaluate, after": lambda ids: language_model.evaluate(PARAMS, [0, 1, 2], after=ids),
}
FROM_BLOCK = {  # what takes a block of them, (T, B)
    "forward": lambda ids: language_model.forward(PARAMS, ids)[0],
    "inputs": lambda ids: language_model.loss_and_grads(PARAMS, ids, [[0, 1], [2, 3]]),
    "targets": lambda ids: language_model.loss_and_grads(PARAMS, [[0, 1], [2, 3]], ids),
    "cross_entropy": lambda ids: losses.cross_entropy(np.zeros((2, 2, V)), ids),
}
ALL = FROM_TEXT | FROM_BLOCK


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("values", "got"),
    [
        ("abca", "text: 'abca'"),
        (["a", "b", "c"], "text: "),
        ([b"a", b"b"], "bytes: "),
        ([0.0, 1.0, 2.0], "floating-point numbers: "),
        (np.array([0.5, 1.5, 2.5]), "floating-point numbers: "),
        ([True, False, True], "booleans: "),
        ([1j, 2, 3], "complex numbers: "),
        ([None, 1, 2], "object: "),
        (None, "object: None"),
    ],
    ids=str,
)
def test_what_is_no_whole_number_is_no_id(name, values, got):
    if values is None and name in ("Vocab.decode", "evaluate, after"):
        pytest.skip("not iterable; the default")
    with pytest.raises(TypeError, match="expected ids, whole numbers as Vocab.encode gives them, got " + got):
        ALL[name](values)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int64, np.uint64])
@pytest.mark.parametrize("name", ALL)
def test_a_list_and_every_integer_type_do_as_well(name, dtype):
    values = [[0, 1], [2, 3]] if name in FROM_BLOCK else [0, 1, 2, 3]
    np.testing.assert_equal(ALL[name](np.array(values, dtype)), ALL[name](values))


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"blocks"}))
@pytest.mark.parametrize("wrong", [-1, V, 10**6])
def test_an_id_outside_the_vocabulary_is_named(name, wrong):
    values = [[0, 1], [wrong, 3]] if name in FROM_BLOCK else [0, wrong, 2, 3]
    with pytest.raises(ValueError, match=f"expected ids in 0..3, got {wrong}"):
        ALL[name](values)


@pytest.mark.parametrize("name", FROM_TEXT)
@pytest.mark.parametrize("shape", [(), (2, 2)])
def test_a_text_has_one_axis(name, shape):
    with pytest.raises((ValueError, TypeError), match="shape|not iterable"):
        FROM_TEXT[name](np.zeros(shape, int))


@pytest.mark.parametrize("name", FROM_TEXT)
def test_rows_of_different_lengths_are_no_text(name):
    with pytest.raises(ValueError, match="inhomogeneous"):
        FROM_TEXT[name]([[1, 2], [3]])


@pytest.mark.parametrize("shape", [(), (3,), (2, 2, 2), (0, 2), (2, 0)])
def test_a_block_has_two_axes_and_something_in_it(shape):
    with pytest.raises(ValueError, match=rf"at least 1 ids of shape \(T, B\), got .*\({', '.join(map(str, shape))}"):
        language_model.forward(PARAMS, np.zeros(shape, int))


@pytest.mark.parametrize("name", ["NGram.target_probs", "NGram.evaluate", "evaluate"])
@pytest.mark.parametrize("ids", [[], [1]])
def test_a_text_with_nothing_to_predict_has_no_score(name, ids):
    with pytest.raises(ValueError, match=f"text of at least 2 characters to .*, got {len(ids)}"):
        FROM_TEXT[name](ids)


def test_small_integers_never_wrap_around():
    """Whatever holds the ids: the same n-gram probabilities, losses and gradients."""
    text = corpus.read_text("dinosaurs")
    vocab = Vocab.from_text(text)
    ids = vocab.encode(text)
    assert ids.dtype == np.uint8
    model = ngram.NGram(ids, np.uint8(5), np.uint8(len(vocab)))
    context = vocab.encode("saur")
    expected = ngram.NGram(ids.astype(int), 5, len(vocab)).probs(context.tolist())
    np.testing.assert_array_equal(model.probs(context), expected)
    assert model.probs(context)[vocab.chars.index("u")] != 0.9  # not a constant
    assert model.evaluate(ids) == ngram.NGram(ids.astype(int), 5, len(vocab)).evaluate(ids.astype(int))
    small = np.array([[100, -100], [-128, 127]], np.int8)
    np.testing.assert_array_equal(losses.softmax(small), losses.softmax(small.astype(float)))
    np.testing.assert_array_equal(losses.log_softmax(small), losses.log_softmax(small.astype(float)))
    np.testing.assert_equal(losses.cross_entropy(small, [1, 0]), losses.cross_entropy(small.astype(float), [1, 0]))


SIZES = {
    "hidden_size": lambda size: rnn.init_params(4, size, rng=np.random.default_rng(0)),
    "vocab_size": lambda size: rnn.param_shapes(size, 4),
    "batch_size": lambda size: next(blocks(range(9), size, 2)),
    "block_length": lambda size: next(blocks(range(9), 2, size)),
    "order": lambda size: ngram.NGram([0, 1], size, 2),
}


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("size", [2.0, "2", True, None, np.float64(2), [2], Fraction(2)], ids=repr)
def test_a_size_is_a_whole_number(name, size):
    with pytest.raises(TypeError, match=f"expected a whole number for {name}, got "):
        SIZES[name](size)


@pytest.mark.parametrize("name", sorted(SIZES.keys() - {"order"}))
def test_a_size_is_at_least_one_and_numpys_will_do(name):
    SIZES[name](np.int16(2))
    with pytest.raises(ValueError, match=f"expected {name} of at least 1, got 0"):
        SIZES[name](0)


def test_a_number_becomes_pythons_own():
    for given in (2, 2.0, np.int8(2), np.float32(2)):
        assert type(expect.number("rate", given)) is float and expect.number("rate", given) == 2
    for wrong in ("2", True, np.bool_(True), 2j, None, [2.0]):
        with pytest.raises(TypeError, match="expected a number for rate, got "):
            expect.number("rate", wrong)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_what_cannot_be_computed_with_is_named(dtype):
    expect.computable("W", np.array([-60_000, 60_000], dtype))
    expect.computable("W", np.empty(0, dtype))
    for wrong in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="W holds a number that is not finite, or is beyond 1e"):
            expect.computable("W", np.array([0, wrong, 1], dtype))
        with pytest.raises(ValueError, match="W holds a number that is not finite$"):
            expect.computable("W", np.array([0, wrong, 1], dtype), math.inf)
    for wrong in (1e21, -1e21):
        with pytest.raises(ValueError, match="beyond 1e"):
            expect.computable("W", np.array([0, wrong]))
        expect.computable("W", np.array([0, wrong]), math.inf)
