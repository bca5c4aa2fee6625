import copy
import functools
import math

import numpy as np
import pytest
import reference

from rnnlib import gru, language_model, losses, lstm, rnn

# (V, H, T, B): every size at its smallest, then at random
SHAPES = [(5, 4, 6, 3), (2, 3, 5, 1), (4, 1, 3, 2), (3, 5, 1, 4), (3, 2, 1, 1), (1, 2, 3, 2)]
SHAPES += [tuple(int(n) for n in row) for row in np.random.default_rng(5).integers(1, 8, size=(24, 4))]


def gradients(cell, network, mask=None):
    """The gradient of each parameter, and of "state"."""
    params, inputs, targets, state = network
    _, grads, _ = language_model.loss_and_grads(params, inputs, targets, state, cell=cell, mask=mask)
    logits, trace = language_model.forward(params, inputs, state, cell=cell, mask=mask)
    dlogits = losses.cross_entropy(logits, targets)[1]
    _, dstate = language_model.backward(params, inputs, trace, dlogits, cell=cell, mask=mask)
    return {**grads, "state": dstate}


def numeric_gradients(network, mask=None):
    """The same from the equations, by complex step."""
    arrays = {**network.params, "state": network.state}

    def loss(name, value):
        changed = {**arrays, name: value}
        return reference.batch_loss(changed, network.inputs, network.targets, changed["state"], mask)

    return {name: reference.imaginary_gradient(functools.partial(loss, name), array) for name, array in arrays.items()}


def assert_gradients_agree(grads, expected, rtol):
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        assert grad.shape == expected[name].shape, name
        assert np.abs(grad - expected[name]).max() <= rtol * np.abs(expected[name]).max(), name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_gradient_is_the_derivative_of_the_equations(cell, draw_network, shape):
    network = draw_network(*shape, seed=sum(shape))
    assert_gradients_agree(gradients(cell, network), numeric_gradients(network), rtol=1e-12)


@pytest.mark.parametrize("shape", [*SHAPES, (30, 12, 10, 8)], ids=str)
def test_every_gradient_is_what_pytorch_finds(cell, draw_network, shape):
    torch = pytest.importorskip("torch")
    V, H, T, B = shape
    network = draw_network(*shape)
    params, inputs, targets, state = network
    layer = {rnn: torch.nn.RNN, gru: torch.nn.GRU, lstm: torch.nn.LSTM}[cell]
    layer, output = layer(V, H).double(), torch.nn.Linear(H, V).double()
    leaves = {
        "W_xh": layer.weight_ih_l0, "W_hh": layer.weight_hh_l0, "b_h": layer.bias_ih_l0,
        "W_hy": output.weight, "b_y": output.bias,
    }  # fmt: skip
    with torch.no_grad():
        layer.bias_hh_l0.zero_()
        for name, leaf in leaves.items():
            leaf.copy_(torch.tensor(params[name].T))
    start = torch.tensor(state, requires_grad=True)
    x = torch.nn.functional.one_hot(torch.tensor(inputs), V).double()
    hs, last = layer(x, (start[:1], start[1:]) if cell is lstm else start[None])
    loss = torch.nn.functional.cross_entropy(output(hs).reshape(T * B, V), torch.tensor(targets.ravel()))
    loss.backward()

    ours, _, carried = language_model.loss_and_grads(*network, cell=cell)
    assert ours == pytest.approx(loss.item(), rel=1e-12, abs=1e-14)
    last = torch.cat(last) if cell is lstm else last[0]
    np.testing.assert_allclose(carried, last.detach(), rtol=1e-10)
    theirs = {name: leaf.grad.numpy().T for name, leaf in leaves.items()}
    assert_gradients_agree(gradients(cell, network), {**theirs, "state": start.grad.numpy()}, rtol=1e-10)


def test_forward_and_loss_follow_the_equations(cell, network):
    params, inputs, targets, state = network
    hs, logits, last = reference.batch_forward(params, inputs, state)
    ours, trace = language_model.forward(params, inputs, state, cell=cell)
    np.testing.assert_allclose(ours, logits, rtol=1e-12)
    np.testing.assert_allclose(cell.unpack(trace)[0], hs, rtol=1e-12)
    loss, _, carried = language_model.loss_and_grads(*network, cell=cell)
    assert loss == pytest.approx(reference.mean_loss(logits, targets), rel=1e-13)
    np.testing.assert_allclose(carried, last, rtol=1e-12)


