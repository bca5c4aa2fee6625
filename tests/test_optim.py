import math

import numpy as np
import pytest

from rnnlib import optim

OPTIMIZERS = [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam]


def walk(optimizer, grads, learning_rate=0.1, start=1.0):
    """The values that one number takes under these gradients."""
    params = {"p": np.array([start])}
    for grad in grads:
        optimizer.update(params, {"p": np.array([float(grad)])}, learning_rate)
        yield params["p"][0]


# Each from 1.0 with learning rate 0.1 and the gradients 3, then -4, worked by hand.
SECOND_MOMENT = (0.999 * 0.001 * 9 + 0.001 * 16) / (1 - 0.999**2)
FIRST_MOMENT = (0.9 * 0.1 * 3 + 0.1 * -4) / (1 - 0.9**2)


@pytest.mark.parametrize(
    ("optimizer", "first", "second"),
    [
        (lambda: optim.SGD(), 1 - 0.3, 1 - 0.3 + 0.4),
        (lambda: optim.Adagrad(), 1 - 0.1, 1 - 0.1 + 0.4 / 5),
        (lambda: optim.Adagrad(eps=7), 1 - 0.3 / 4, 1 - 0.3 / 4 + 0.4 / math.sqrt(32)),
        (lambda: optim.RMSprop(), 1 - 0.3 / math.sqrt(0.9), 1 - 0.3 / math.sqrt(0.9) + 0.4 / math.sqrt(0.81 + 1.6)),
        (lambda: optim.RMSprop(0.75, eps=0.5), 1 - 0.3 / 2, 1 - 0.3 / 2 + 0.4 / (math.sqrt(0.75 * 2.25 + 4) + 0.5)),
        (lambda: optim.Adam(), 1 - 0.1, 1 - 0.1 - 0.1 * FIRST_MOMENT / math.sqrt(SECOND_MOMENT)),
        (lambda: optim.Adam(beta1=0, beta2=0, eps=1), 1 - 0.3 / 4, 1 - 0.3 / 4 + 0.4 / 5),
    ],
    ids=["SGD", "Adagrad", "Adagrad's eps", "RMSprop", "RMSprop's settings", "Adam", "Adam's settings"],
)
def test_two_steps_worked_by_hand(optimizer, first, second):
    np.testing.assert_allclose(list(walk(optimizer(), [3, -4])), [first, second], rtol=1e-8)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_gradient_of_zero_moves_nothing(optimizer):
    assert list(walk(optimizer(), [0, 0])) == [1, 1]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_parameters_are_changed_in_place_and_gradients_are_not(optimizer, rng):
    array = rng.standard_normal((2, 3))
    params, grads = {"W": array}, {"W": rng.standard_normal((2, 3))}
    before, grad = array.copy(), grads["W"].copy()
    optimizer().update(params, grads, 0.1)
    assert params["W"] is array
    assert (array != before).all()
    np.testing.assert_array_equal(grads["W"], grad)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_parameter_moves_as_if_alone(optimizer, rng):
    together, alone = optimizer(), {"a": optimizer(), "b": optimizer()}
    params = {"a": rng.standard_normal(3), "b": rng.standard_normal((2, 2))}
    copies = {name: array.copy() for name, array in params.items()}
    for _ in range(3):
        grads = {name: rng.standard_normal(array.shape) for name, array in params.items()}
        together.update(params, grads, 0.1)
        for name, grad in grads.items():
            alone[name].update({name: copies[name]}, {name: grad}, 0.1)
    for name in params:
        np.testing.assert_array_equal(params[name], copies[name])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_float32_stays_float32(optimizer):
    params, grads, moving = {"p": np.ones(2, "f4")}, {"p": np.ones(2, "f4")}, optimizer()
    moving.update(params, grads, 0.1)
    assert {array.dtype for array in (params["p"], *moving.memory.values()) if array.ndim} == {np.dtype("f4")}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_bottom_of_a_bowl_is_found(optimizer):
    params, moving = {"p": np.array([3.0, -2.0])}, optimizer()
    for step in range(400):
        moving.update(params, {"p": 2 * params["p"]}, 0.3 * (1 - step / 400))
    assert np.abs(params["p"]).max() < 0.01


