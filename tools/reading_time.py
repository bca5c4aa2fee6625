"""Count how long each notebook takes to read, and write it where it is told: python tools/reading_time.py.

150 words a minute, 5 seconds a line of code, 45 seconds a numbered equation or a prediction, 8 minutes an exercise.
Whatever stands under a heading that begins with "Deeper:" is deeper; all else but the exercises is the core. The
minutes go into each notebook's Time line, into the table of notebook 00, and into docs/teaching.md.
"""

import math
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
WORDS_A_MINUTE, LINE, EQUATION, EXERCISE = 150, 5, 45, 8 * 60  # the last three in seconds
TIME = re.compile(r"\*\*Time\*\* [^;]*")  # what follows the semicolon is the time for computing
PRACTICE = {"exercise", "checker", "solution"}


def parts(notebook):
    """Yield ("core", "deeper" or "exercises", cell) for each cell."""
    deeper = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.findall(r"^## (.*)$", cell.source, re.MULTILINE)):
            deeper = found[-1].startswith("Deeper:")
        practice = PRACTICE & set(cell.metadata.get("tags", [])) or "### Exercise" in cell.source
        yield "exercises" if practice else "deeper" if deeper else "core", cell


def seconds(cell):
    """Return how long one cell takes to read."""
    if "The figure in words" in cell.source:
        return 0  # for those who do not see it
    if cell.cell_type == "code":
        return LINE * sum(bool(line.strip()) for line in cell.source.splitlines())
    prose = re.sub(r"\$\$.*?\$\$|```.*?```|<[^>]+>|\]\([^)]*\)", " ", cell.source, flags=re.DOTALL)
    words = len(re.findall(r"\w[\w'’-]*", prose))
    return 60 * words / WORDS_A_MINUTE + EQUATION * (cell.source.count(r"\tag{") + cell.source.count("**Predict"))


def minutes(notebook):
    """Return the minutes of the core, of what is deeper and of the exercises, rounded to five."""
    total = dict.fromkeys(("core", "deeper", "exercises"), 0.0)
    for part, cell in parts(notebook):
        if part != "exercises":
            total[part] += seconds(cell)
        elif "exercise" in cell.metadata.get("tags", []):
            total[part] += EXERCISE
    return {part: 5 * math.ceil(time / 300) for part, time in total.items()}


def time_line(notebook):
    """Return what the Time line says up to its semicolon."""
    count = minutes(notebook)
    told = [f"**Time** {count['core']} minutes of reading"]
    told += [f"{count['deeper']} more for the deeper sections"] if count["deeper"] else []
    told += [f"{count['exercises']} for the exercises"] if count["exercises"] else []
    return ", ".join(told)


def in_table(text, number, column, value):
    """Return a text in whose tables the row of a notebook has another value in a column."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        cells = line.split("|")
        if re.match(rf"\| \[?`?{number}\b", line.replace("_", " ")) and cells[column].strip().isdigit():
            lines[i] = "|".join([*cells[:column], f" {value} ", *cells[column + 1 :]])
    return "\n".join(lines)


def main():
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    core = {}
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source = TIME.sub(time_line(notebook), notebook.cells[0].source, count=1)
        nbformat.write(notebook, path)
        core[path.stem[:2]] = minutes(notebook)["core"]
    start = nbformat.read(paths[0], as_version=4)
    teaching = ROOT / "docs" / "teaching.md"
    plan = teaching.read_text(encoding="utf-8")
    for number, value in core.items():
        for cell in start.cells:
            if cell.cell_type == "markdown":
                cell.source = in_table(cell.source, number, 3, value)
        plan = in_table(plan, number, 2, value)
    nbformat.write(start, paths[0])
    teaching.write_text(plan, encoding="utf-8")
    print(f"{sum(core.values()) / 60:.1f} hours of core reading: {core}")


if __name__ == "__main__":
    main()
