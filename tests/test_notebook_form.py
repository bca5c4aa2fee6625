"""Every notebook has the course's form, and whatever it refers to is there."""

import html
import re
import statistics
from html.parser import HTMLParser

import nbconvert
import pytest

import notebooks
from tools import reading_time

NAMES = {path.stem[:2]: path.name for path in notebooks.PATHS}
NOTEBOOKS = {path.stem: notebooks.read(path) for path in notebooks.PATHS}
CELLS = {name: notebook.cells for name, notebook in NOTEBOOKS.items()}
CLOSING = ["What can go wrong", "Practise", "Go further"]


def prose(name):
    """The markdown of a notebook without its code, cell by cell."""
    cells = (cell.source for cell in CELLS[name] if cell.cell_type == "markdown")
    return [re.sub(r"```.*?```", "", source, flags=re.DOTALL) for source in cells]


def headings(name, level=2):
    return [
        line.lstrip("# ").strip()
        for source in prose(name)
        for line in source.splitlines()
        if re.match(rf"#{{{level}}} ", line)
    ]


@pytest.fixture(params=CELLS)
def name(request):
    return request.param


def test_it_opens_with_its_number_a_question_and_what_it_asks_of_the_reader(name):
    opening = CELLS[name][0].source
    assert re.match(rf"# {int(name[:2])} · \S", opening)
    assert re.search(r"^> \*\*.*\?\*\*", opening, re.MULTILINE)
    places = [opening.index(f"**{word}**") for word in ("You will", "You need", "Time")]
    assert places == sorted(places)


def test_it_closes_with_the_standard_headings_in_their_order(name):
    assert [heading for heading in headings(name) if not heading.startswith("Deeper:")][-3:] == CLOSING
    assert [headings(name).count(heading) for heading in CLOSING] == [1, 1, 1]


def test_the_notebooks_and_sections_that_it_names_exist(name):
    sections = {match[1] for heading in headings(name) if (match := re.match(r"(\d+) · ", heading))}
    for source in prose(name):
        for number in re.findall(r"[Nn]otebooks? (\d\d)", source):
            assert number in NAMES, f"notebook {number}"
        for number, target in re.findall(r"\[[Nn]otebook (\d\d)[^\]]*\]\(([^)#]+)", source):
            assert target == NAMES[number], f"notebook {number} is linked to {target}"
        for target in re.findall(r"\]\((?:\.\./notebooks/)?(\d\d_\w+\.ipynb)", source):
            assert target in NAMES.values(), target
        for number in re.findall(r"(?<![Nn]otebook \d\d, )[Ss]ections? (\d+)", source):
            assert number in sections or not sections, f"section {number}"


def test_another_notebook_that_it_names_can_be_clicked(name):
    """Except in solutions, where a learner looks for an answer and not for the next page."""
    for cell in CELLS[name]:
        if cell.cell_type == "markdown" and not notebooks.has_tag(cell, "solution"):
            unlinked = re.sub(r"```.*?```|\[[^\]]*\]\([^)]*\)", "", cell.source, flags=re.DOTALL)
            assert set(re.findall(r"\b[Nn]otebooks? (\d\d)", unlinked)) <= {name[:2]}, cell.source


def test_the_equations_that_it_names_exist(name):
    tags = {
        tag
        for cells in CELLS.values()
        for cell in cells
        if cell.cell_type == "markdown"
        for tag in re.findall(r"\\tag\{(\d+\.\d+)\}", cell.source)
    }
    named = {number for source in prose(name) for number in re.findall(r"\((\d+\.\d+)\)", source)}
    assert {number for number in named if int(number.split(".")[0]) == int(name[:2])} <= tags


def is_folded(cell):
    return notebooks.has_tag(cell, "hide-output") and cell.metadata.get("jupyter", {}).get("outputs_hidden") is True


def test_the_output_that_a_prediction_asks_about_is_folded_until_it_is_run(name):
    cells = [cell for cell in CELLS[name] if not notebooks.has_tag(cell, "solution")]
    asking = [i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and "**Predict" in cell.source]
    for i, end in zip(asking, [*asking[1:], len(cells)], strict=True):
        if "### Exercise" not in cells[i].source:
            answers = [cell for cell in cells[i + 1 : end] if cell.cell_type == "code"]
            assert any(map(is_folded, answers[:4])), cells[i].id


def test_a_deeper_section_begins_a_cell_and_is_folded_when_the_notebook_opens(name):
    for cell in CELLS[name]:
        if cell.cell_type == "markdown" and "\n## Deeper:" in f"\n{cell.source}":
            assert cell.source.startswith("## Deeper:") and cell.source.count("\n## ") == 0, cell.id
            assert cell.metadata.get("jp-MarkdownHeadingCollapsed") is True, cell.id


def core_minutes(name):
    parts = reading_time.parts(NOTEBOOKS[name])
    return sum(reading_time.seconds(cell) for part, cell in parts if part == "core") / 60


def test_its_core_takes_at_most_45_minutes(name):
    assert core_minutes(name) <= 45


def test_all_cores_together_take_at_most_ten_hours():
    assert sum(map(core_minutes, CELLS)) <= 10 * 60


def test_its_code_comes_in_small_cells_that_fit_a_laptops_window(name):
    code = [cell.source.splitlines() for cell in CELLS[name] if cell.cell_type == "code"]
    lengths = [sum(bool(line.strip()) for line in lines) for lines in code]
    assert statistics.median(lengths) <= 6 and max(lengths) <= 20
    assert [line for lines in code for line in lines if len(line) > 88] == []


def pictures(name):
    """Yield each cell that shows a picture and no text in its place, with its outputs and the cell after it."""
    for cell, below in zip(CELLS[name], [*CELLS[name][1:], None], strict=True):
        outputs = [out for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
        if any("text/html" not in out.data for out in outputs):
            yield cell, outputs, below


def test_a_figure_is_described_with_it_and_below_it(name):
    for cell, outputs, below in pictures(name):
        alt = cell.metadata["mystnb"]["image"]["alt"]
        assert {out.metadata["image/png"]["alt"] for out in outputs} == {alt}, cell.id
        words = below.source.removeprefix("<details><summary>The figure in words</summary><p>")
        assert html.unescape(words.removesuffix("</p></details>")) == alt, cell.id


class Alternatives(HTMLParser):
    """The alternative texts of a page's images."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs).get("alt") or "")


def test_its_figures_have_their_words_in_an_exported_page(name):
    exporter = nbconvert.HTMLExporter(template_name="classic")  # the default, "lab", leaves alternative texts out
    page = Alternatives()
    page.feed(exporter.from_notebook_node(NOTEBOOKS[name])[0])
    shown = {out.metadata["image/png"]["alt"] for _, outputs, _ in pictures(name) for out in outputs}
    assert shown <= set(page.found)
