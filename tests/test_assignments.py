"""The nbgrader course, in the real nbgrader: what students get, what their submissions score (make test-assignments).

Writes the course, generates every assignment, hands in four submissions of one, autogrades, and reads the gradebook.
"""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbformat import write

from course.checks import BLANK
from notebooks import CODE, PATHS, exercises, has_tag, read

gradebook = pytest.importorskip("nbgrader.api")
pytestmark = pytest.mark.nbgrader

TOOL = Path(__file__).parent.parent / "tools" / "make_assignments.py"
NAMES = [path.stem for path in PATHS if list(exercises(read(path)))]
GRADED = "03_cross_entropy"  # the one that is handed in


def nbgrader(course, *arguments, **environment):
    """Run nbgrader in the course's folder, and return what it said."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # it calls alembic by name
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={**os.environ, "PATH": search, **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    subprocess.run([sys.executable, TOOL, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def released(course):
    """Generate all assignments; return a function that gives the path of one as students get it."""
    said = nbgrader(course, "generate_assignment", "*")
    assert "WARNING" not in said and "ERROR" not in said, said
    return lambda name: course / "release" / name / f"{name}.ipynb"


def original(name):
    """Return (number, stub, checker, solution) for each exercise of a notebook of the course."""
    return list(exercises(read(next(path for path in PATHS if path.stem == name))))


def graded_cells(notebook, kind):
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(kind)]


@pytest.mark.parametrize("name", NAMES)
def test_students_get_the_stubs_and_locked_checkers_and_no_solution(released, name):
    notebook, expected = read(released(name)), original(name)
    answers, checkers = graded_cells(notebook, "solution"), graded_cells(notebook, "grade")
    assert [cell.source.rstrip() for cell in answers] == [stub.source for _, stub, _, _ in expected]
    for cell, (number, *_) in zip(checkers, expected, strict=True):
        assert f'verdict("{number}"' in cell.source
        assert cell.metadata.nbgrader.locked and cell.metadata.nbgrader.points == 1
    text = "\n".join(cell.source for cell in notebook.cells)
    assert not any(CODE.search(solution.source)[1].strip() in text for *_, solution in expected)
    assert not any(has_tag(cell, "solution") for cell in notebook.cells)
    prose = (re.sub(r"\[\*[^]]*\*\]", "", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    assert not any("solution" in source for source in prose)  # but in the title of a paper, which stands in [*...*]


def test_a_course_written_again_keeps_its_settings(course):
    config = course / "nbgrader_config.py"
    before = config.read_text(encoding="utf-8")
    config.write_text(before + "# mine\n", encoding="utf-8")
    subprocess.run([sys.executable, TOOL, course], check=True)
    assert config.read_text(encoding="utf-8") == before + "# mine\n"


def blank(notebook, solutions):
    pass


def right(notebook, solutions):
    for cell, solution in zip(graded_cells(notebook, "solution"), solutions, strict=True):
        cell.source = solution


def partly_right(notebook, solutions):
    """Solve every other exercise; in one of the rest, leave a cell that fails."""
    answers = graded_cells(notebook, "solution")
    for cell, solution in zip(answers[::2], solutions[::2], strict=True):
        cell.source = solution
    answers[1].source = "1 / 0"


def tampered(notebook, solutions):
    """Answer nothing; print right, assert nothing, take a checker away, raise the points."""
    checkers = graded_cells(notebook, "grade")
    checkers[0].source = 'print("right.")'
    checkers[1].source = checkers[1].source.replace("raise AssertionError(said)", "pass")
    notebook.cells.remove(checkers[2])
    checkers[-1].metadata.nbgrader.points = 100
    checkers[-1].metadata.nbgrader.locked = False
    checkers[-1].source = "pass"


@pytest.fixture(scope="module")
def submissions(course, released):
    """Hand in and autograde; return a function that gives a student's entry in the gradebook and graded notebook."""
    path = released(GRADED)
    solutions = [CODE.search(solution.source)[1] for *_, solution in original(GRADED)]
    for student in (blank, right, partly_right, tampered):
        notebook = read(path)
        student(notebook, solutions)
        handed_in = course / "submitted" / student.__name__ / GRADED / path.name
        handed_in.parent.mkdir(parents=True)
        write(notebook, handed_in)
    nbgrader(course, "autograde", GRADED, PYTHONOPTIMIZE="1")  # without assert, a blank is worth nothing all the same
    with gradebook.Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        yield lambda student: (
            book.find_submission(GRADED, student),
            read(course / "autograded" / student / GRADED / path.name),
        )


@pytest.mark.parametrize("student", ["right", "blank", "partly_right", "tampered"])
def test_the_gradebook_has_the_points_that_were_earned(submissions, student):
    numbers = [number for number, *_ in original(GRADED)]
    earned = {"right": numbers, "blank": [], "partly_right": numbers[::2], "tampered": []}[student]
    submission, _ = submissions(student)
    assert (submission.score, submission.max_score) == (len(earned), len(numbers))
    grades = {grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades}
    assert grades == {f"check-{number.replace('.', '-')}": float(number in earned) for number in numbers}
    assert not submission.needs_manual_grade


@pytest.mark.parametrize("student", ["right", "blank", "partly_right", "tampered"])
def test_checkers_are_those_of_the_course_and_all_other_cells_ran(released, submissions, student):
    _, graded = submissions(student)
    given = [cell.source for cell in graded_cells(read(released(GRADED)), "grade")]
    for cell, source in zip(graded_cells(graded, "grade"), given, strict=True):
        assert cell.source.endswith(source)  # nbgrader puts a line above a checker that was taken away
    for cell in graded.cells:
        failed = cell.cell_type == "code" and any(output.output_type == "error" for output in cell.outputs)
        assert not failed or cell.metadata.get("nbgrader"), cell.source


def test_a_graded_cell_says_what_is_wrong(submissions):
    _, graded = submissions("blank")
    for cell in graded_cells(graded, "grade"):
        assert cell.outputs[0].evalue == BLANK


def test_a_platforms_zip_is_sorted_by_student_as_the_docs_say(course, released):
    teaching = (TOOL.parent.parent / "docs" / "teaching.md").read_text(encoding="utf-8")
    pattern = re.search(r"^   c\.FileNameCollectorPlugin\.named_regexp = r\"(.*)\"$", teaching, re.MULTILINE)[1]
    archive = course / "downloaded" / GRADED / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "all.zip", "w") as downloaded:
        for name in ("Ada Lovelace_4711_assignsubmission_file_", "Alan Turing_4712_assignsubmission_file_/"):
            downloaded.write(released(GRADED), f"{name}{GRADED}.ipynb")
    nbgrader(course, "zip_collect", GRADED, f"--FileNameCollectorPlugin.named_regexp={pattern}")
    for student in ("4711", "4712"):
        assert (course / "submitted" / student / GRADED / f"{GRADED}.ipynb").exists()
