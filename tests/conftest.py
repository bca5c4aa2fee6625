"""Fixtures that several test files share: small networks on which a wrong gradient shows."""

from typing import NamedTuple

import hypothesis
import numpy as np
import pytest
from nbclient.output_widget import OutputWidget

from rnnlib import checkpoint, language_model

hypothesis.settings.register_profile("rnnlib", deadline=None, derandomize=True, database=None, max_examples=60)
hypothesis.settings.load_profile("rnnlib")

# Nobody reads the widget state that nbclient sends back, and sending it can lose a reply, after which the cell never
# ends (nbclient issue 312).
OutputWidget.sync_state = lambda self: None


class Network(NamedTuple):
    params: dict
    inputs: np.ndarray  # (T, B)
    targets: np.ndarray  # (T, B)
    state: np.ndarray  # (B, H), or the LSTM's (2, B, H)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=checkpoint.CELLS.values(), ids=checkpoint.CELLS)
def cell(request):
    """Whatever asks for a cell, or for a network, runs with each of the three."""
    return request.param


@pytest.fixture
def draw_network(cell):
    """Draw weights, biases and an initial state around 0.5, and a block in which characters repeat."""

    def draw(V, H, T, B, seed=0):
        rng = np.random.default_rng(seed)
        like = language_model.init_params(V, H, cell=cell, rng=np.random.default_rng(0))
        params = {name: 0.5 * rng.standard_normal(array.shape) for name, array in like.items()}
        inputs, targets = rng.integers(V, size=(2, T, B))
        if T > 1:
            inputs[-1] = inputs[0]
        return Network(params, inputs, targets, 0.5 * rng.standard_normal(cell.init_state(B, H).shape))

    return draw


@pytest.fixture
def network(draw_network):
    """One such network, with four sizes that all differ."""
    return draw_network(V=5, H=4, T=6, B=3)
