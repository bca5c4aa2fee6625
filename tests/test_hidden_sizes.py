"""Every notebook runs to its end, its assertions true, with other hidden sizes: make test-sizes."""

import papermill
import pytest

import notebooks


@pytest.mark.sizes
@pytest.mark.parametrize("hidden_size", [1, 7, 64])
@pytest.mark.parametrize("notebook", notebooks.PATHS, ids=lambda path: path.stem)
def test_notebook_runs_with_another_hidden_size(notebook, hidden_size):
    papermill.execute_notebook(
        notebook,
        None,
        parameters={"hidden_size": hidden_size},
        cwd=notebook.parent,
        progress_bar=False,
        execution_timeout=300,
    )
