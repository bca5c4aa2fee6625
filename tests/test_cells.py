"""The three cells: forwards they follow their equations, backwards they give the derivative of them."""

import copy
import functools

import numpy as np
import pytest
import reference

from rnnlib import gru, lstm, rnn

GATES = {rnn: 1, gru: 3, lstm: 4}  # matrices in one W_hh


def test_every_hidden_state_follows_the_equation(cell, network):
    hs, last = cell.unpack(cell.forward(network.params, network.inputs, network.state))
    expected, _, expected_last = reference.batch_forward(network.params, network.inputs, network.state)
    np.testing.assert_allclose(hs, expected, rtol=1e-13)
    np.testing.assert_allclose(last, expected_last, rtol=1e-13)


@pytest.mark.parametrize("cell", [rnn])
def test_rows_and_the_scripts_columns_agree(network):
    c = reference.columns(network.params)
    for b, i in enumerate(network.inputs[0]):
        x = np.eye(5)[:, [i]]
        h = np.tanh(c["Whh"] @ network.state[b][:, None] + c["Wxh"] @ x + c["bh"])
        np.testing.assert_allclose(rnn.step(network.params, i, network.state[b]), h[:, 0], rtol=1e-13)


def test_step_by_step_is_forward(cell, network):
    hs, last = cell.unpack(cell.forward(network.params, network.inputs, network.state))
    state = network.state
    for t, ids in enumerate(network.inputs):
        state = cell.step(network.params, ids, state)
        np.testing.assert_allclose(hs[t + 1], cell.hidden(state), rtol=1e-13)
    np.testing.assert_allclose(last, state, rtol=1e-13)


def test_a_step_of_one_stream_needs_no_batch(cell, network):
    together = cell.step(network.params, network.inputs[0], network.state)
    for b, i in enumerate(network.inputs[0]):
        alone = cell.step(network.params, i, network.state[..., b, :])
        np.testing.assert_allclose(alone, together[..., b, :], rtol=1e-13)


def test_the_future_does_not_change_the_past(cell, network):
    changed = network.inputs.copy()
    changed[3:] = (changed[3:] + 1) % 5
    hs, other = (
        cell.unpack(cell.forward(network.params, inputs, network.state))[0] for inputs in (network.inputs, changed)
    )
    np.testing.assert_array_equal(other[:4], hs[:4])
    assert (other[4:] != hs[4:]).all()


def test_each_stream_of_a_batch_runs_as_if_alone(cell, network):
    hs, last = cell.unpack(cell.forward(network.params, network.inputs, network.state))
    for b in range(3):
        alone = cell.forward(network.params, network.inputs[:, [b]], network.state[..., [b], :])
        hs_alone, last_alone = cell.unpack(alone)
        np.testing.assert_allclose(hs[:, [b]], hs_alone, rtol=1e-13)
        np.testing.assert_allclose(last[..., [b], :], last_alone, rtol=1e-13)


def test_backward_is_the_derivative_of_whatever_the_states_are_used_for(cell, network, rng):
    weights = rng.standard_normal((6, 3, 4))  # the loss is any weighted sum of the hidden states
    trace = cell.forward(network.params, network.inputs, network.state)
    grads, dstate = cell.backward(network.params, network.inputs, trace, weights)

    arrays = {**network.params, "state": network.state}

    def loss(name, value):
        changed = {**arrays, name: value}
        hs, *_ = reference.batch_forward(changed, network.inputs, changed["state"])
        return (weights * hs[1:]).sum()

    assert grads.keys() == {"W_xh", "W_hh", "b_h"}
    for name, grad in {**grads, "state": dstate}.items():
        numeric = reference.imaginary_gradient(functools.partial(loss, name), arrays[name])
        np.testing.assert_allclose(grad, numeric, rtol=1e-12, atol=1e-14, err_msg=name)


