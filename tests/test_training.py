import itertools
import json
import math
from dataclasses import FrozenInstanceError, asdict, replace

import numpy as np
import pytest
import reference

from rnnlib import corpus, language_model, optim, training
from rnnlib.vocab import Vocab

SMALL = training.Recipe(
    hidden_size=6, batch_size=2, block_length=5, steps=8, optimizer="SGD", learning_rate=0.1,
)  # fmt: skip
STILL = replace(SMALL, learning_rate=1e-300)  # too little to move any parameter
TEXT = Vocab.from_text("abcdefg").encode("gabcdefgabdcfegbacdfgeabcdefgfedcbagfacebedfagdecaf")  # 51 characters


def start(recipe, seed=0, **changes):
    return training.start(recipe, 7, rng=np.random.default_rng(seed), **changes)


def copied(params):
    return {name: array.copy() for name, array in params.items()}


# --- The classic recipe is the 2015 script -----------------------------------------------------------------------


# A last block that fits exactly (a text of 25 k + 1 characters) is read here, and is skipped by the script.
TEXT_LENGTHS = pytest.mark.parametrize("length", [3000, 330], ids=["one pass", "past the text's end"])


def classic_run_and_script(length, hidden_size, seed):
    """A run of 100 classic steps, its text, and the script with the same weights and the same text."""
    text = corpus.read_text("shakespeare")[:length]
    vocab = Vocab.from_text(text)
    recipe = replace(training.CLASSIC, hidden_size=hidden_size, steps=100)
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(seed))
    script = reference.Script(reference.columns(run.params), [vocab.chars.index(char) for char in text])
    return run, vocab.encode(text), script


@TEXT_LENGTHS
@pytest.mark.parametrize("hidden_size", [3, 10])
@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_classic_steps_are_those_of_the_script(length, hidden_size, seed):
    run, ids, script = classic_run_and_script(length, hidden_size, seed)
    for record in training.train(run, ids):
        np.testing.assert_allclose((25 * record.loss, 25 * record.smooth_loss), script.step(), rtol=1e-9)
    assert run.step == script.n == 100
    for name, array in reference.rows(script.matrices).items():
        np.testing.assert_allclose(run.params[name], array, rtol=0, atol=1e-9, err_msg=name)


@TEXT_LENGTHS
def test_each_classic_step_of_the_script_s_own_size_is_the_script_s(length):
    """At 100 hidden units the last bits of a rounding error grow a million times in ten steps: compare step by step."""
    run, ids, script = classic_run_and_script(length, hidden_size=100, seed=1)
    for record in training.train(run, ids):
        np.testing.assert_allclose((25 * record.loss, 25 * record.smooth_loss), script.step(), rtol=1e-9)
        np.testing.assert_allclose(run.state, script.hprev.T, rtol=0, atol=1e-9)
        sizes = np.cumsum([array.size for array in run.params.values()])
        parts = zip(run.params.items(), np.split(run.optimizer.memory["m"], sizes[:-1]), strict=True)
        memory = {name: part.reshape(array.shape) for (name, array), part in parts}
        for ours, theirs in ((run.params, script.matrices), (memory, script.memory)):
            for name, array in reference.rows(theirs).items():
                np.testing.assert_allclose(ours[name], array, rtol=1e-9, atol=1e-9, err_msg=name)
        script.matrices, script.memory = reference.columns(run.params), reference.columns(memory)
        script.hprev, script.smooth_loss = run.state.T.copy(), 25 * run.smooth_loss
    assert script.n == 100


def test_the_classic_recipe_has_the_script_s_size_and_the_length_of_its_published_run():
    assert (training.CLASSIC.hidden_size, training.CLASSIC.steps) == (100, 92_400)


def test_a_recipe_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        SMALL.steps = 9


def test_classic_weights_are_tiny_and_gaussian_and_biases_zero():
    params = training.start(training.CLASSIC, 64, rng=np.random.default_rng(0)).params
    for name in ("W_xh", "W_hh", "W_hy"):
        assert params[name].std() == pytest.approx(0.01, rel=0.05), name
        assert params[name].mean() == pytest.approx(0, abs=5e-4), name
    for name in ("b_h", "b_y"):
        assert not params[name].any(), name


# --- What one step does ------------------------------------------------------------------------------------------


