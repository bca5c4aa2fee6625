"""Write an nbgrader course from the notebooks' exercises: python tools/make_assignments.py FOLDER (make assignments).

FOLDER gets nbgrader_config.py, unless it has one, and source/NAME/NAME.ipynb for every notebook with exercises. A stub
becomes the student's cell, with the notebook's own solution between nbgrader's markers; a checker becomes a locked cell
that is graded, for one point; the solution cell is left out. docs/teaching.md says how to go on from there.
"""

import re
import sys
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
CHECKER = re.compile(r"^exercise\(\"([\d.]+)\", (\w+)\)$", re.MULTILINE)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
WHERE_SOLUTIONS_ARE = re.compile(r"\s*The (hint and\s+the )?solutions?\s[^.]*\.")

CHECK = """\
from course.checks import RIGHT, verdict

said = verdict("{number}", {answer})
if said != RIGHT:  # not an assert: PYTHONOPTIMIZE strips those
    raise AssertionError(said)
print(said)"""

CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "rnnlib"
c.ClearSolutions.code_stub = {"python": ""}  # what a student starts from stands above the solution
c.OverwriteCells.add_missing_cells = True  # a checker that was deleted is graded all the same
c.Execute.timeout = 120  # seconds for one cell; one that takes longer is interrupted, and the next one runs
"""


def grading(name, **what):
    """Return nbgrader's metadata of a cell."""
    others = dict.fromkeys(("grade", "solution", "task", "locked"), False)
    return {"schema_version": 3, "grade_id": name, **others, **what}


def assignment(notebook):
    """Turn a notebook with exercises into the source of an assignment, in place."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        tags = cell.metadata.get("tags", [])
        if not tags and cell.cell_type == "markdown":
            cell.source = WHERE_SOLUTIONS_ARE.sub("", cell.source)
        if "exercise" in tags:
            checker, solution = notebook.cells[i + 1 : i + 3]
            number, answer = CHECKER.search(checker.source).groups()
            cell.source += f"\n### BEGIN SOLUTION\n{CODE.search(solution.source)[1]}### END SOLUTION"
            name = number.replace(".", "-")
            cell.metadata.nbgrader = grading(f"answer-{name}", solution=True)
            checker.source = CHECK.format(number=number, answer=answer)
            checker.metadata.nbgrader = grading(f"check-{name}", grade=True, locked=True, points=1)
    notebook.cells = [cell for cell in notebook.cells if "solution" not in cell.metadata.get("tags", [])]


def main(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nbgrader_config.py"
    if not config.exists():
        config.write_text(CONFIG, encoding="utf-8")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if any("exercise" in cell.metadata.get("tags", []) for cell in notebook.cells):
            assignment(notebook)
            source = folder / "source" / path.stem / path.name
            source.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, source)
            print(source)


if __name__ == "__main__":
    main(sys.argv[1])
