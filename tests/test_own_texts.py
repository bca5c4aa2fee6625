"""Notebook 13 runs to its end on any text: names, poems, programs, tables, other scripts, and texts with a flaw.

Three kinds in the normal suite, all with: pytest -m own_texts tests/test_own_texts.py
"""

import warnings

import nbclient
import pytest

import made_texts
import notebooks

NOTEBOOK = next(path for path in notebooks.PATHS if path.stem.startswith("13_"))
NORMAL = {"Chinese poems", "hello, 1000 times", "120 characters"}
SECONDS = 4


def run(path, *knobs):
    """Run the notebook on a text and return all that it printed."""
    notebook = notebooks.read(NOTEBOOK)
    cell = next(cell for cell in notebook.cells if notebooks.has_tag(cell, "parameters"))
    cell.source = "\n".join([cell.source, f"text = {str(path)!r}", *knobs])
    watch = "\nimport warnings\nwarnings.simplefilter('error')"  # no box that is drawn for a letter passes
    cell.source += watch
    last = nbformat_cell(f"print('ratio', spent / {SECONDS})")
    notebook.cells.append(last)
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


@pytest.mark.parametrize(
    "kind",
    [kind if kind in NORMAL else pytest.param(kind, marks=pytest.mark.own_texts) for kind in made_texts.KINDS],
)
def test_the_notebook_runs_to_its_end_on(kind, tmp_path):
    path = tmp_path / "my_text.txt"
    path.write_text(made_texts.KINDS[kind](), encoding="utf-8")
    print(run(path, "hidden_size = 24", f"seconds = {SECONDS}"))