def test_a_step_is_gradient_clip_rate_update(cell):
    run = start(replace(SMALL, clip_norm=0.2, warmup=4), cell=cell)
    before = copied(run.params)
    (inputs, targets) = np.array([TEXT[0:5], TEXT[25:30]]).T, np.array([TEXT[1:6], TEXT[26:31]]).T
    loss, grads, state = language_model.loss_and_grads(before, inputs.astype(int), targets, cell=cell)
    norm = math.sqrt(sum((grad**2).sum() for grad in grads.values()))
    record = next(training.train(run, TEXT))
    assert norm > 0.2
    assert record == pytest.approx((0, loss, 0.999 * math.log(7) + 0.001 * loss, norm, 0.025, 10), rel=1e-12)
    for name, array in before.items():
        np.testing.assert_allclose(run.params[name], array - 0.025 * grads[name] * 0.2 / norm, rtol=1e-12)
    np.testing.assert_allclose(run.state, state, rtol=1e-12)
    assert (run.step, run.block) == (1, 1)


def test_clipping_by_value_limits_each_element_of_the_summed_gradient():
    run = start(replace(SMALL, clip_value=1e-4, summed=True))
    before = copied(run.params)
    next(training.train(run, TEXT))
    for name, array in before.items():
        assert np.abs(run.params[name] - array).max() == pytest.approx(1e-5), name


def test_the_summed_gradient_is_T_times_the_mean_one():
    moves = []
    for summed in (False, True):
        run = start(replace(SMALL, summed=summed))
        before = copied(run.params)
        record = next(training.train(run, TEXT))
        moves.append((record.grad_norm, run.params["W_hy"] - before["W_hy"]))
    assert moves[1][0] == pytest.approx(5 * moves[0][0])
    np.testing.assert_allclose(moves[1][1], 5 * moves[0][1])


def test_records_count_steps_and_characters_and_smooth_the_loss():
    records = list(training.train(start(SMALL), TEXT))
    assert [record.step for record in records] == [*range(8)]
    assert [record.characters for record in records] == [*range(10, 90, 10)]
    smooth = math.log(7)
    for record in records:
        smooth = 0.999 * smooth + 0.001 * record.loss
        assert record.smooth_loss == pytest.approx(smooth, rel=1e-13)


@pytest.mark.parametrize(
    ("changes", "rates"),
    [
        ({}, [0.1] * 8),
        ({"warmup": 4}, [0.025, 0.05, 0.075, 0.1, 0.1, 0.1, 0.1, 0.1]),
        ({"decay": True}, [0.05 * (1 + math.cos(math.pi * step / 8)) for step in range(8)]),
        ({"warmup": 2, "decay": True, "steps": 4}, [0.05, 0.05 + 0.05 / 2**0.5, 0.05, 0.05 - 0.05 / 2**0.5]),
    ],
    ids=["constant", "warm-up", "half a cosine", "both"],
)
def test_the_learning_rate_follows_its_schedule(changes, rates):
    recipe = replace(SMALL, **changes)
    assert [training.learning_rate(recipe, step) for step in range(recipe.steps)] == pytest.approx(rates)
    assert [record.learning_rate for record in training.train(start(recipe), TEXT)] == pytest.approx(rates)


# --- The state and the text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_blocks_with_the_state_carried_are_one_long_run_from_zeros_in_each_pass(cell, batch_size):
    run = start(replace(STILL, batch_size=batch_size, steps=25), cell=cell)
    length = 50 // batch_size
    whole = length // 5 * 5  # what of a stream is read
    streams = np.array([TEXT[b * length : b * length + whole + 1] for b in range(batch_size)]).T
    _, logits, _ = reference.batch_forward(run.params, streams[:-1], cell.init_state(batch_size, 6))
    one_pass = [reference.mean_loss(logits[t : t + 5], streams[t + 1 : t + 6]) for t in range(0, whole, 5)]
    losses = [record.loss for record in training.train(run, TEXT)]
    np.testing.assert_allclose(losses, list(itertools.islice(itertools.cycle(one_pass), 25)), rtol=1e-10)


@pytest.mark.parametrize("steps", [1, 3, 5, 7])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_stopping_and_carrying_on_changes_nothing(cell, steps, dropout):
    recipe = replace(SMALL, optimizer="Adam", decay=True, dropout=dropout)
    whole, parts = start(recipe, cell=cell), start(recipe, cell=cell)
    records = list(training.train(whole, TEXT))
    first = list(itertools.islice(training.train(parts, TEXT), steps))
    assert first + list(training.train(parts, TEXT)) == records
    for name, array in whole.params.items():
        np.testing.assert_array_equal(parts.params[name], array)


def test_a_run_that_has_taken_its_steps_takes_no_more():
    run = start(SMALL)
    assert len(list(training.train(run, TEXT))) == 8
    assert list(training.train(run, TEXT)) == []


@pytest.mark.parametrize("optimizer", ["SGD", "Adagrad", "RMSprop", "Adam"])
def test_the_seed_decides_the_run(cell, optimizer):
    recipe = replace(SMALL, optimizer=optimizer)
    first, same, other = (list(training.train(start(recipe, seed, cell=cell), TEXT)) for seed in (1, 1, 2))
    assert first == same
    assert first != other


