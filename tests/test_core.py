"""A reader who opens none of the deeper sections reaches the end: they are cut out here, and the rest is run."""

import nbclient
import pytest

import notebooks
from tools import reading_time

pytestmark = pytest.mark.core


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_the_core_needs_no_deeper_section(path):
    notebook = notebooks.read(path)
    notebook.cells = [cell for part, cell in reading_time.parts(notebook) if part != "deeper"]
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
