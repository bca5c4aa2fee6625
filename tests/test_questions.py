"""docs/questions.md: outcomes and five questions for every notebook, whose answers hold."""

import re
import textwrap
from pathlib import Path

import pytest

import notebooks

TEXT = (Path(__file__).parent.parent / "docs" / "questions.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\d\d) · [^\n]+\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
PATHS = {path.name[:2]: path for path in notebooks.PATHS}


@pytest.mark.parametrize("number", PATHS)
def test_a_notebook_has_outcomes_and_five_questions(number):
    section = SECTIONS[number]
    assert section.lstrip().startswith("**Afterwards a student can** ")
    assert re.findall(r"^(\d)\. \*\*.*?[?.]\*\* \S", section, re.MULTILINE) == list("12345")


@pytest.mark.parametrize("number", PATHS)
def test_what_an_answer_computes_is_so(number):
    blocks = re.findall(r"^   ```python\n(.*?)^   ```", SECTIONS[number], re.MULTILINE | re.DOTALL)
    assert all("assert" in block for block in blocks)
    exec("\n".join(map(textwrap.dedent, blocks)), {})


@pytest.mark.parametrize("number", PATHS)
def test_numbers_that_an_answer_quotes_are_printed_by_its_notebook(number):
    printed = str([cell.outputs for cell in notebooks.read(PATHS[number]).cells if cell.cell_type == "code"])
    prose = re.sub(r"```.*?```", "", SECTIONS[number], flags=re.DOTALL)
    for quoted in re.findall(r"`(-?\d[\d.,%]*(?: to \d[\d.]*)?)`", prose):
        assert quoted in printed, quoted
