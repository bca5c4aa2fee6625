"""Notebook 13 runs to its end on any text: names, poems, programs, tables, other scripts, and texts with a flaw.

Three kinds in the normal suite; all of them, and the time that they take: pytest -m own_texts tests/test_own_texts.py
"""

import made_texts
import nbclient
import nbformat
import pytest

import notebooks

NOTEBOOK = next(path for path in notebooks.PATHS if path.stem.startswith("13_"))
NORMAL = ("Chinese poems", "hello, 1000 times", "120 characters")
ERRORS = "import matplotlib.pyplot, warnings; warnings.filterwarnings('error', category={})"  # once imported


def run(path, *knobs):
    """Run the notebook on a text, with matplotlib's and numpy's warnings as errors; return all that it printed."""
    notebook = notebooks.read(NOTEBOOK)
    cell = next(cell for cell in notebook.cells if notebooks.has_tag(cell, "parameters"))
    strict = [ERRORS.format(kind) for kind in ("UserWarning", "RuntimeWarning")]
    cell.source = "\n".join([cell.source, f"text = {str(path)!r}", *knobs, *strict])
    notebook.cells.append(nbformat.v4.new_code_cell("print('took', spent / seconds)"))
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == "stdout")


def write(folder, text):
    path = folder / "my_text.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", NORMAL)
def test_the_notebook_runs_to_its_end(kind, tmp_path):
    run(write(tmp_path, made_texts.KINDS[kind]()), "hidden_size = 8", "seconds = 2")


@pytest.mark.own_texts
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("kind", made_texts.KINDS)
def test_the_notebook_runs_to_its_end_in_the_time_it_was_given(kind, cell, tmp_path):
    """On a quiet machine: at most twice the time, however many characters are distinct. Short texts take less."""
    printed = run(write(tmp_path, made_texts.KINDS[kind]()), "hidden_size = 32", "seconds = 5", f"cell = {cell!r}")
    assert float(printed.split("took")[-1]) < 2


@pytest.mark.own_texts
def test_a_prompt_with_strange_characters_loses_them(tmp_path):
    path = write(tmp_path, made_texts.KINDS["DNA"]())
    assert "so left out of the prompt: ☃" in run(path, "hidden_size = 8", "seconds = 2", "prompt = 'GAT☃'")


def test_a_text_too_short_for_anything_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="has 40 characters. Expected at least 100"):
        run(write(tmp_path, "to be or not to be, that is the question"))
