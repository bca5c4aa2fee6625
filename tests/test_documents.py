"""README, docs/ and notebook 00 say what is true of the notebooks, the tools and the data today."""

import re
import sys
from pathlib import Path

import pytest

import notebooks
from course import mutants
from tools import reading_time

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "site"))
import address  # noqa: E402  a script, not a package

NOTEBOOKS = {path.stem: notebooks.read(path) for path in notebooks.PATHS}
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "data" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
ROW = re.compile(r"^\| \[?`?(\d\d)(?:_\w+)?`?(?:\]\([^)]*\))? \|(.*)\|$", re.MULTILINE)
FOLDERS = "rnnlib|course|data|tests|bench|tools|docs|notebooks|site"


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def rows(text):
    """Return the cells of each table row that begins with a notebook's number, by that number."""
    return {number: [cell.strip() for cell in rest.split("|")] for number, rest in ROW.findall(text)}


MINUTES = {name[:2]: reading_time.minutes(notebook)["core"] for name, notebook in NOTEBOOKS.items()}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_time_line_says_what_is_counted(name):
    notebook = NOTEBOOKS[name]
    said = reading_time.TIME.search(notebook.cells[0].source)
    assert said[0] == reading_time.time_line(notebook), "run tools/reading_time.py"
    assert notebook.cells[0].source[said.end()] == ";"  # the time for computing follows


def test_the_tables_of_minutes_say_what_each_notebook_says():
    prose = "\n".join(cell.source for cell in NOTEBOOKS["00_start_here"].cells if cell.cell_type == "markdown")
    start = prose[prose.index("| notebook | question | minutes |") :]
    assert {number: int(cells[-1]) for number, cells in rows(start).items()} == MINUTES
    teaching = read("docs/teaching.md")
    table = teaching[teaching.index("| notebook | reading |") : teaching.index("## The exercises")]
    assert {number: int(cells[0]) for number, cells in rows(table).items()} == MINUTES


def test_readme_and_notebook_00_list_every_notebook_with_its_question():
    questions = {
        name[:2]: re.search(r"^> \*\*(.*)\*\*", notebook.cells[0].source, re.MULTILINE)[1]
        for name, notebook in NOTEBOOKS.items()
    }
    prose = "\n".join(cell.source for cell in NOTEBOOKS["00_start_here"].cells if cell.cell_type == "markdown")
    for text in (read("README.md"), prose[prose.index("| notebook | question | minutes |") :]):
        assert {number: cells[0] for number, cells in rows(text).items()} == questions


def test_readme_begins_with_the_address_of_the_site():
    assert read("README.md").split("\n\n")[1] == address.first_line(), "make address"


def test_readme_says_how_long_the_course_takes():
    counted = [reading_time.minutes(notebook) for notebook in NOTEBOOKS.values()]
    reading = sum(minutes["core"] + minutes["deeper"] for minutes in counted) / 60
    exercises = sum(minutes["exercises"] for minutes in counted) / 60
    said = " ".join(read("README.md").split())
    assert f"a tour of {MINUTES['00']} minutes" in said
    assert round(reading) == 18 and "about eighteen hours of reading" in said
    assert f"the exercises {NUMBERS[round(exercises)]} more" in said


def test_readme_counts_the_explorers():
    explorers = sum(any(notebooks.has_tag(cell, "explorer") for cell in book.cells) for book in NOTEBOOKS.values())
    assert re.search(r"(\w+) have an explorer", read("README.md"))[1].lower() == NUMBERS[explorers]


def test_teaching_lists_every_exercise_once():
    table = read("docs/teaching.md").split("| | predict |")[1]
    listed = re.findall(r"\b(\d+\.\d+) ", table)
    there = [number for book in NOTEBOOKS.values() for number, *_ in notebooks.exercises(book)]
    assert sorted(listed) == sorted(there)
    for number, cells in rows(table).items():
        assert {found.split(".")[0] for found in re.findall(r"\d+\.\d+", " ".join(cells))} == {str(int(number))}


