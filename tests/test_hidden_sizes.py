"""Every notebook runs to its end, its assertions true, with other hidden sizes and other seeds: make test-sizes.

Other than its own: with those, nbval runs it.
"""

import ast

import papermill
import pytest

import notebooks

SIZES, SEEDS = (1, 7, 64), range(5)


def knobs(path):
    """Return the knobs of a notebook: what the cell tagged `parameters` sets, name to number."""
    cell = next(cell for cell in notebooks.read(path).cells if notebooks.has_tag(cell, "parameters"))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}


KNOBS = {path: knobs(path) for path in notebooks.PATHS}
CASES = [
    pytest.param(path, {knob: value}, id=f"{path.stem}-{knob}-{value}")
    for path, own in KNOBS.items()
    for knob, values in (("hidden_size", SIZES), ("seed", SEEDS))
    for value in values
    if own.get(knob, value) != value
]


def test_every_notebook_has_a_hidden_size_to_turn():
    assert all("hidden_size" in own for own in KNOBS.values())


@pytest.mark.sizes
@pytest.mark.parametrize(("notebook", "knob"), CASES)
def test_notebook_runs_with_another_knob(notebook, knob):
    papermill.execute_notebook(
        notebook, None, parameters=knob, cwd=notebook.parent, progress_bar=False, execution_timeout=300
    )
