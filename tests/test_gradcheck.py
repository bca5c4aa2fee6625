import copy
import types

import numpy as np
import pytest

from rnnlib import gradcheck, gru, language_model, lstm, rnn

BUGS = [
    "no dh_next",
    "no tanh'",
    "1 - h for 1 - h²",
    "h_t for h_{t-1}",
    "first state wraps to the last",
    "W_hh not transposed",
    "db_h = for +=",
    "dh_next from dh",
    "time walked forwards",
    "dW_xh = for +=",
    "one step too few",
    "dstate is the last dh",
]


def cell_with(bug):
    """The vanilla cell with a backward pass of our own, one step at a time, and at most one edit wrong."""

    def backward(params, inputs, hs, dhs):
        W_hh, T = params["W_hh"], len(inputs)
        grads = {name: np.zeros_like(params[name]) for name in ("W_xh", "W_hh", "b_h")}
        dh_next = np.zeros_like(hs[0])
        times = range(T) if bug == "time walked forwards" else reversed(range(bug == "one step too few", T))
        for t in times:
            h = hs[t + 1]
            dh = dhs[t] + (0 if bug == "no dh_next" else dh_next)
            da = dh * {"no tanh'": 1, "1 - h for 1 - h²": 1 - h}.get(bug, 1 - h**2)
            before = {"h_t for h_{t-1}": h, "first state wraps to the last": hs[t if t else T]}.get(bug, hs[t])
            grads["W_hh"] += before.T @ da
            for i, row in zip(inputs[t], da, strict=True):
                grads["W_xh"][i] = row if bug == "dW_xh = for +=" else grads["W_xh"][i] + row
            grads["b_h"] = da.sum(axis=0) + (0 if bug == "db_h = for +=" else grads["b_h"])
            dh_next = (dh if bug == "dh_next from dh" else da) @ (W_hh if bug == "W_hh not transposed" else W_hh.T)
        return grads, dh if bug == "dstate is the last dh" else dh_next

    return types.SimpleNamespace(**{**vars(rnn), "backward": backward})


@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
@pytest.mark.parametrize("cell", [cell_with(bug) for bug in BUGS], ids=BUGS)
def test_a_planted_bug_is_found_by_a_wide_margin(network, cell, method):
    errors = gradcheck.check_gradients(*network, cell=cell, method=method)
    assert max(errors.values()) > 0.05


@pytest.mark.parametrize("cell", [rnn, cell_with(None), gru, lstm], ids=["rnn", "our own", "gru", "lstm"])
@pytest.mark.parametrize(
    ("method", "limit"), [(gradcheck.complex_step, 1e-13), (gradcheck.central_differences, 1e-8)]
)
def test_a_right_backward_pass_is_accepted(network, cell, method, limit):
    errors = gradcheck.check_gradients(*network, cell=cell, method=method)
    assert errors.keys() == {*network.params, "state"}
    assert max(errors.values()) < limit


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h", "W_hy", "b_y", "state"])
def test_one_wrong_number_is_found_and_its_parameter_named(monkeypatch, cell, network, name):
    right = language_model.backward

    def wrong(*args, **kwargs):
        grads, dstate = right(*args, **kwargs)
        (dstate if name == "state" else grads[name]).flat[0] += 1e-6
        return grads, dstate

    monkeypatch.setattr(language_model, "backward", wrong)
    errors = gradcheck.check_gradients(*network, cell=cell)
    assert {key for key, error in errors.items() if error > 1e-9} == {name}


@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_numeric_gradients_are_the_known_derivative(rng, method, shape):
    x = rng.standard_normal(shape)
    before = x.copy()
    grad = method(lambda x: (np.exp(x) * np.tanh(x)).sum(), x)
    assert grad.shape == shape
    np.testing.assert_allclose(grad, np.exp(x) * (np.tanh(x) + 1 - np.tanh(x) ** 2), rtol=1e-8)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
def test_numeric_gradients_at_whole_numbers(method):
    np.testing.assert_allclose(method(lambda x: (x**3).sum(), np.array([1, 2, 3])), [3, 12, 27], rtol=1e-8)


