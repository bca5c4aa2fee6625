"""How the tests read notebooks: cells, tags, exercises."""

import re
from pathlib import Path

import nbformat

PATHS = sorted(Path(__file__).parent.parent.glob("notebooks/*.ipynb"))
CHECKER = re.compile(r"^exercise\(\"(\d+\.\d+)\", (\w+)\)$", re.MULTILINE)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def read(path):
    return nbformat.read(path, as_version=4)


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def exercises(notebook):
    """Yield (number, stub cell, checker cell, solution cell) for each exercise, in order."""
    cells = notebook.cells
    for i, cell in enumerate(cells):
        if has_tag(cell, "exercise"):
            checker, solution = cells[i + 1], cells[i + 2]
            yield CHECKER.search(checker.source)[1], cell, checker, solution
