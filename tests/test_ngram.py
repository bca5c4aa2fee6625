import math
import time
from collections import Counter, defaultdict

import numpy as np
import pytest

from rnnlib import corpus
from rnnlib.losses import bits
from rnnlib.ngram import NGram
from rnnlib.vocab import Vocab


class SlowNGram:
    """Witten-Bell interpolation from the definition: one dictionary of counters, one recursion."""

    def __init__(self, ids, order, vocab_size):
        self.order, self.vocab_size, self.after = order, vocab_size, defaultdict(Counter)
        for k in range(order):
            for i in range(k, len(ids)):
                self.after[tuple(ids[i - k : i])][ids[i]] += 1

    def prob(self, context, i):
        context = context[max(0, len(context) - self.order + 1) :]
        lower = self.prob(context[1:], i) if context else 1 / self.vocab_size
        seen = self.after[tuple(context)]
        c, u = sum(seen.values()), len(seen)
        return (seen[i] + u * lower) / (c + u) if c else lower


ABRACADABRA = [0, 1, 4, 0, 2, 0, 3, 0, 1, 4, 0]
V = 6  # character 5 never occurs


@pytest.fixture(params=[1, 2, 3, 5])
def models(request):
    order = request.param
    return NGram(np.array(ABRACADABRA, dtype=np.uint8), order, V), SlowNGram(ABRACADABRA, order, V)


CONTEXTS = [[], [0], [5], [1, 4], [5, 0], [4, 0, 2], [0, 1, 4, 0], [3, 0, 1, 4, 0], [0, 2, 0, 3, 0, 1, 4]]


@pytest.mark.parametrize("context", CONTEXTS, ids=str)
def test_probabilities_are_those_of_the_definition_and_sum_to_one(models, context):
    model, slow = models
    probs = model.probs(context)
    np.testing.assert_allclose(probs, [slow.prob(context, i) for i in range(V)], rtol=1e-14)
    assert probs.sum() == pytest.approx(1, abs=1e-14)


def test_each_target_gets_what_its_context_promises(models):
    model, slow = models
    ids = [3, 0, 1, 4, 0, 5, 5, 0, 1, 2, 0, 3, 0, 1]
    got = model.target_probs(np.array(ids, dtype=np.uint8))
    np.testing.assert_allclose(got, [slow.prob(ids[:i], ids[i]) for i in range(1, len(ids))], rtol=1e-14)
    np.testing.assert_allclose(got, [model.probs(ids[:i])[ids[i]] for i in range(1, len(ids))], rtol=1e-14)
    assert model.evaluate(np.array(ids)) == pytest.approx(-sum(math.log(p) for p in got) / len(got))


def test_a_text_shorter_than_the_order_is_scored(models):
    model, slow = models
    assert model.target_probs(np.array([0, 1])) == pytest.approx([slow.prob([0], 1)])


def test_one_context_worked_by_hand():
    # "aab" over {a, b, c}: unigrams (2, 1, 0) of 3, two kinds; after a: a once, b once, two kinds.
    a, b, c = (2 + 2 / 3) / 5, (1 + 2 / 3) / 5, (0 + 2 / 3) / 5
    model = NGram(np.array([0, 0, 1]), 2, 3)
    np.testing.assert_allclose(model.probs([]), [a, b, c])
    np.testing.assert_allclose(model.probs([0]), [(1 + 2 * a) / 4, (1 + 2 * b) / 4, (0 + 2 * c) / 4])


@pytest.mark.parametrize(
    ("order", "vocab_size", "complaint"),
    [
        (0, 2, "got 0"),
        (101, 2, "1 to 100.*got 101"),
        (63, 2, "order 63 is too high for 2 characters"),
        (4, 70_000, "order 4 is too high for 70000 characters"),
    ],
)
def test_an_order_that_cannot_be_counted_is_refused(order, vocab_size, complaint):
    with pytest.raises(ValueError, match=complaint):
        NGram(np.array([0, 1] * 50), order, vocab_size)


@pytest.mark.parametrize("length", [62, 100])
def test_the_highest_order_that_can_be_counted(length):
    ids = [0, 1] * (length // 2)
    model, slow = NGram(np.array(ids), 62, 2), SlowNGram(ids, 62, 2)
    for context in (ids, ids[1:]):
        np.testing.assert_allclose(model.probs(context), [slow.prob(context, i) for i in range(2)], rtol=1e-12)


def test_five_grams_on_shakespeare_take_2597_millibits_and_little_time():
    text = corpus.read_text("shakespeare")
    train, validation = corpus.split(Vocab.from_text(text).encode(text))
    began = time.process_time()
    nats = NGram(train, 5, 64).evaluate(validation)
    assert time.process_time() - began < 20
    assert bits(nats) == pytest.approx(2.597, abs=0.001)


def test_probabilities_are_in_double_precision_and_the_text_is_left_alone(models):
    model, _ = models
    ids = np.array(ABRACADABRA, dtype=np.uint8)
    before = ids.copy()
    assert model.probs(ids).dtype == model.target_probs(ids).dtype == np.float64
    assert type(model.evaluate(ids)) is float
    np.testing.assert_array_equal(ids, before)


def test_a_context_in_small_integers_does_not_wrap_around():
    """V = 200: the code of three ids is near eight million, far beyond what a uint8 holds."""
    ids = np.random.default_rng(0).integers(190, 200, size=500).astype(np.uint8)
    model, slow = NGram(ids, 4, 200), SlowNGram(ids.tolist(), 4, 200)
    context = ids[100:103]
    expected = [slow.prob(context.tolist(), i) for i in range(200)]
    for given in (context, context.tolist(), context.astype(np.int16), ids[:103]):
        np.testing.assert_allclose(model.probs(given), expected, rtol=1e-12)
    wanted = [slow.prob(ids[:i].tolist(), int(ids[i])) for i in range(1, len(ids))]
    np.testing.assert_allclose(model.target_probs(ids), wanted, rtol=1e-12)