def test_complex_step_is_exact_to_rounding_and_central_differences_are_not():
    x = np.array([0.7, 1.3])
    errors = {
        method: gradcheck.relative_error(method(lambda x: np.sin(x).sum(), x), np.cos(x))
        for method in (gradcheck.complex_step, gradcheck.central_differences)
    }
    assert errors[gradcheck.complex_step] < 1e-15 < 1e-13 < errors[gradcheck.central_differences] < 1e-9


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0),
        ([1.0, 4.0], [1.0, 3.0], 0.25),
        ([1.0, 3.0], [1.0, -4.0], 1.75),
        ([0.0, 0.0], [0.0, 0.0], 0),
        ([0.0, 0.0], [0.0, 1e-9], 1),
    ],
)
def test_relative_error_is_the_largest_difference_over_the_largest_number(a, b, error):
    assert gradcheck.relative_error(a, b) == gradcheck.relative_error(b, a) == error


def test_relative_error_with_nan_is_below_no_limit():
    assert not gradcheck.relative_error([1.0, np.nan], [1.0, np.nan]) < np.inf


def test_gradients_of_different_shapes_are_not_compared():
    with pytest.raises(ValueError, match=r"\(2, 1\) and \(2,\)"):
        gradcheck.relative_error([[1.0], [1.0]], [1.0, 1.0])


def model_with(**changes):
    return types.SimpleNamespace(**{**vars(language_model), **changes})


def test_a_bug_in_the_models_forward_is_found_even_where_its_backward_agrees(cell, network):
    """The numeric gradient is that of rnnlib's own forward: a model that consistently computes something else fails."""

    def no_b_y(params, inputs, state, *, cell):
        logits, trace = language_model.forward(params, inputs, state, cell=cell)
        return logits - params["b_y"], trace

    def blind_to_b_y(*args, **kwargs):
        grads, dstate = language_model.backward(*args, **kwargs)
        return grads | {"b_y": 0 * grads["b_y"]}, dstate

    def doubled(params, inputs, state, *, cell):
        logits, trace = language_model.forward(params, inputs, state, cell=cell)
        return 2 * logits, trace

    def back_from_doubled(params, inputs, trace, dlogits, *, cell):
        return language_model.backward(params, inputs, trace, 2 * dlogits, cell=cell)

    def from_zeros(params, inputs, state, *, cell):
        return language_model.forward(params, inputs, 0 * state, cell=cell)

    for model in (
        model_with(forward=no_b_y, backward=blind_to_b_y),
        model_with(forward=doubled),
        model_with(forward=doubled, backward=back_from_doubled),
        model_with(forward=from_zeros),
    ):
        errors = gradcheck.check_gradients(*network, model=model, cell=cell)
        assert max(errors.values()) > 0.05
    assert max(gradcheck.check_gradients(*network, model=model_with(), cell=cell).values()) < 1e-13


@pytest.mark.parametrize("cell", [rnn])
@pytest.mark.parametrize("edit", ["h_{t-1} twice", "the state is not carried", "no bias"])
def test_a_bug_in_a_cells_forward_is_found_if_its_backward_does_not_share_it(network, cell, edit):
    def forward(params, inputs, state):
        hs = np.empty((len(inputs) + 1, *state.shape), np.result_type(state, *params.values()))
        hs[0] = state
        for t, ids in enumerate(inputs):
            before = hs[0] if edit == "the state is not carried" else hs[t] * (1 + (edit == "h_{t-1} twice"))
            b_h = params["b_h"] * (edit != "no bias")
            hs[t + 1] = np.tanh(params["W_xh"][ids] + before @ params["W_hh"] + b_h)
        return hs

    wrong = types.SimpleNamespace(**{**vars(cell), "forward": forward})
    assert max(gradcheck.check_gradients(*network, cell=wrong).values()) > 0.05


def test_the_check_changes_nothing_that_it_is_given(cell, network):
    before = copy.deepcopy(network)
    gradcheck.check_gradients(*network, cell=cell)
    np.testing.assert_equal(network, before)


def test_gradients_in_small_integers_do_not_wrap_around():
    a, b = np.array([0, 200], np.uint8), np.array([100, 200], np.uint8)
    assert gradcheck.relative_error(a, b) == gradcheck.relative_error(b, a) == 0.5


@pytest.mark.parametrize("method", [gradcheck.complex_step, gradcheck.central_differences])
def test_a_numeric_gradient_is_in_double_precision_and_takes_the_step_it_is_given(method):
    grad = method(lambda x: (x**2).sum(), np.array([1, 2], np.float32), step=2.0**-10)
    assert grad.dtype == np.float64
    np.testing.assert_allclose(grad, [2, 4], rtol=1e-6)
    steps = []
    method(lambda x: steps.append(x.copy()) or x.sum(), np.array([1.0]), step=0.25)
    assert np.abs(steps[0] - 1).max() == 0.25
