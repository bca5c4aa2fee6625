import math

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import lstm, rnn, sampling
from rnnlib.vocab import Vocab

PROBS = np.array([0.05, 0.5, 0.15, 0.3])  # likeliest first: 1, 3, 2, 0
LOGITS = np.log(PROBS) + 7
VOCAB = Vocab("abcde")  # as many characters as `network` has


class Loaded:
    """A generator that always draws the same number."""

    def __init__(self, number):
        self.number = number

    def random(self):
        return self.number


@pytest.fixture
def constant_params(rng):
    """A network that always predicts the same: no weight leads to its output."""
    probs = np.array([0.1, 0.4, 0.2, 0.05, 0.25])
    return {**rnn.init_params(5, 4, rng=rng), "W_hy": np.zeros((4, 5)), "b_y": np.log(probs)}, probs


def write(params, **settings):
    rng = settings.pop("rng", np.random.default_rng(0))
    return "".join(sampling.generate(params, VOCAB, rng=rng, **settings))


# --- The distribution --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.3, 0.5, 1, 2, 5])
def test_temperature_raises_the_probabilities_to_a_power(temperature):
    power = PROBS ** (1 / temperature)
    np.testing.assert_allclose(
        sampling.next_probs(LOGITS, temperature=temperature), power / power.sum(), rtol=1e-12
    )


@pytest.mark.parametrize("temperature", [0, 1e-4, 1e-300, 5e-324])
def test_towards_zero_only_the_likeliest_is_left(temperature):
    assert sampling.next_probs(LOGITS, temperature=temperature).tolist() == [0, 1, 0, 0]


def test_at_a_high_temperature_all_are_alike():
    np.testing.assert_allclose(sampling.next_probs(LOGITS, temperature=1e12), 0.25, rtol=1e-10)


def test_greedy_takes_the_first_of_equals():
    assert sampling.next_probs(np.array([1.0, 3.0, 3.0]), temperature=0).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"top_k": 1}, [1]),
        ({"top_k": 3}, [1, 3, 2]),
        ({"top_k": 4}, [1, 3, 2, 0]),
        ({"top_p": 0.01}, [1]),
        ({"top_p": 0.49}, [1]),
        ({"top_p": 0.51}, [1, 3]),
        ({"top_p": 0.79}, [1, 3]),
        ({"top_p": 0.81}, [1, 3, 2]),
        ({"top_p": 1}, [1, 3, 2, 0]),
        ({"top_k": 2, "top_p": 0.99}, [1, 3]),
        ({"top_k": 2, "top_p": 0.6}, [1]),  # of the two that top-k left, the first has 0.5 / 0.8
        ({"top_k": 3, "top_p": 0.1}, [1]),
    ],
    ids=str,
)
def test_the_cut_keeps_the_likeliest_and_scales_them_to_one(settings, kept):
    expected = np.zeros(4)
    expected[kept] = PROBS[kept] / PROBS[kept].sum()
    np.testing.assert_allclose(sampling.next_probs(LOGITS, **settings), expected, rtol=1e-12)


@pytest.mark.parametrize(("temperature", "kept"), [(0.5, [1]), (1, [1, 3]), (4, [1, 3, 2])])
def test_temperature_comes_before_the_cut(temperature, kept):
    probs = sampling.next_probs(LOGITS, temperature=temperature, top_p=0.65)
    assert set(np.flatnonzero(probs)) == set(kept)


def test_top_k_keeps_exactly_k_of_equals():
    assert sampling.next_probs(np.zeros(5), top_k=2).tolist() == [0.5, 0.5, 0, 0, 0]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12),
    st.floats(0, 1e3),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(0, 1, exclude_min=True),
)
def test_whatever_the_settings_it_is_a_distribution_in_the_order_of_the_logits(logits, temperature, part, top_p):
    V = len(logits)
    top_k = None if part is None else max(1, round(part * V))
    probs = sampling.next_probs(np.array(logits), temperature=temperature, top_k=top_k, top_p=top_p)
    assert probs.shape == (V,)
    assert (probs >= 0).all()
    assert probs.sum() == pytest.approx(1, abs=1e-12)
    assert np.count_nonzero(probs) <= (top_k or V)
    assert (np.diff(probs[np.argsort(logits)]) >= 0).all() or top_k or top_p or temperature == 0  # ties are cut
    assert probs[np.argmax(logits)] == probs.max()