def test_the_same_call_twice_gives_the_same_and_changes_nothing(cell, network):
    given = network.params, network.inputs, network.state, np.ones((6, 3, 4))
    before = copy.deepcopy(given)
    results = []
    for _ in range(2):
        trace = cell.forward(*given[:3])
        unread = copy.deepcopy(trace)
        grads, dstate = cell.backward(*given[:2], trace, given[3])
        np.testing.assert_equal(trace, unread)
        results.append(copy.deepcopy((trace, grads, dstate, cell.step(network.params, 0, network.state))))
    np.testing.assert_equal(*results)
    np.testing.assert_equal(given, before)


def dtypes(cell, params, inputs, state):
    trace = cell.forward(params, inputs, state)
    hs, last = cell.unpack(trace)
    grads, dstate = cell.backward(params, inputs, trace, hs[1:])
    return {array.dtype for array in (hs, last, dstate, cell.step(params, 0, state), *grads.values())}


def test_float32_stays_float32(cell, network):
    params = {name: array.astype(np.float32) for name, array in network.params.items()}
    assert dtypes(cell, params, network.inputs, network.state.astype(np.float32)) == {np.dtype("f4")}


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "state"])
def test_one_complex_parameter_makes_complex_states(cell, network, name):
    arrays = {**network.params, "state": network.state}
    arrays[name] = arrays[name] + 0.1j
    hs, last = cell.unpack(cell.forward(arrays, network.inputs, arrays["state"]))
    expected, _, expected_last = reference.batch_forward(arrays, network.inputs, arrays["state"])
    np.testing.assert_allclose(hs, expected, rtol=1e-12)
    np.testing.assert_allclose(last, expected_last, rtol=1e-12)
    once = cell.step(arrays, network.inputs[0], arrays["state"])
    np.testing.assert_allclose(cell.hidden(once), expected[1], rtol=1e-12)


# --- Gates -------------------------------------------------------------------------------------------------------


def test_sigmoid_is_its_definition_and_never_overflows():
    a = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(lstm.sigmoid(a), 1 / (1 + np.exp(-a)), rtol=1e-12, atol=1e-16)
    assert lstm.sigmoid(np.array([-1000, 0, 1000])).tolist() == [0, 0.5, 1]


def states_with_gates(cell, network, openings):
    """The states before and after a block whose gates are held open (1000) or shut (-1000) by their bias."""
    params = {**network.params, "b_h": np.repeat(np.array(openings, float), 4)}
    last = cell.unpack(cell.forward(params, network.inputs, network.state))[1]
    state = network.state
    for ids in network.inputs:
        state = cell.step(params, ids, state)
    np.testing.assert_allclose(last, state, rtol=1e-13)
    return network.state, last


@pytest.mark.parametrize("cell", [gru])
@pytest.mark.parametrize("reset", [-1000, 1000])
def test_with_its_update_gate_open_the_gru_keeps_its_state(cell, network, reset):
    before, after = states_with_gates(cell, network, [reset, 1000, 0])
    np.testing.assert_allclose(after, before, rtol=1e-13)


@pytest.mark.parametrize("cell", [gru])
def test_with_both_gates_shut_the_gru_knows_only_the_last_character(cell, network):
    _, after = states_with_gates(cell, network, [-1000, -1000, 0])
    np.testing.assert_allclose(after, np.tanh(network.params["W_xh"][network.inputs[-1], 8:]), rtol=1e-13)


@pytest.mark.parametrize("cell", [lstm])
def test_an_lstm_that_writes_nothing_and_forgets_nothing_keeps_its_memory(cell, network):
    (_, c), (h, after) = states_with_gates(cell, network, [-1000, 1000, 0, 1000])
    np.testing.assert_allclose(after, c, rtol=1e-13)
    np.testing.assert_allclose(h, np.tanh(c), rtol=1e-13)


@pytest.mark.parametrize("cell", [lstm])
def test_an_lstm_with_its_gates_shut_is_empty(cell, network):
    _, (h, c) = states_with_gates(cell, network, [-1000, -1000, 0, -1000])
    assert not h.any() and not c.any()


