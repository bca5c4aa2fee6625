"""Every notebook runs to its end, its assertions true, with other hidden sizes and other seeds: make test-sizes."""

import papermill
import pytest

import notebooks

SIZES, SEEDS = (1, 7, 64), range(5)


def has_knob(path, name):
    """Whether a notebook's cell of knobs sets this one."""
    knobs = next(cell for cell in notebooks.read(path).cells if notebooks.has_tag(cell, "parameters"))
    return f"\n{name} = " in f"\n{knobs.source}"


CASES = [
    pytest.param(path, {knob: value}, id=f"{path.stem}-{knob}-{value}")
    for path in notebooks.PATHS
    for knob, values in (("hidden_size", SIZES), ("seed", SEEDS))
    if has_knob(path, knob)
    for value in values
]


def test_every_notebook_has_a_hidden_size_to_turn():
    assert all(has_knob(path, "hidden_size") for path in notebooks.PATHS)


@pytest.mark.sizes
@pytest.mark.parametrize(("notebook", "knob"), CASES)
def test_notebook_runs_with_another_knob(notebook, knob):
    papermill.execute_notebook(
        notebook, None, parameters=knob, cwd=notebook.parent, progress_bar=False, execution_timeout=300
    )
