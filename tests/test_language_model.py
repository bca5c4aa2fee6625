import functools
import math

import numpy as np
import pytest
import reference

from rnnlib import language_model, losses

# (V, H, T, B): every size at its smallest, then at random
SHAPES = [(5, 4, 6, 3), (2, 3, 5, 1), (4, 1, 3, 2), (3, 5, 1, 4), (3, 2, 1, 1), (1, 2, 3, 2)]
SHAPES += [tuple(int(n) for n in row) for row in np.random.default_rng(5).integers(1, 8, size=(24, 4))]


def gradients(network):
    """The gradient of each parameter, and of "state"."""
    params, inputs, targets, state = network
    _, grads, _ = language_model.loss_and_grads(params, inputs, targets, state)
    logits, trace = language_model.forward(params, inputs, state)
    _, dstate = language_model.backward(params, inputs, trace, losses.cross_entropy(logits, targets)[1])
    return {**grads, "state": dstate}


def assert_gradients_agree(grads, expected, rtol):
    assert grads.keys() == expected.keys()
    for name, grad in grads.items():
        assert grad.shape == expected[name].shape, name
        assert np.abs(grad - expected[name]).max() <= rtol * np.abs(expected[name]).max(), name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_gradient_is_the_derivative_of_the_equations(draw_network, shape):
    network = draw_network(*shape, seed=sum(shape))
    arrays = {**network.params, "state": network.state}

    def loss(name, value):
        changed = {**arrays, name: value}
        return reference.batch_loss(changed, network.inputs, network.targets, changed["state"])

    numeric = {
        name: reference.imaginary_gradient(functools.partial(loss, name), array) for name, array in arrays.items()
    }
    assert_gradients_agree(gradients(network), numeric, rtol=1e-12)