# --- The beginning -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_initial_parameters_have_their_shapes_and_an_orthogonal_matrix_for_each_gate(cell, rng, dtype):
    params, width = cell.init_params(7, 20, rng=rng, dtype=dtype), 20 * GATES[cell]
    shapes = {"W_xh": (7, width), "W_hh": (20, width), "b_h": (width,)}
    assert {name: array.shape for name, array in params.items()} == shapes
    assert {array.dtype for array in params.values()} == {np.dtype(dtype)}
    blocks = np.split(params["W_hh"], GATES[cell], axis=1)
    for block in blocks:
        np.testing.assert_allclose(block.T @ block, np.eye(20), atol=10 * np.finfo(dtype).eps)
    assert len({block.tobytes() for block in blocks}) == GATES[cell], "each gate has its own"


def test_biases_are_zero_but_for_the_forget_gates_which_are_one(cell, rng):
    expected = np.zeros((GATES[cell], 20))
    if cell is lstm:
        expected[1] = 1
    np.testing.assert_array_equal(cell.init_params(7, 20, rng=rng)["b_h"], expected.ravel())


def test_rows_of_W_xh_have_unit_variance(cell, rng):
    for block in np.split(cell.init_params(200, 100, rng=rng)["W_xh"], GATES[cell], axis=1):
        assert block.mean() == pytest.approx(0, abs=0.03)
        assert block.std() == pytest.approx(1, abs=0.03)


def test_the_state_before_the_first_character_is_zero(cell):
    state = cell.init_state(3, 4, np.float32)
    assert (state.shape, state.dtype, state.any()) == ((2, 3, 4) if cell is lstm else (3, 4), np.float32, False)


def test_one_character_and_one_unit_are_a_network(cell, rng):
    params = {**cell.init_params(1, 1, rng=rng), "W_hy": np.ones((1, 1)), "b_y": np.zeros(1)}
    assert (np.abs(params["W_hh"]) == 1).all()
    state = np.ones_like(cell.init_state(1, 1))
    expected = reference.batch_forward(params, np.array([[0]]), state)[2]
    np.testing.assert_allclose(cell.step(params, np.array([0]), state), expected, rtol=1e-13)


@pytest.mark.parametrize(("V", "H"), [(0, 4), (5, 0), (5, -3)])
def test_sizes_below_one_are_refused(cell, rng, V, H):
    with pytest.raises(ValueError, match=f"_size of at least 1, got {min(V, H)}"):
        cell.init_params(V, H, rng=rng)


def test_the_shapes_are_those_of_the_parameters_and_cost_nothing(cell, rng):
    drawn = cell.init_params(7, 20, rng=rng)
    assert cell.param_shapes(7, 20) == {name: array.shape for name, array in drawn.items()}
    assert cell.param_shapes(10**9, 10**9)["W_hh"] == (10**9, GATES[cell] * 10**9)


def test_every_orthogonal_matrix_is_equally_likely():
    """Of the Haar distribution: each entry has mean 0 and variance 1/n, the trace mean 0 and variance 1, det ±1 alike.

    Without the signs of R's diagonal, LAPACK's Q has its own: its first entry is never positive, its trace is not 0.
    """
    rng, n, draws = np.random.default_rng(0), 4, 4000
    Q = np.array([rnn.orthogonal(n, rng) for _ in range(draws)])
    assert np.abs(Q.mean(axis=0)).max() < 4.5 / np.sqrt(n * draws)
    np.testing.assert_allclose((Q**2).mean(axis=0), 1 / n, atol=4.5 * np.sqrt(2 / n**2 / draws))
    traces, signs = np.trace(Q, axis1=1, axis2=2), np.linalg.det(Q)
    assert abs(traces.mean()) < 4.5 / np.sqrt(draws)
    assert np.mean(traces**2) == pytest.approx(1, abs=0.12)
    assert abs(signs.mean()) < 4.5 / np.sqrt(draws)
    np.testing.assert_allclose(np.abs(signs), 1)