def test_zero_parameters_cost_ln_V(cell, network):
    nothing = {name: np.zeros_like(array) for name, array in network.params.items()}
    loss, _, _ = language_model.loss_and_grads(nothing, network.inputs, network.targets, network.state, cell=cell)
    assert loss == pytest.approx(math.log(5), rel=1e-15)


def test_no_state_means_zeros(cell, network):
    params, inputs, targets, state = network
    zeros = np.zeros_like(state)
    loss, grads, _ = language_model.loss_and_grads(params, inputs, targets, cell=cell)
    expected, expected_grads, _ = language_model.loss_and_grads(params, inputs, targets, zeros, cell=cell)
    assert loss == expected
    assert_gradients_agree(grads, expected_grads, rtol=0)
    np.testing.assert_array_equal(language_model.init_state(params, 3, cell=cell), zeros)


def test_blocks_with_the_state_carried_are_one_long_run(cell, draw_network):
    params, inputs, _, state = draw_network(V=5, H=4, T=12, B=3)
    whole, _ = language_model.forward(params, inputs, state, cell=cell)
    targets = np.zeros((3, 3), dtype=int)
    for t in range(0, 12, 3):
        logits, _ = language_model.forward(params, inputs[t : t + 3], state, cell=cell)
        np.testing.assert_allclose(logits, whole[t : t + 3], rtol=1e-12)
        _, _, state = language_model.loss_and_grads(params, inputs[t : t + 3], targets, state, cell=cell)


def test_a_batch_is_the_mean_of_its_streams_each_alone(cell, network):
    params, inputs, targets, state = network
    loss, grads, last = language_model.loss_and_grads(*network, cell=cell)
    alone = [
        language_model.loss_and_grads(params, inputs[:, [b]], targets[:, [b]], state[..., [b], :], cell=cell)
        for b in range(3)
    ]
    assert loss == pytest.approx(sum(one[0] for one in alone) / 3)
    assert_gradients_agree(grads, {name: sum(one[1][name] for one in alone) / 3 for name in params}, rtol=1e-12)
    np.testing.assert_allclose(last, np.concatenate([one[2] for one in alone], axis=-2), rtol=1e-12)