# --- Dropout -----------------------------------------------------------------------------------------------------


def test_without_being_asked_for_nothing_is_dropped_or_drawn():
    assert training.CLASSIC.dropout == training.MODERN.dropout == SMALL.dropout == 0
    run = start(SMALL)
    before = run.rng.bit_generator.state
    list(training.train(run, TEXT))
    assert run.rng.bit_generator.state == before


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_step_drops_units_with_a_mask_of_its_own_from_the_run_s_generator(cell, dtype):
    run = start(replace(STILL, dropout=0.5, dtype=dtype), cell=cell)
    rng, state = np.random.default_rng(), None
    rng.bit_generator.state = run.rng.bit_generator.state
    for (inputs, targets), record in zip(training.blocks(TEXT, 2, 5), training.train(run, TEXT), strict=False):
        mask = language_model.dropout_mask((5, 2, 6), 0.5, rng=rng, dtype=np.dtype(dtype))
        loss, grads, state = language_model.loss_and_grads(run.params, inputs, targets, state, cell=cell, mask=mask)
        assert record.loss == loss
        assert record.grad_norm == optim.clip_by_norm(grads, math.inf)[1]
        np.testing.assert_array_equal(run.state, state)
    assert {array.dtype for array in (run.state, *run.params.values())} == {np.dtype(dtype)}


def test_a_network_learns_with_dropout(cell):
    recipe = replace(SMALL, hidden_size=32, steps=200, optimizer="Adam", learning_rate=0.01, dropout=0.3)
    run = start(recipe, cell=cell)
    first, *_, last = training.train(run, TEXT)
    assert last.loss < 0.3 * first.loss


# --- The whole ---------------------------------------------------------------------------------------------------


def test_ten_characters_can_be_memorised(cell):
    vocab = Vocab.from_text("hello worl")
    ids = vocab.encode("hello worl")  # after l comes l, o, or the end: only a state can tell
    recipe = replace(
        SMALL, hidden_size=16, batch_size=1, block_length=9, steps=300, optimizer="Adam", learning_rate=0.01
    )
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(0), cell=cell)
    records = list(training.train(run, ids))
    assert records[0].loss == pytest.approx(math.log(7), abs=0.1)
    assert records[-1].loss < 0.02
    _, logits, _ = reference.batch_forward(run.params, ids[:-1, None], cell.init_state(1, 16))
    assert vocab.decode(logits[:, 0].argmax(axis=-1)) == "ello worl"


@pytest.mark.parametrize(
    ("recipe", "steps"), [(training.CLASSIC, 300), (training.MODERN, 70)], ids=["classic", "modern"]
)
def test_both_recipes_learn(cell, recipe, steps):
    text = corpus.read_text("shakespeare")[:100_000]
    vocab = Vocab.from_text(text)
    recipe = replace(recipe, hidden_size=32, steps=steps, warmup=min(recipe.warmup, 5))
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(0), cell=cell)
    losses = [record.loss for record in training.train(run, vocab.encode(text))]
    assert np.mean(losses[-10:]) < 0.8 * math.log(len(vocab)) < losses[0]
    assert {array.dtype for array in run.params.values()} == {np.dtype(recipe.dtype)}


def test_given_parameters_are_the_ones_that_are_trained(cell, draw_network):
    params = draw_network(V=7, H=6, T=1, B=1).params
    before = copied(params)
    run = start(SMALL, cell=cell, params=params)
    next(training.train(run, TEXT))
    assert run.params is params
    assert all((params[name] != before[name]).any() for name in params)


# --- What cannot be trained --------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_stops_the_run():
    run = start(SMALL)
    run.params["b_y"][0] = np.nan
    with pytest.raises(FloatingPointError, match="loss is nan at step 0"):
        next(training.train(run, TEXT))


def test_a_text_shorter_than_a_block_is_refused():
    with pytest.raises(ValueError, match="10 characters is too short for 2 streams of 5"):
        next(training.train(start(SMALL), TEXT[:10]))


@pytest.mark.parametrize("name", ["hidden_size", "batch_size", "block_length", "steps"])
@pytest.mark.parametrize("size", [0, -3])
def test_a_recipe_with_a_size_below_one_is_refused(name, size):
    with pytest.raises(ValueError, match=f"expected {name} of at least 1, got {size}"):
        replace(SMALL, **{name: size})


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, math.inf, math.nan])
def test_a_dropout_out_of_its_range_is_refused(rate):
    with pytest.raises(ValueError, match=f"dropout of at least 0 and below 1, got {rate}"):
        replace(SMALL, dropout=rate)


