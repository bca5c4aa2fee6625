import functools

import numpy as np
import pytest
import reference

from rnnlib import rnn


def test_every_hidden_state_follows_the_equation(network):
    hs = rnn.forward(network.params, network.inputs, network.state)
    expected, _ = reference.batch_forward(network.params, network.inputs, network.state)
    np.testing.assert_allclose(hs, expected, rtol=1e-13)


def test_rows_and_the_scripts_columns_agree(network):
    c = reference.columns(network.params)
    for b, i in enumerate(network.inputs[0]):
        x = np.eye(5)[:, [i]]
        h = np.tanh(c["Whh"] @ network.state[b][:, None] + c["Wxh"] @ x + c["bh"])
        np.testing.assert_allclose(rnn.step(network.params, i, network.state[b]), h[:, 0], rtol=1e-13)


def test_step_by_step_is_forward(network):
    hs, last = rnn.unpack(rnn.forward(network.params, network.inputs, network.state))
    h = network.state
    for t, ids in enumerate(network.inputs):
        h = rnn.step(network.params, ids, h)
        np.testing.assert_allclose(hs[t + 1], h, rtol=1e-13)
    np.testing.assert_allclose(last, h, rtol=1e-13)


def test_the_future_does_not_change_the_past(network):
    changed = network.inputs.copy()
    changed[3:] = (changed[3:] + 1) % 5
    hs, other = (rnn.forward(network.params, inputs, network.state) for inputs in (network.inputs, changed))
    np.testing.assert_array_equal(other[:4], hs[:4])
    assert (other[4:] != hs[4:]).all()


def test_each_stream_of_a_batch_runs_as_if_alone(network):
    together = rnn.forward(network.params, network.inputs, network.state)
    for b in range(3):
        alone = rnn.forward(network.params, network.inputs[:, [b]], network.state[[b]])
        np.testing.assert_allclose(together[:, [b]], alone, rtol=1e-13)


def test_backward_is_the_derivative_of_whatever_the_states_are_used_for(network, rng):
    weights = rng.standard_normal((6, 3, 4))  # the loss is any weighted sum of the hidden states
    trace = rnn.forward(network.params, network.inputs, network.state)
    grads, dstate = rnn.backward(network.params, network.inputs, trace, weights)

    arrays = {**network.params, "state": network.state}

    def loss(name, value):
        changed = {**arrays, name: value}
        hs, _ = reference.batch_forward(changed, network.inputs, changed["state"])
        return (weights * hs[1:]).sum()

    assert grads.keys() == {"W_xh", "W_hh", "b_h"}
    for name, grad in {**grads, "state": dstate}.items():
        numeric = reference.imaginary_gradient(functools.partial(loss, name), arrays[name])
        np.testing.assert_allclose(grad, numeric, rtol=1e-12, atol=1e-14, err_msg=name)


def test_the_same_call_twice_gives_the_same_and_changes_nothing(network):
    before = {name: array.copy() for name, array in network.params.items()}
    state, dhs = network.state.copy(), np.ones((6, 3, 4))
    results = []
    for _ in range(2):
        hs = rnn.forward(network.params, network.inputs, network.state)
        grads, dstate = rnn.backward(network.params, network.inputs, hs, dhs)
        results.append([hs.copy(), dstate.copy(), *grads.values()])
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(network.state, state)
    np.testing.assert_array_equal(dhs, 1)
    for name, array in before.items():
        np.testing.assert_array_equal(network.params[name], array)


def test_float32_stays_float32(network):
    params = {name: array.astype(np.float32) for name, array in network.params.items()}
    state = network.state.astype(np.float32)
    hs = rnn.forward(params, network.inputs, state)
    grads, dstate = rnn.backward(params, network.inputs, hs, hs[1:])
    assert {array.dtype for array in (hs, dstate, rnn.step(params, 0, state), *grads.values())} == {np.dtype("f4")}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_initial_parameters_have_their_shapes_and_an_orthogonal_W_hh(rng, dtype):
    params = rnn.init_params(7, 20, rng=rng, dtype=dtype)
    assert {name: array.shape for name, array in params.items()} == {"W_xh": (7, 20), "W_hh": (20, 20), "b_h": (20,)}
    assert {array.dtype for array in params.values()} == {np.dtype(dtype)}
    np.testing.assert_allclose(params["W_hh"].T @ params["W_hh"], np.eye(20), atol=10 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(params["b_h"], 0)


def test_rows_of_W_xh_have_unit_variance(rng):
    W_xh = rnn.init_params(200, 100, rng=rng)["W_xh"]
    assert W_xh.mean() == pytest.approx(0, abs=0.03)
    assert W_xh.std() == pytest.approx(1, abs=0.03)


def test_the_state_before_the_first_character_is_zero():
    state = rnn.init_state(3, 4, np.float32)
    assert (state.shape, state.dtype, state.any()) == ((3, 4), np.float32, False)


def test_one_character_and_one_unit_are_a_network(rng):
    params = rnn.init_params(1, 1, rng=rng)
    assert params["W_hh"].tolist() in ([[1.0]], [[-1.0]])
    assert rnn.step(params, 0, np.ones(1)) == np.tanh(params["W_xh"] + params["W_hh"])


@pytest.mark.parametrize(("V", "H"), [(0, 4), (5, 0), (5, -3)])
def test_sizes_below_one_are_refused(rng, V, H):
    with pytest.raises(ValueError, match=f"vocab_size={V} and hidden_size={H}"):
        rnn.init_params(V, H, rng=rng)