@pytest.mark.parametrize(
    ("ours", "theirs", "settings"),
    [
        (optim.SGD(), "SGD", {}),
        (optim.Adagrad(eps=0), "Adagrad", {"eps": 0}),  # PyTorch adds its eps outside the root
        (optim.RMSprop(), "RMSprop", {"alpha": 0.9, "eps": 1e-8}),
        (optim.RMSprop(0.8, 0.1), "RMSprop", {"alpha": 0.8, "eps": 0.1}),
        (optim.Adam(), "Adam", {}),
        (optim.Adam(0.7, 0.8, 0.1), "Adam", {"betas": (0.7, 0.8), "eps": 0.1}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_twenty_steps_are_those_of_pytorch(rng, ours, theirs, settings):
    torch = pytest.importorskip("torch")
    params = {"a": rng.standard_normal(3), "b": rng.standard_normal((2, 4))}
    leaves = {name: torch.tensor(array.copy(), requires_grad=True) for name, array in params.items()}
    optimizer = getattr(torch.optim, theirs)(leaves.values(), lr=0.03, **settings)
    for _ in range(20):
        grads = {name: rng.standard_normal(array.shape) for name, array in params.items()}
        for name, leaf in leaves.items():
            leaf.grad = torch.tensor(grads[name])
        optimizer.step()
        ours.update(params, grads, 0.03)
    for name, leaf in leaves.items():
        np.testing.assert_allclose(params[name], leaf.detach().numpy(), rtol=1e-12)


@pytest.fixture
def grads():
    return {"a": np.array([3.0, -7.0]), "b": np.array([[0.5], [-0.5], [6.0]])}


def test_clipping_by_value_moves_each_element_into_the_limits(grads):
    clipped = optim.clip_by_value(grads, 5)
    assert {name: grad.tolist() for name, grad in clipped.items()} == {"a": [3, -5], "b": [[0.5], [-0.5], [5]]}
    assert grads["a"].tolist() == [3, -7]


def test_the_global_norm_is_that_of_one_long_vector(grads):
    assert optim.global_norm(grads) == pytest.approx(math.sqrt(9 + 49 + 0.25 + 0.25 + 36))


def test_clipping_by_norm_shortens_and_keeps_the_direction(grads):
    clipped, norm = optim.clip_by_norm(grads, 2)
    assert norm == pytest.approx(math.sqrt(94.5))
    for name, grad in grads.items():
        np.testing.assert_allclose(clipped[name], grad * 2 / math.sqrt(94.5))
    assert grads["a"].tolist() == [3, -7]


@pytest.mark.parametrize("limit", [9.8, math.inf])
def test_gradients_within_the_limit_are_left_alone(grads, limit):
    clipped, norm = optim.clip_by_norm(grads, limit)
    assert norm == pytest.approx(math.sqrt(94.5))
    for name, grad in grads.items():
        np.testing.assert_array_equal(clipped[name], grad)


def test_gradients_of_zero_have_norm_zero_and_stay():
    clipped, norm = optim.clip_by_norm({"a": np.zeros(3)}, 1)
    assert norm == 0
    assert clipped["a"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_an_optimiser_keeps_is_what_a_checkpoint_expects(optimizer):
    moving = optimizer()
    assert moving.memory == {}
    moving.update({"a": np.ones(3), "b": np.ones((2, 2))}, {"a": np.ones(3), "b": np.ones((2, 2))}, 0.1)
    assert {name: array.shape for name, array in moving.memory.items()} == {
        name: () if name == "t" else (7,) for name in optim.MEMORY[optimizer.__name__]
    }


def test_clipping_keeps_types_and_gives_new_arrays(grads):
    single = {name: grad.astype(np.float32) for name, grad in grads.items()}
    for clipped in (optim.clip_by_value(single, 5), optim.clip_by_norm(single, 2)[0]):
        assert {grad.dtype for grad in clipped.values()} == {np.dtype(np.float32)}
        assert not any(np.shares_memory(clipped[name], single[name]) for name in single)
    assert type(optim.global_norm(single)) is float


def test_a_long_vector_is_new_and_in_the_order_of_the_names():
    arrays = {"a": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": np.array([5.0])}
    for names in ("ab", "ba", "a"):
        flat = optim.flatten(arrays, names)
        assert flat.tolist() == [x for name in names for x in arrays[name].ravel()]
        flat[:] = 0
    assert arrays["a"].tolist() == [[1, 2], [3, 4]]
    optim.subtract(arrays, np.array([1.0, 1, 1, 1, 7]))
    assert (arrays["a"].tolist(), arrays["b"].tolist()) == ([[0, 1], [2, 3]], [-2])
