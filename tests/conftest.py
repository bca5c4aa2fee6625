"""Fixtures that several test files share: small networks on which a wrong gradient shows."""

from typing import NamedTuple

import hypothesis
import numpy as np
import pytest

hypothesis.settings.register_profile("rnnlib", deadline=None, derandomize=True, database=None, max_examples=60)
hypothesis.settings.load_profile("rnnlib")


class Network(NamedTuple):
    params: dict
    inputs: np.ndarray  # (T, B)
    targets: np.ndarray  # (T, B)
    state: np.ndarray  # (B, H)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def draw_network():
    """Draw weights, biases and an initial state around 0.5, and a block in which characters repeat."""

    def draw(V, H, T, B, seed=0):
        rng = np.random.default_rng(seed)
        shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, V), "b_y": (V,)}
        params = {name: 0.5 * rng.standard_normal(shape) for name, shape in shapes.items()}
        inputs, targets = rng.integers(V, size=(2, T, B))
        if T > 1:
            inputs[-1] = inputs[0]
        return Network(params, inputs, targets, 0.5 * rng.standard_normal((B, H)))

    return draw


@pytest.fixture
def network(draw_network):
    """One such network, with four sizes that all differ."""
    return draw_network(V=5, H=4, T=6, B=3)
