"""Cells that need PyTorch ship with its outputs: without it they are run, not compared, and keep what is stored."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parent.parent
WITHOUT = importlib.util.find_spec("torch") is None
pytestmark = pytest.mark.skipif(not WITHOUT, reason="PyTorch is installed: its cells are compared")


@pytest.fixture
def notebook(tmp_path):
    """One cell with the tag and one without, both of which print something else than what is stored."""
    stored = [new_output("stream", name="stdout", text="stored\n")]
    cells = [new_code_cell("print('new')", execution_count=k + 1, outputs=stored) for k in range(2)]
    cells[0].metadata["tags"] = ["needs-torch"]
    nbformat.write(new_notebook(cells=cells), tmp_path / "one.ipynb")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    return tmp_path / "one.ipynb"


def test_without_pytorch_the_tagged_cell_is_run_but_not_compared(notebook):
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", notebook]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=notebook.parent).stdout
    assert "1 failed, 1 passed" in said and "Cell 1" in said


def test_without_pytorch_make_notebooks_keeps_the_stored_outputs_of_the_tagged_cell(notebook):
    subprocess.run([sys.executable, ROOT / "tools" / "run_notebooks.py", notebook], check=True, capture_output=True)
    assert [cell.outputs[0].text for cell in nbformat.read(notebook, 4).cells] == ["stored\n", "new\n"]