def test_readme_shows_ten_lines_that_a_network_wrote_and_describes_its_pictures():
    readme = read("README.md")
    written = re.search(r"^```\n(.*?)\n```$", readme, re.MULTILINE | re.DOTALL)[1]
    assert written.startswith("ROMEO:\n") and sum(bool(line) for line in written.split("\n")) >= 10
    pictures = re.findall(r"!\[([^]]*)\]\((docs/pictures/[^)]+\.png)\)", readme)
    assert len(pictures) == 2 and all(len(alt) > 80 and (ROOT / path).exists() for alt, path in pictures)


PLAN = re.compile(r"^\*\*(\w+) sessions: .*?\n\n(?=\*\*|Without)", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"^\| (\d+) \| (.*?) \| (.*?) \|", re.MULTILINE)
PLANS = {found[1].lower(): SESSION.findall(found[0]) for found in PLAN.finditer(read("docs/teaching.md"))}


@pytest.mark.parametrize(("plan", "sessions", "books"), [("four", 4, None), ("eight", 8, 15), ("fourteen", 14, 15)])
def test_a_plan_fits_its_sessions_and_names_what_there_is(plan, sessions, books):
    rows = PLANS[plan]
    assert [int(session) for session, *_ in rows] == list(range(1, sessions + 1))
    taught = [re.findall(r"\[(\d\d)\]", cell) for _, cell, _ in rows]
    assert all(sum(MINUTES[number] for number in session) <= 90 for session in taught)
    order = [number for session in taught for number in session]
    assert order == sorted(set(order)) and len(order) == (books or len(order))
    there = {number for book in NOTEBOOKS.values() for number, *_ in notebooks.exercises(book)}
    for session, (_, _, exercises) in zip(taught, rows, strict=True):
        named = re.findall(r"\d+\.\d+", exercises)
        assert named and set(named) <= there and {f"{int(number.split('.')[0]):02}" for number in named} <= set(session)


def test_readme_counts_the_data():
    texts, networks = (len(list((ROOT / "data").glob(pattern))) for pattern in ("*.txt", "*.npz"))
    assert f"{NUMBERS[texts]} texts, {NUMBERS[networks]} trained networks" in read("README.md")


def test_the_report_on_mutation_counts_the_planted_bugs():
    plain, lstm, gru = len(mutants.MUTANTS), *(sum(m.module == cell for m in mutants.GATED) for cell in ("lstm", "gru"))
    said = " ".join(read("docs/mutation.md").split())
    assert f"{plain + lstm + gru} of {plain + lstm + gru} are noticed" in said
    assert f"({plain} in the vanilla network and the loss, {lstm} in the LSTM, {gru} in the GRU)" in said


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_and_make_targets_that_a_document_names_are_there(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target
    for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", text):
        assert (ROOT / name).exists() or "NN" in name or name.startswith("site/_"), name  # site/_build/ is made
    targets = set(re.findall(r"^([a-z-]+(?: [a-z-]+)*):", read("Makefile"), re.MULTILINE))
    known = {word for line in targets for word in line.split()}
    for target in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE):
        assert target in known, f"make {target}"


def test_the_glossary_points_to_notebooks_that_use_the_word():
    for words, rest in re.findall(r"^\*\*(.+?)\*\* (.*)$", read("docs/glossary.md"), re.MULTILINE):
        for number in re.findall(r"\[(\d\d)\]", rest):
            (book,) = (notebook for name, notebook in NOTEBOOKS.items() if name.startswith(number))
            prose = " ".join(
                " ".join(cell.source.split()) for cell in book.cells if cell.cell_type == "markdown"
            ).lower()
            for word in re.split(r", | \(", words.rstrip(")")):
                assert all(part.removesuffix("ing") in prose for part in word.lower().split()), (word, number)