@pytest.mark.parametrize("rate", [0, -1, math.inf, math.nan])
def test_a_learning_rate_that_cannot_train_is_refused(rate):
    with pytest.raises(ValueError, match=f"learning_rate, got {rate}"):
        replace(SMALL, learning_rate=rate)


@pytest.mark.parametrize("name", ["hidden_size", "batch_size", "block_length", "steps", "warmup"])
@pytest.mark.parametrize("size", [2.0, "2", None, True, [2]], ids=repr)
def test_a_size_in_a_recipe_is_a_whole_number(name, size):
    with pytest.raises(TypeError, match=f"expected a whole number for {name}, got "):
        replace(SMALL, **{name: size})


@pytest.mark.parametrize("name", ["learning_rate", "clip_value", "clip_norm", "weight_scale", "dropout"])
@pytest.mark.parametrize("number", ["0.1", True, [0.1], 1j], ids=repr)
def test_a_number_in_a_recipe_is_one(name, number):
    with pytest.raises(TypeError, match=f"expected a number for {name}, got "):
        replace(SMALL, **{name: number})


@pytest.mark.parametrize("name", ["learning_rate", "clip_value", "clip_norm", "dropout"])
def test_only_the_weight_scale_may_be_left_open(name):
    assert replace(SMALL, weight_scale=None).weight_scale is None
    with pytest.raises(TypeError, match=f"expected a number for {name}, got None"):
        replace(SMALL, **{name: None})


@pytest.mark.parametrize("name", ["clip_value", "clip_norm", "weight_scale"])
@pytest.mark.parametrize("number", [0, -1, math.nan])
def test_limits_and_scales_are_positive(name, number):
    with pytest.raises(ValueError, match=f"expected a positive.* {name}, got {number}"):
        replace(SMALL, **{name: number})
    assert getattr(replace(SMALL, **{name: 1e-300}), name) == 1e-300


def test_a_limit_may_be_infinite_and_a_scale_may_not():
    replace(SMALL, clip_value=math.inf, clip_norm=math.inf)
    with pytest.raises(ValueError, match="finite weight_scale, got inf"):
        replace(SMALL, weight_scale=math.inf)


def test_a_warm_up_may_be_none_and_not_negative():
    assert replace(SMALL, warmup=0).warmup == 0
    with pytest.raises(ValueError, match="expected warmup of at least 0, got -1"):
        replace(SMALL, warmup=-1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("optimizer", value) for value in ("adam", "np", "flatten", "", None, optim.Adam, ["Adam"])),
        *(("dtype", value) for value in ("float16", "int64", "f4", np.float32, None)),
        *((name, value) for name in ("decay", "summed") for value in (1, 0, "yes", None, [])),
    ],
    ids=str,
)
def test_a_choice_is_one_of_those_that_there_are(name, value):
    with pytest.raises(ValueError, match=f"expected {name} to be one of .*, got "):
        replace(SMALL, **{name: value})


def test_numpys_numbers_become_pythons_which_a_checkpoint_can_hold():
    sizes = {name: np.int16(2) for name in ("hidden_size", "batch_size", "block_length", "steps", "warmup")}
    names = "learning_rate", "clip_value", "clip_norm", "weight_scale", "dropout"
    recipe = replace(SMALL, **sizes, **dict.fromkeys(names, np.float32(0.5)))
    assert json.loads(json.dumps(asdict(recipe))) == asdict(recipe)
    assert recipe == replace(SMALL, **dict.fromkeys(sizes, 2), **dict.fromkeys(names, 0.5))


def test_parameters_of_another_network_are_refused(cell, draw_network):
    for sizes in ({"V": 8, "H": 6}, {"V": 7, "H": 5}):
        with pytest.raises(ValueError, match="expected parameters of shapes .*'W_hy': .6, 7.*, got "):
            start(SMALL, cell=cell, params=draw_network(T=1, B=1, **sizes).params)
    params = draw_network(V=7, H=6, T=1, B=1).params
    del params["b_y"]
    with pytest.raises(ValueError, match="expected parameters of shapes"):
        start(SMALL, cell=cell, params=params)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["SGD", "Adagrad", "RMSprop", "Adam"])
def test_everything_in_a_run_has_the_recipes_type(cell, optimizer, dtype):
    run = start(replace(SMALL, optimizer=optimizer, dtype=dtype, clip_norm=0.1, summed=True), cell=cell)
    records = list(training.train(run, TEXT))
    memory = [array for array in run.optimizer.memory.values() if array.ndim]
    assert {array.dtype for array in (run.state, *run.params.values(), *memory)} == {np.dtype(dtype)}
    assert {type(value) for record in records for value in record} == {int, float}


def test_the_text_is_left_as_it_was():
    before = TEXT.copy()
    list(training.train(start(SMALL), TEXT))
    np.testing.assert_array_equal(TEXT, before)