@pytest.mark.parametrize("shape", [*SHAPES, (30, 12, 10, 8)], ids=str)
def test_every_gradient_is_what_pytorch_finds(draw_network, shape):
    torch = pytest.importorskip("torch")
    V, H, T, B = shape
    network = draw_network(*shape)
    params, inputs, targets, state = network
    cell, output = torch.nn.RNN(V, H).double(), torch.nn.Linear(H, V).double()
    leaves = {
        "W_xh": cell.weight_ih_l0, "W_hh": cell.weight_hh_l0, "b_h": cell.bias_ih_l0,
        "W_hy": output.weight, "b_y": output.bias,
    }  # fmt: skip
    with torch.no_grad():
        cell.bias_hh_l0.zero_()
        for name, leaf in leaves.items():
            leaf.copy_(torch.tensor(params[name].T))
    h0 = torch.tensor(state[None], requires_grad=True)
    x = torch.nn.functional.one_hot(torch.tensor(inputs), V).double()
    hs, last = cell(x, h0)
    loss = torch.nn.functional.cross_entropy(output(hs).reshape(T * B, V), torch.tensor(targets.ravel()))
    loss.backward()

    ours, _, carried = language_model.loss_and_grads(*network)
    assert ours == pytest.approx(loss.item(), rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(carried, last[0].detach(), rtol=1e-10)
    theirs = {name: leaf.grad.numpy().T for name, leaf in leaves.items()}
    assert_gradients_agree(gradients(network), {**theirs, "state": h0.grad[0].numpy()}, rtol=1e-10)


def test_forward_and_loss_follow_the_equations(network):
    params, inputs, targets, state = network
    hs, logits = reference.batch_forward(params, inputs, state)
    ours, trace = language_model.forward(params, inputs, state)
    np.testing.assert_allclose(ours, logits, rtol=1e-12)
    np.testing.assert_allclose(trace, hs, rtol=1e-12)
    loss, _, last = language_model.loss_and_grads(*network)
    assert loss == pytest.approx(reference.mean_loss(logits, targets), rel=1e-13)
    np.testing.assert_allclose(last, hs[-1], rtol=1e-12)


def test_zero_parameters_cost_ln_V(network):
    nothing = {name: np.zeros_like(array) for name, array in network.params.items()}
    loss, _, _ = language_model.loss_and_grads(nothing, network.inputs, network.targets, network.state)
    assert loss == pytest.approx(math.log(5), rel=1e-15)


def test_no_state_means_zeros(network):
    params, inputs, targets, state = network
    loss, grads, _ = language_model.loss_and_grads(params, inputs, targets)
    expected, expected_grads, _ = language_model.loss_and_grads(params, inputs, targets, np.zeros_like(state))
    assert loss == expected
    assert_gradients_agree(grads, expected_grads, rtol=0)
    np.testing.assert_array_equal(language_model.init_state(params, 3), np.zeros((3, 4)))


def test_blocks_with_the_state_carried_are_one_long_run(draw_network):
    params, inputs, _, state = draw_network(V=5, H=4, T=12, B=3)
    whole, _ = language_model.forward(params, inputs, state)
    targets = np.zeros((3, 3), dtype=int)
    for t in range(0, 12, 3):
        logits, _ = language_model.forward(params, inputs[t : t + 3], state)
        np.testing.assert_allclose(logits, whole[t : t + 3], rtol=1e-12)
        _, _, state = language_model.loss_and_grads(params, inputs[t : t + 3], targets, state)


def test_a_batch_is_the_mean_of_its_streams_each_alone(network):
    params, inputs, targets, state = network
    loss, grads, last = language_model.loss_and_grads(*network)
    alone = [language_model.loss_and_grads(params, inputs[:, [b]], targets[:, [b]], state[[b]]) for b in range(3)]
    assert loss == pytest.approx(sum(one[0] for one in alone) / 3)
    assert_gradients_agree(grads, {name: sum(one[1][name] for one in alone) / 3 for name in params}, rtol=1e-12)
    np.testing.assert_allclose(last, np.concatenate([one[2] for one in alone]), rtol=1e-12)


def test_a_long_block_is_not_cut_short(draw_network):
    params, inputs, targets, state = draw_network(V=3, H=4, T=200, B=1)
    params["W_hh"] = np.eye(4)  # what happens 200 steps later still depends on the start, if little
    params["W_xh"] *= 0.001
    params["b_h"] *= 0
    _, trace = language_model.forward(params, inputs, state)
    dlogits = np.zeros((200, 1, 3))
    dlogits[-1] = 1  # the last prediction alone
    _, dstate = language_model.backward(params, inputs, trace, dlogits)
    numeric = reference.imaginary_gradient(lambda h: reference.batch_forward(params, inputs, h)[1][-1].sum(), state)
    assert_gradients_agree({"state": dstate}, {"state": numeric}, rtol=1e-10)


def test_the_same_call_twice_gives_the_same_and_changes_nothing(network):
    before = [array.copy() for array in (*network.params.values(), *network[1:])]
    loss, grads, last = language_model.loss_and_grads(*network)
    again, grads_again, last_again = language_model.loss_and_grads(*network)
    assert loss == again
    assert_gradients_agree(grads, grads_again, rtol=0)
    np.testing.assert_array_equal(last, last_again)
    for array, kept in zip((*network.params.values(), *network[1:]), before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_the_names_and_shapes_of_the_parameters(rng):
    params = language_model.init_params(7, 5, rng=rng, dtype=np.float32)
    sizes = {"x": 7, "h": 5, "y": 7}
    assert list(params) == ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]
    for name, array in params.items():
        assert array.shape == tuple(sizes[letter] for letter in name.split("_")[1]), "the subscript is the shape"
        assert array.dtype == np.float32
    assert not params["b_h"].any() and not params["b_y"].any()


def test_an_untrained_network_finds_all_characters_about_equally_likely(rng):
    params = language_model.init_params(64, 100, rng=rng)
    inputs, targets = rng.integers(64, size=(2, 25, 16))
    loss, _, _ = language_model.loss_and_grads(params, inputs, targets)
    assert loss == pytest.approx(math.log(64), abs=0.05)
    assert loss != math.log(64)


def test_the_seed_decides_the_parameters():
    first, same, other = (language_model.init_params(5, 4, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    for name in ("W_xh", "W_hh", "W_hy"):
        np.testing.assert_array_equal(first[name], same[name])
        assert (first[name] != other[name]).all()


@pytest.fixture
def text(rng):
    return rng.integers(5, size=60)


def slow_evaluation(params, streams):
    """The mean over all predictions, each stream read from a zero state to its end."""
    logits = [reference.batch_forward(params, s[:-1, None], np.zeros((1, 4)))[1] for s in streams]
    return reference.mean_loss(np.concatenate(logits), np.concatenate([s[1:] for s in streams]))


@pytest.mark.parametrize(("batch_size", "block"), [(1, 256), (1, 7), (1, 59), (100, 60)])
def test_one_stream_predicts_every_character_but_the_first(network, text, batch_size, block):
    nats = language_model.evaluate(network.params, text, batch_size=batch_size, block=block)
    assert nats == pytest.approx(slow_evaluation(network.params, [text]), rel=1e-12)


@pytest.mark.parametrize(
    ("length", "batch_size", "block", "streams"),
    [(60, 4, 5, 4), (60, 4, 14, 4), (57, 4, 14, 4), (56, 4, 14, 3), (60, 32, 20, 2)],
    ids=["uneven blocks", "just over a block", "just a block", "too short for 4", "too short for 32"],
)
def test_parallel_streams_each_start_from_zeros_and_run_to_their_end(network, text, length, batch_size, block, streams):
    text, length = text[:length], (length - 1) // streams
    nats = language_model.evaluate(network.params, text, batch_size=batch_size, block=block)
    parts = [text[b * length : (b + 1) * length + 1] for b in range(streams)]
    assert nats == pytest.approx(slow_evaluation(network.params, parts), rel=1e-12)


def test_two_characters_can_be_evaluated_and_one_cannot(network, text):
    assert language_model.evaluate(network.params, text[:2]) == pytest.approx(
        slow_evaluation(network.params, [text[:2]])
    )
    with pytest.raises(ValueError, match="at least 2 characters to evaluate, got 1"):
        language_model.evaluate(network.params, text[:1])


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
def test_what_does_not_belong_together_is_refused(network, name, shape, value):
    change = {name: np.full(shape, value)}
    with pytest.raises(ValueError):
        language_model.loss_and_grads(**{**network._asdict(), **change})


@pytest.mark.parametrize("inputs", [[[0, 5], [1, 2]], [[0, 4], [1, -1]], [0, 1], [[]]], ids=str)
def test_inputs_that_are_no_block_of_ids_are_refused_with_what_was_expected(network, inputs):
    with pytest.raises(ValueError, match=r"shape \(T, B\) with ids in 0\.\.4"):
        language_model.forward(network.params, np.array(inputs, dtype=int))


def test_one_stream_does_not_take_the_states_of_two(draw_network):
    params, inputs, _, _ = draw_network(V=5, H=4, T=6, B=1)
    with pytest.raises(ValueError):
        language_model.forward(params, inputs, np.zeros((2, 4)))
