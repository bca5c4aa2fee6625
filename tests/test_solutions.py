"""A notebook's own solutions, put into its stubs, run to the end; every checker says right, every equation could fail.

With few hidden units, for they train faster, and no exercise depends on how many there are. On the way, both sides of
each numbered equation are remembered; at the end each check is run again with its sides perturbed, and has to fail.
"""

import json
from pathlib import Path

import ledger
import nbclient
import numpy as np
import pytest
from nbformat.v4 import new_code_cell

import notebooks
from course.checks import RIGHT

pytestmark = pytest.mark.solutions
WATCH = f"import sys; sys.path.append({str(Path(__file__).parent)!r}); import ledger; ledger.watch()"
REPORT = "import json; print(json.dumps(ledger.faults()))"
EXACT = {  # many numbers on both sides agree in every bit, and rightly so
    "0.1": "the tour's line and the library's are the same products in the same order",
    "1.4": "both divide the same whole numbers: two ways of counting",
    "2.6": "the same steps, in one run and in two",
    "2.11": "the same steps, in one array and stream by stream",
    "2.7": "the same products, time step by time step and in the library",
    "6.13": "the same formula, for all steps at once and step by step in the library",
    "7.6": "one sum divides five numbers",
}


def run(path):
    """Run a notebook with its solutions in its stubs; return its exercises, and the faults of its equations."""
    notebook = notebooks.read(path)
    found = list(notebooks.exercises(notebook))
    for _, stub, _, solution in found:
        stub.source = notebooks.CODE.search(solution.source)[1]
    next(cell for cell in notebook.cells if notebooks.has_tag(cell, "parameters")).source += "\nhidden_size = 8"
    notebook.cells = [new_code_cell(WATCH), *notebook.cells, new_code_cell(REPORT)]
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    return found, json.loads(printed(notebook.cells[-1]))


def printed(cell):
    """Return the last line that a cell printed; a busy kernel may send it in pieces."""
    return "".join(output.get("text", "") for output in cell.outputs).splitlines()[-1]


@pytest.mark.parametrize("path", notebooks.PATHS, ids=lambda path: path.stem)
def test_the_solutions_in_the_notebook_are_right_and_its_equations_can_fail(path):
    found, faults = run(path)
    for number, _, checker, _ in found:
        assert printed(checker) == f"Exercise {number}: {RIGHT}"
    same = ["the sides are bit for bit the same"]
    assert {number: found for number, found in faults.items() if found != same or number not in EXACT} == {}


@pytest.mark.parametrize(
    ("left", "right", "rtol", "fault"),
    [
        (np.array([1e12, 1.0]), np.array([1e12, 1.0]), 1e-10, None),
        (np.array([3.0, 4.0]), np.array([3.0, 4.0 + 1e-11]), 1e-10, None),
        (np.array(7), np.array(7), 1e-10, None),
        (np.array([1.0, 2.0]), np.array([1.005, 2.0]), 1e-2, "element [0] moved"),
        (np.sqrt(np.arange(50)), np.sqrt(np.arange(50)), 1e-10, "the sides are bit for bit the same"),
    ],
)
def test_a_check_that_lets_a_perturbed_side_through_is_found(left, right, rtol, fault):
    found = ledger.find_faults("4.7", left, right, {"rtol": rtol})
    assert found == [] if fault is None else fault in found


def test_a_check_that_cannot_fail_is_found():
    found = ledger.find_faults("4.7", np.eye(3), np.eye(3), {}, check=lambda *_, **__: None)
    assert {"all signs turned", "all twice as large", "element [0, 0] moved"} <= set(found)