# --- The text ----------------------------------------------------------------------------------------------------


def test_frequencies_are_the_probabilities(constant_params):
    params, probs = constant_params
    text = write(params, length=20_000)
    found = np.array([text.count(char) for char in VOCAB.chars]) / 20_000
    assert (np.abs(found - probs) < 4.5 * np.sqrt(probs * (1 - probs) / 20_000)).all()


@pytest.mark.parametrize("cut", [{"top_k": 2}, {"top_p": 0.6}])
def test_what_is_cut_off_is_never_drawn(constant_params, cut):
    assert set(write(constant_params[0], length=2000, **cut)) == {"b", "e"}


@pytest.mark.parametrize(("number", "char"), [(0.0, "a"), (0.0999, "a"), (0.1001, "b"), (0.4999, "b"), (0.5001, "c"),
                                              (0.7501, "e"), (0.9999, "e")])  # fmt: skip
def test_a_draw_falls_into_the_interval_of_its_character(constant_params, number, char):
    assert write(constant_params[0], length=1, rng=Loaded(number)) == char


@pytest.mark.parametrize("number", [0.0, math.nextafter(1, 0)], ids=["smallest", "largest"])
def test_the_smallest_and_the_largest_draw_give_a_possible_character(constant_params, number, rng):
    for _ in range(30):
        params = {**constant_params[0], "b_y": rng.permutation([0, 0.1, 0.3, -1, -2])}
        char = write(params, length=1, top_k=3, rng=Loaded(number))
        assert params["b_y"][VOCAB.chars.index(char)] >= 0, "of the three likeliest"


@pytest.mark.parametrize("prompt", ["", "a", "badcab"])
@pytest.mark.parametrize("seed", range(5))
def test_greedy_text_is_what_the_equations_write(cell, draw_network, prompt, seed):
    params = draw_network(V=5, H=4, T=1, B=1, seed=seed).params
    ids, state = [], cell.init_state(1, 4)
    logits = params["b_y"]  # what is expected before anything has been read
    for step in range(len(prompt) + 30):
        ids.append(VOCAB.chars.index(prompt[step]) if step < len(prompt) else int(np.argmax(logits)))
        _, ((logits,),), state = reference.batch_forward(params, np.array([[ids[-1]]]), state)
    assert prompt + write(params, length=30, prompt=prompt, temperature=0, cell=cell) == VOCAB.decode(ids)


def test_a_drawn_character_is_read_before_the_next_is_drawn(cell, network):
    """Compare the frequencies of pairs with the product of two predictions from the equations."""
    draws, z0 = 4000, network.params["b_y"]
    first = np.exp(z0) / np.exp(z0).sum()
    _, logits, _ = reference.batch_forward(network.params, np.arange(5)[None], cell.init_state(5, 4))
    second = np.exp(logits[0]) / np.exp(logits[0]).sum(axis=-1)[:, None]
    expected = first[:, None] * second
    rng, found = np.random.default_rng(0), np.zeros((5, 5))
    for _ in range(draws):
        found[tuple(VOCAB.encode(write(network.params, length=2, rng=rng, cell=cell)))] += 1 / draws
    assert (np.abs(found - expected) < 4.5 * np.sqrt(expected * (1 - expected) / draws)).all()


def test_the_seed_decides_the_text(cell, network):
    first, same, other = (
        write(network.params, length=50, rng=np.random.default_rng(seed), cell=cell) for seed in (1, 1, 2)
    )
    assert first == same
    assert first != other


@pytest.mark.parametrize("length", [0, 1, 7])
def test_the_text_has_the_length_that_was_asked_for(cell, network, length):
    assert len(write(network.params, length=length, prompt="ab", cell=cell)) == length


def test_writing_changes_no_parameter(cell, network):
    before = {name: array.copy() for name, array in network.params.items()}
    write(network.params, length=20, cell=cell)
    for name, array in before.items():
        np.testing.assert_array_equal(network.params[name], array)


# --- What cannot be asked for ------------------------------------------------------------------------------------