def test_a_long_block_is_not_cut_short(cell, draw_network):
    params, inputs, _, state = draw_network(V=3, H=4, T=200, B=1)
    # what happens 200 steps later still depends on the start, if little: through W_hh, or a gate that stays open
    params["W_hh"] = np.eye(4) if cell is rnn else 0.1 * np.tile(np.eye(4), params["W_hh"].shape[1] // 4)
    params["W_xh"] *= 0.001
    params["b_h"] *= 0
    params["b_h"][4:8] = 5
    _, trace = language_model.forward(params, inputs, state, cell=cell)
    dlogits = np.zeros((200, 1, 3))
    dlogits[-1] = 1  # the last prediction alone
    _, dstate = language_model.backward(params, inputs, trace, dlogits, cell=cell)
    numeric = reference.imaginary_gradient(lambda s: reference.batch_forward(params, inputs, s)[1][-1].sum(), state)
    assert np.abs(numeric).max() > 1e-4
    assert_gradients_agree({"state": dstate}, {"state": numeric}, rtol=1e-10)


def test_the_same_call_twice_gives_the_same_and_changes_nothing(cell, network):
    before = copy.deepcopy(network)
    first, again = (language_model.loss_and_grads(*network, cell=cell) for _ in range(2))
    np.testing.assert_equal(first, again)
    np.testing.assert_equal(network, before)


# --- Dropout -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 4, 6, 3), (3, 5, 1, 4), (2, 3, 5, 1)], ids=str)
def test_with_dropout_every_gradient_is_the_derivative_of_the_equations(cell, draw_network, rng, shape):
    network = draw_network(*shape)
    _, H, T, B = shape
    mask = language_model.dropout_mask((T, B, H), 0.4, rng=rng)
    assert (mask == 0).any() and mask.any()
    loss, *_ = language_model.loss_and_grads(*network, cell=cell, mask=mask)
    assert loss == pytest.approx(reference.batch_loss(*network, mask), rel=1e-13)
    assert_gradients_agree(gradients(cell, network, mask), numeric_gradients(network, mask), rtol=1e-12)


def test_dropout_leaves_the_states_alone(cell, network, rng):
    mask = language_model.dropout_mask((6, 3, 4), 0.5, rng=rng)
    _, kept = language_model.forward(network.params, network.inputs, network.state, cell=cell)
    _, trace = language_model.forward(network.params, network.inputs, network.state, cell=cell, mask=mask)
    np.testing.assert_equal(trace, kept)


@pytest.mark.parametrize("rate", [0, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_dropout_mask_drops_its_share_and_has_mean_one(rng, rate, dtype):
    mask = language_model.dropout_mask((100, 32, 50), rate, rng=rng, dtype=dtype)
    assert (mask.shape, mask.dtype) == ((100, 32, 50), dtype)
    assert set(np.unique(mask)) <= {0, dtype(1 / (1 - rate))}
    assert (mask == 0).mean() == pytest.approx(rate, abs=4.5 * math.sqrt(rate * (1 - rate) / mask.size))
    assert mask.mean() == pytest.approx(1, abs=0.04)


def test_a_dropout_mask_is_drawn_for_every_step_stream_and_unit(rng):
    dropped = language_model.dropout_mask((50, 40, 30), 0.5, rng=rng) == 0
    for axis in range(3):
        share = dropped.mean(axis=axis)
        assert 0 < share.min() and share.max() < 1


def test_the_seed_decides_the_dropout_mask():
    first, same, other = (
        language_model.dropout_mask((6, 3, 4), 0.5, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


# --- The beginning -----------------------------------------------------------------------------------------------


def test_the_names_and_shapes_of_the_parameters(rng):
    params = language_model.init_params(7, 5, rng=rng, dtype=np.float32)
    sizes = {"x": 7, "h": 5, "y": 7}
    assert list(params) == ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]
    for name, array in params.items():
        assert array.shape == tuple(sizes[letter] for letter in name.split("_")[1]), "the subscript is the shape"
        assert array.dtype == np.float32
    assert not params["b_h"].any() and not params["b_y"].any()


def test_the_parameters_are_the_cells_and_the_output_layers(cell):
    params = language_model.init_params(7, 5, cell=cell, rng=np.random.default_rng(1))
    own = cell.init_params(7, 5, rng=np.random.default_rng(1))
    assert list(params) == [*own, "W_hy", "b_y"]
    for name, array in own.items():
        np.testing.assert_array_equal(params[name], array)
    assert (params["W_hy"].shape, params["b_y"].shape) == ((5, 7), (7,))


def test_an_untrained_network_finds_all_characters_about_equally_likely(cell, rng):
    params = language_model.init_params(64, 100, cell=cell, rng=rng)
    inputs, targets = rng.integers(64, size=(2, 25, 16))
    loss, _, _ = language_model.loss_and_grads(params, inputs, targets, cell=cell)
    assert loss == pytest.approx(math.log(64), abs=0.05)
    assert loss != math.log(64)


def test_the_seed_decides_the_parameters(cell):
    first, same, other = (
        language_model.init_params(5, 4, cell=cell, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    for name in ("W_xh", "W_hh", "W_hy"):
        np.testing.assert_array_equal(first[name], same[name])
        assert (first[name] != other[name]).all()


# --- Evaluation --------------------------------------------------------------------------------------------------


@pytest.fixture
def text(rng):
    return rng.integers(5, size=60)


def slow_evaluation(cell, params, streams, state=None):
    """The mean over what is scored: each stream a text and the place from which it is scored, read from its start."""
    state = cell.init_state(1, 4) if state is None else state
    logits = [reference.batch_forward(params, s[:-1, None], state)[1][start:] for s, start in streams]
    return reference.mean_loss(np.concatenate(logits), np.concatenate([s[start + 1 :] for s, start in streams]))


@pytest.mark.parametrize(("batch_size", "block"), [(1, 256), (1, 7), (1, 59), (100, 60)])
def test_one_stream_predicts_every_character_but_the_first(cell, network, text, batch_size, block):
    nats = language_model.evaluate(network.params, text, cell=cell, batch_size=batch_size, block=block)
    assert nats == pytest.approx(slow_evaluation(cell, network.params, [(text, 0)]), rel=1e-12)


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("length", [1, 2, 8, 9, 40])
def test_after_a_text_its_end_is_read_first_and_every_character_is_scored(
    cell, network, text, monkeypatch, length, batch_size
):
    monkeypatch.setattr(language_model, "WARM_UP", 8)
    after, ids = text[:length], text[length:][:19]
    nats = language_model.evaluate(network.params, ids, cell=cell, after=after, batch_size=batch_size, block=5)
    whole, first = np.concatenate((after[-9:], ids)), min(length, 9) - 1  # the first piece's warm-up; its place
    piece = len(ids) // batch_size
    warm_ups = [first] + [min(8, first + piece)] * (batch_size - 1)
    places = [first + b * piece for b in range(batch_size)]
    streams = [(whole[at - w : at + piece + 1], w) for at, w in zip(places, warm_ups, strict=True)]
    assert nats == pytest.approx(slow_evaluation(cell, network.params, streams), rel=1e-12)


def test_the_state_stands_before_everything_and_is_left_as_it_was(cell, network, text, monkeypatch):
    monkeypatch.setattr(language_model, "WARM_UP", 8)
    state = network.state.copy()
    one = network.state[..., :1, :]
    for after, batch_size, streams in (
        (None, 1, [(text, 0)]),
        (text[:20], 1, [(np.concatenate((text[11:20], text)), 8)]),
        (None, 2, [(text[:30], 0), (text[21:59], 8)]),
    ):
        nats = language_model.evaluate(
            network.params, text, cell=cell, after=after, state=network.state, batch_size=batch_size, block=10
        )
        assert nats == pytest.approx(slow_evaluation(cell, network.params, streams, one), rel=1e-12)
    np.testing.assert_array_equal(network.state, state)


@pytest.mark.parametrize(
    ("length", "batch_size", "block", "streams"),
    [(60, 4, 5, 4), (60, 4, 14, 4), (57, 4, 14, 4), (56, 4, 14, 3), (60, 32, 20, 2)],
    ids=["uneven blocks", "just over a block", "just a block", "too short for 4", "too short for 32"],
)
def test_parallel_streams_run_to_their_end_and_read_what_stands_before_their_piece(
    cell, network, text, length, batch_size, block, streams
):
    text, length = text[:length], (length - 1) // streams
    nats = language_model.evaluate(network.params, text, cell=cell, batch_size=batch_size, block=block)
    # a piece is far shorter than WARM_UP here: each stream reads as much as stands before the second piece
    parts = [(text[: length + 1], 0)]
    parts += [(text[(b - 1) * length : (b + 1) * length + 1], length) for b in range(1, streams)]
    assert nats == pytest.approx(slow_evaluation(cell, network.params, parts), rel=1e-12)


def test_how_many_streams_read_makes_no_difference_to_a_network_that_forgets(cell, draw_network):
    params = draw_network(5, 4, 6, 3).params
    params["W_hh"] *= 0.1
    ids = np.random.default_rng(1).integers(5, size=11 * 1819)
    one, many = (language_model.evaluate(params, ids, cell=cell, after=ids, batch_size=b) for b in (1, 11))
    assert one == pytest.approx(many, rel=1e-12)


def test_two_characters_can_be_evaluated_and_one_only_after_another(cell, network, text):
    nats = language_model.evaluate(network.params, text[:2], cell=cell)
    assert nats == pytest.approx(slow_evaluation(cell, network.params, [(text[:2], 0)]))
    assert language_model.evaluate(network.params, text[1:2], cell=cell, after=text[:1]) == pytest.approx(nats)
    for ids in (text[:1], text[:0]):
        with pytest.raises(ValueError, match=f"at least 2 characters to evaluate, got {len(ids)}"):
            language_model.evaluate(network.params, ids, cell=cell)


# --- What does not fit -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape", "value"),
    [
        ("inputs", (6, 3), 5),
        ("inputs", (6, 3), -1),
        ("inputs", (6,), 0),
        ("inputs", (0, 3), 0),
        ("targets", (6, 3), 5),
        ("targets", (6, 3), -1),
        ("targets", (3, 6), 0),
        ("state", (2, 4), 0),
        ("state", (3, 5), 0),
        ("state", (1, 4), 0),
        ("state", (4,), 0),
    ],
)
def test_what_does_not_belong_together_is_refused(cell, network, name, shape, value):
    if name == "state" and cell is lstm:
        shape = (2, *shape)
    change = {name: np.full(shape, value)}
    with pytest.raises(ValueError):
        language_model.loss_and_grads(**{**network._asdict(), **change}, cell=cell)


def test_a_state_of_another_cell_is_refused(cell, network):
    state = np.zeros((3, 4) if cell is lstm else (2, 3, 4))
    with pytest.raises(ValueError):
        language_model.loss_and_grads(*network[:3], state, cell=cell)


@pytest.mark.parametrize("inputs", [[[0, 5], [1, 2]], [[0, 4], [1, -1]], [0, 1], [[]]], ids=str)
def test_inputs_that_are_no_block_of_ids_are_refused_with_what_was_expected(cell, network, inputs):
    with pytest.raises(ValueError, match=r"expected (at least 1 ids of shape \(T, B\)|ids in 0\.\.4), got"):
        language_model.forward(network.params, np.array(inputs, dtype=int), cell=cell)


def test_one_stream_does_not_take_the_states_of_two(cell, draw_network):
    params, inputs, _, _ = draw_network(V=5, H=4, T=6, B=1)
    with pytest.raises(ValueError):
        language_model.forward(params, inputs, cell.init_state(2, 4), cell=cell)


@pytest.mark.parametrize("shape", [(2, 4), (3, 5), (1, 4), (4,), (3, 4, 1)])
def test_a_state_of_another_shape_is_named(cell, network, shape):
    shape = (2, *shape) if cell is lstm else shape
    right = (2, 3, 4) if cell is lstm else (3, 4)
    with pytest.raises(ValueError) as error:
        language_model.forward(network.params, network.inputs, np.zeros(shape), cell=cell)
    assert str(error.value) == f"expected a state of shape {right}, got {shape}"


@pytest.mark.parametrize("cell", [lstm])
def test_the_lstms_state_may_be_a_pair(cell, network):
    params, inputs, targets, (h, c) = network
    pair = language_model.loss_and_grads(params, inputs, targets, (h, c), cell=cell)
    np.testing.assert_equal(pair, language_model.loss_and_grads(*network, cell=cell))


def test_lists_of_ids_do_as_well(cell, network):
    params, inputs, targets, state = network
    ours = language_model.loss_and_grads(params, inputs.tolist(), targets.tolist(), state, cell=cell)
    np.testing.assert_equal(ours, language_model.loss_and_grads(*network, cell=cell))


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, math.nan])
def test_a_dropout_rate_out_of_its_range_is_refused(rng, rate):
    with pytest.raises(ValueError, match=f"dropout of at least 0 and below 1, got {rate}"):
        language_model.dropout_mask((2, 3), rate, rng=rng)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_has_the_type_of_the_parameters(cell, network, rng, dtype):
    params = {name: array.astype(dtype) for name, array in network.params.items()}
    state, mask = network.state.astype(dtype), language_model.dropout_mask((6, 3, 4), 0.5, rng=rng, dtype=dtype)
    for given in ({}, {"mask": mask}):
        loss, grads, last = language_model.loss_and_grads(
            params, network.inputs.astype(np.uint8), network.targets, state, cell=cell, **given
        )
        logits, trace = language_model.forward(params, network.inputs, state, cell=cell, **given)
        dlogits = losses.cross_entropy(logits, network.targets)[1]
        _, dstate = language_model.backward(params, network.inputs, trace, dlogits, cell=cell, **given)
        assert {array.dtype for array in (logits, dlogits, last, dstate, *grads.values())} == {np.dtype(dtype)}
        assert type(loss) is float
    assert language_model.init_state(params, 3, cell=cell).dtype == dtype
    assert type(language_model.evaluate(params, network.inputs[:, 0], cell=cell)) is float


def test_the_shapes_are_those_of_the_parameters(cell, rng):
    shapes = {name: array.shape for name, array in language_model.init_params(7, 5, cell=cell, rng=rng).items()}
    assert language_model.param_shapes(7, 5, cell=cell) == shapes
    assert list(language_model.param_shapes(7, 5, cell=cell)) == list(shapes)


def test_a_mask_and_the_logits_gradient_are_left_as_they_were(cell, network, rng):
    mask = language_model.dropout_mask((6, 3, 4), 0.5, rng=rng)
    logits, trace = language_model.forward(network.params, network.inputs, network.state, cell=cell, mask=mask)
    dlogits = losses.cross_entropy(logits, network.targets)[1]
    before = mask.copy(), dlogits.copy()
    language_model.backward(network.params, network.inputs, trace, dlogits, cell=cell, mask=mask)
    np.testing.assert_equal((mask, dlogits), before)


def test_weights_that_are_no_numbers_have_no_score(cell, network, text):
    params = network.params | {"b_y": np.array([0, np.nan, 0, 0, 0])}
    with pytest.raises(ValueError, match="cross-entropy is nan: the network's weights are too large, or no numbers"):
        language_model.evaluate(params, text, cell=cell)
