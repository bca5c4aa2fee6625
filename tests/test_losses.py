import math

import numpy as np
import pytest
import reference

from rnnlib import losses


@pytest.fixture
def logits(rng):
    return rng.standard_normal((3, 2, 5))  # (T, B, V)


@pytest.fixture
def targets():
    return np.array([[4, 0], [0, 2], [4, 4]])


def test_softmax_is_the_definition(logits):
    expected = np.exp(logits) / np.exp(logits).sum(axis=-1)[..., None]
    np.testing.assert_allclose(losses.softmax(logits), expected, rtol=1e-14)
    np.testing.assert_allclose(losses.log_softmax(logits), np.log(expected), rtol=1e-14)


def test_a_row_of_huge_logits_leaves_its_neighbours_alone():
    logits = np.array([[1000.0, 1001.0], [0.0, 1.0], [-1000.0, -999.0]])
    expected = np.tile([1, math.e], (3, 1)) / (1 + math.e)
    np.testing.assert_allclose(losses.softmax(logits), expected, rtol=1e-12)
    np.testing.assert_allclose(losses.log_softmax(logits), np.log(expected), rtol=1e-12)


@pytest.mark.parametrize("size", [1000, 1e300])
def test_huge_logits_neither_overflow_nor_vanish(size):
    z = np.array([size, 0, -size])
    assert losses.softmax(z).tolist() == [1, 0, 0]
    assert losses.log_softmax(z).tolist() == [0, -size, -2 * size]
    loss, dlogits = losses.cross_entropy(z[None], np.array([1]))
    assert loss == size
    assert dlogits.tolist() == [[1, -1, 0]]


def test_a_shift_of_all_logits_changes_nothing(logits):
    np.testing.assert_allclose(losses.softmax(logits + 300), losses.softmax(logits), rtol=1e-12)
    np.testing.assert_allclose(losses.log_softmax(logits + 300), losses.log_softmax(logits), rtol=1e-12)


def test_equal_logits_cost_ln_V():
    loss, _ = losses.cross_entropy(np.full((7, 12), 3.0), np.arange(7))
    assert loss == pytest.approx(math.log(12), rel=1e-15)


def test_cross_entropy_is_minus_the_mean_log_probability_of_the_targets(logits, targets):
    loss, _ = losses.cross_entropy(logits, targets)
    assert isinstance(loss, float)
    assert loss == pytest.approx(reference.mean_loss(logits, targets), rel=1e-14)


def test_the_gradient_is_p_minus_y_over_the_number_of_targets(logits, targets):
    _, dlogits = losses.cross_entropy(logits, targets)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1)[..., None]
    np.testing.assert_allclose(dlogits, (p - np.eye(5)[targets]) / 6, rtol=1e-13)


def test_the_gradient_is_the_derivative_of_the_loss(logits, targets):
    _, dlogits = losses.cross_entropy(logits, targets)
    numeric = reference.imaginary_gradient(lambda z: reference.mean_loss(z, targets), logits)
    np.testing.assert_allclose(dlogits, numeric, rtol=1e-13)


def test_the_logits_are_left_as_they_were(logits, targets):
    before = logits.copy()
    losses.cross_entropy(logits, targets)
    losses.softmax(logits)
    losses.log_softmax(logits)
    np.testing.assert_array_equal(logits, before)


def test_a_single_row_takes_a_single_target():
    z = np.array([1.0, 2.0, 0.5, -1.0])
    loss, dlogits = losses.cross_entropy(z, 2)
    assert loss == pytest.approx(math.log(sum(math.exp(k) for k in z)) - 0.5)
    assert dlogits.shape == (4,)


def test_float32_stays_float32(logits, targets):
    _, dlogits = losses.cross_entropy(logits.astype(np.float32), targets)
    assert dlogits.dtype == losses.softmax(logits.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("targets", "complaint"),
    [
        ([[0, 1], [2, 3], [4, 5]], r"0\.\.4"),
        ([[0, 1], [2, 3], [4, -1]], r"0\.\.4"),
        ([0, 1, 2], r"\(3,\) do not fit .*\(3, 2, 5\)"),
        ([[0, 1, 2], [3, 4, 0]], r"\(2, 3\) do not fit"),
    ],
    ids=["above", "below", "one axis", "transposed"],
)
def test_targets_that_do_not_belong_are_refused(logits, targets, complaint):
    with pytest.raises(ValueError, match=complaint):
        losses.cross_entropy(logits, np.array(targets))


def test_no_targets_are_refused():
    with pytest.raises(ValueError, match="at least 1 ids"):
        losses.cross_entropy(np.empty((0, 5)), np.empty(0, dtype=int))


def test_a_coin_is_one_bit_and_V_equal_characters_have_perplexity_V():
    assert losses.bits(math.log(2)) == 1
    assert losses.bits(math.log(64)) == pytest.approx(6)
    assert losses.perplexity(math.log(64)) == pytest.approx(64)


def test_each_row_is_shifted_by_its_own_largest_logit():
    """With the whole block's largest, the rows below it would have probability 0 everywhere, and a loss of infinity."""
    logits = np.array([[1000.0, 1001.0], [0.0, 1.0], [-1000.0, -999.0]])
    loss, dlogits = losses.cross_entropy(logits, np.array([0, 0, 1]))
    p = math.e / (1 + math.e)
    assert loss == pytest.approx(-(2 * math.log(1 - p) + math.log(p)) / 3, rel=1e-12)
    np.testing.assert_allclose(dlogits, [[-p / 3, p / 3], [-p / 3, p / 3], [(1 - p) / 3, (p - 1) / 3]], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
def test_probabilities_and_gradients_have_the_type_of_the_logits(logits, targets, dtype):
    z = logits.astype(dtype)
    loss, dlogits = losses.cross_entropy(z, targets)
    assert {dlogits.dtype, losses.softmax(z).dtype, losses.log_softmax(z).dtype} == {np.dtype(dtype)}
    assert type(loss) is (complex if dtype is np.complex128 else float)


def test_lists_of_logits_do_as_well(logits, targets):
    np.testing.assert_array_equal(losses.softmax(logits.tolist()), losses.softmax(logits))
    np.testing.assert_array_equal(losses.log_softmax(logits.tolist()), losses.log_softmax(logits))
    ours, expected = losses.cross_entropy(logits.tolist(), targets.tolist()), losses.cross_entropy(logits, targets)
    np.testing.assert_equal(ours, expected)


def test_the_targets_are_left_as_they_were(logits, targets):
    before = targets.copy()
    losses.cross_entropy(logits, targets)
    np.testing.assert_array_equal(targets, before)