BAD = [("temperature", value) for value in (-1, -1e-9, math.inf, math.nan)]
BAD += [("top_k", value) for value in (0, -1, 6)]
BAD += [("top_p", value) for value in (0, -0.5, 1.001, math.inf, math.nan)]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_setting_out_of_its_range_is_refused_at_once_and_named(constant_params, name, value):
    complaint = f"{name.replace('_', '-')}.*got {value}"
    with pytest.raises(ValueError, match=complaint):
        sampling.next_probs(np.zeros(5), **{name: value})
    with pytest.raises(ValueError, match=complaint):
        sampling.generate(constant_params[0], VOCAB, length=5, rng=np.random.default_rng(0), **{name: value})


def test_a_prompt_with_an_unknown_character_is_refused_at_once(constant_params):
    with pytest.raises(ValueError, match="'z'.*'abcde'"):
        sampling.generate(constant_params[0], VOCAB, length=5, rng=np.random.default_rng(0), prompt="abz")


def test_a_negative_length_is_refused_at_once(constant_params):
    with pytest.raises(ValueError, match="length of at least 0, got -1"):
        sampling.generate(constant_params[0], VOCAB, length=-1, rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", ["top_k", "length"])
@pytest.mark.parametrize("value", [2.0, "2", True], ids=repr)
def test_a_count_is_a_whole_number(constant_params, name, value):
    with pytest.raises(TypeError, match=f"whole number for {name.replace('_', '-')}, got"):
        write(constant_params[0], **{"length": 5, name: value})


def test_a_vocabulary_of_another_size_is_refused(constant_params):
    with pytest.raises(ValueError, match="the network's 5 characters, got 4"):
        sampling.generate(constant_params[0], Vocab("abcd"), length=5, rng=np.random.default_rng(0))


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_logits_that_are_no_numbers_are_refused(wrong):
    for settings in ({}, {"temperature": 0}, {"top_k": 2}, {"top_p": 0.5}):
        with pytest.raises(ValueError, match=f"expected finite logits, got {wrong}: .* too large"):
            sampling.next_probs([0, wrong, 1], **settings)
    with pytest.raises(ValueError, match="expected finite logits, got -inf"):
        sampling.next_probs([-math.inf, -math.inf])


@pytest.mark.parametrize("cell", [rnn, lstm])
def test_a_network_with_weights_too_large_says_so_instead_of_writing(cell, network):
    params = {name: np.full_like(array, 1e308) for name, array in network.params.items()}
    params["W_hy"][:, ::2] *= -1
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="weights are too large"):
        write(params, length=20, cell=cell)


def test_a_character_that_cannot_come_has_a_logit_of_minus_infinity():
    assert sampling.next_probs([0, -math.inf, 0]).tolist() == [0.5, 0, 0.5]


@pytest.mark.parametrize("settings", [{"temperature": 0}, {"top_k": 1}, {"top_p": 1e-9}], ids=str)
@pytest.mark.parametrize("difference", [5e-324, 1e-310, 2.78e-17, 1e-16])
def test_the_larger_logit_is_the_likelier_however_small_the_difference(settings, difference):
    assert sampling.next_probs([0, difference], **settings).tolist() == [0, 1]
    assert sampling.next_probs([difference, 0], **settings).tolist() == [1, 0]
    assert sampling.next_probs([-1, 0, -difference], **settings).tolist() == [0, 1, 0]


@pytest.mark.parametrize("settings", [{}, {"temperature": 0}, {"top_k": 2}, {"top_p": 0.7}], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_are_in_double_precision_and_the_logits_left_alone(settings, dtype):
    logits = LOGITS.astype(dtype)
    before = logits.copy()
    assert sampling.next_probs(logits, **settings).dtype == np.float64
    np.testing.assert_array_equal(logits, before)


def test_a_draw_leaves_the_probabilities_alone_and_is_pythons_own_integer(rng):
    probs = PROBS.copy()
    drawn = [sampling.draw(probs, rng) for _ in range(1000)]
    assert {type(i) for i in drawn} == {int} and set(drawn) == {0, 1, 2, 3}
    np.testing.assert_array_equal(probs, PROBS)
