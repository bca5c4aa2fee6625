"""Make slides of the notebooks' core: python tools/make_slides.py FOLDER (make slides).

A slide has what one cell of prose begins with, its bold sentences, its equations and the code that follows, as far as
there is room; what a prediction asks stands on a slide before its answer. The whole prose is in the speaker's notes.
No deeper section, exercise or set-up cell becomes a slide. nbconvert writes the decks, for reveal.js; reveal.js and
MathJax come from the npm registry and stand beside them, so that a deck asks nobody for anything.
"""

import binascii
import html
import re
import struct
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from traitlets.config import Config

TOOLS = Path(__file__).resolve().parent
sys.path += [str(TOOLS), str(TOOLS.parent / "site")]
import npm  # noqa: E402
import reading_time  # noqa: E402

NOTEBOOKS = TOOLS.parent / "notebooks"
WIDTH, HEIGHT = 1280, 720  # of a slide, in its own pixels
ROOM = 595  # for what stands below the heading
LINE, CODE_LINE, EQUATION, FIGURE = 37, 24, 124, 540  # how high each is, about; a figure at most
COLUMNS, CODE_COLUMNS = 92, 106  # characters in a line
ITEMS = 7  # lines of a list, at once
LINES = 18  # of an output; what is longer is cut
LIBRARY = {  # what of which package goes beside the decks
    "reveal.js": [
        "dist/reveal.js", "dist/reveal.css", "dist/theme/white.css", "dist/theme/fonts/source-sans-pro",
        "plugin/notes/notes.js", "LICENSE",
    ],
    "mathjax": ["es5/tex-svg-full.js", "LICENSE"],
}  # fmt: skip
CLOSING = re.compile(r"^## (?:Practise|Go further)", re.MULTILINE)
INDEX = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Slides</title><h1>Slides</h1>
<ul style="list-style: none">
{}
</ul></html>
"""
MATH = re.compile(r"\$\$.+?\$\$", re.DOTALL)
HOLDS = re.compile(r"(?:\(\d+\.\d+\) holds\n?)+")
END = re.compile(r"(?<=[.?!:;\x01]) (?=[A-Z\"*\x00])|(?<=[.?!]\*\*) |(?<=[.?!]\") ")
KEPT_WHOLE = re.compile(r"\$[^$]+\$|`[^`]+`|\]\([^)]*\)|\([^()]*\)|\b(?:et al|e\.g|i\.e|vs|Fig)\.")


def sentences(paragraph):
    """Split a paragraph at the ends of its sentences, not inside math, code, links or brackets."""
    whole = []

    def put_away(found):
        whole.append(found[0])
        ends = found[0].endswith((".)", "?)", "!)"))  # a whole sentence in brackets
        return f"\x00{len(whole) - 1}\x00" + "\x01" * ends

    def put_back(text):
        while "\x00" in text:
            text = re.sub("\x00(\\d+)\x00", lambda found: whole[int(found[1])], text)
        return text.replace("\x01", "")

    text = KEPT_WHOLE.sub(put_away, " ".join(paragraph.split()))
    return [put_back(part) for part in END.split(text)]


def gist(prose):
    """Return of a cell of prose what stands on its slide: (heading or None, blocks of Markdown)."""
    prose = re.sub(r"<details>.*?</details>|<a id=[^>]*></a>", "", prose, flags=re.DOTALL)
    prose = re.sub(r"\]\((\d\d_\w+)\.ipynb[^)]*\)", r"](\1.html)", prose)  # the other notebooks' decks
    prose = re.sub(r"\[([^]]*)\]\((?:#|\.\./)[^)]*\)", r"\1", prose)  # what is not beside the deck
    prose = re.sub(r"^((?!- ).*\S)\n(?=- )", r"\1\n\n", prose, flags=re.MULTILINE)  # a list is a block of its own
    prose = MATH.sub(lambda found: f"\n\n{found[0]}\n\n", prose)
    heading, kept, first = None, [], True
    blocks = [block.strip() for block in re.split(r"\n\s*\n", prose) if block.strip()]
    for block, following in zip(blocks, [*blocks[1:], ""], strict=True):
        if block.startswith("#"):
            heading, _, block = block.partition("\n")
            if not block.strip():
                continue
        if block.startswith(("$$", "|", "- ", "1. ", ">")):
            lines = re.sub(r"^- (?:deeper|if you like).*\n?", "", block, flags=re.MULTILINE).split("\n")
            at_once = len(lines) if block.startswith(("$$", "|")) else ITEMS
            kept += ["\n".join(lines[i : i + at_once]) for i in range(0, len(lines), at_once)]
        elif "**Predict" in block:
            kept.append(block)
        elif not block.startswith(("```", "**You need**", "**Time**")):
            said = [sentence for sentence in sentences(block) if "Deeper:" not in sentence]
            wanted = {i for i, sentence in enumerate(said) if "**" in sentence}
            wanted |= {0} if first and said else set()
            wanted |= {max(len(said) - 1, 0)} if said and following.startswith(("$$", "|", "- ", "1. ")) else set()
            kept += [" ".join(said[i] for i in sorted(wanted))] if wanted else []
        first = False
    return heading, kept


def height(block):
    """Return how high a block of Markdown is on its slide, about."""
    if block.startswith("$$"):
        return EQUATION + 45 * block.count(r"\\") + 30 * block.count("underbrace")
    shown = re.sub(r"\]\([^)]*\)|\\[a-zA-Z]+|[{}$*`]", "", block)
    if block.startswith("|"):
        return 40 * (shown.count("\n") + 1)
    high = LINE if not block.startswith((">", "- ", "1. ")) else LINE + 12
    return 14 + high * sum(1 + len(line) // COLUMNS for line in shown.split("\n"))


def shown_output(output):
    """Return an output as it stands on a slide, cut if it is long, and how high it is; None if it is not shown."""
    data = output.get("data", {})
    if output.output_type == "stream" and output.name == "stdout":
        text = output.text
    elif output.output_type == "error" or output.output_type == "stream":
        return None
    elif "text/html" in data and "<span" in data["text/html"]:  # text in colour
        lines = sum(1 + len(line) // 100 for line in data.get("text/plain", "").split("\n"))
        return (output, 28 * lines + 90) if lines <= LINES else None
    elif "image/png" in data:
        bare = nbformat.v4.new_output("display_data", {"image/png": data["image/png"]}, metadata=output.metadata)
        return bare, tall(bare)
    else:
        text = data.get("text/plain", "")
    lines = text.rstrip("\n").split("\n")
    lines = [*lines[: LINES - 1], "…"] if len(lines) > LINES else lines
    lines = [line if len(line) <= CODE_COLUMNS else line[: CODE_COLUMNS - 1] + "…" for line in lines]
    return nbformat.v4.new_output("stream", name="stdout", text="\n".join(lines)), CODE_LINE * len(lines) + 36


def tall(output):
    """Return how high a picture is on a slide: as stored, or as large as fits."""
    wide, high = struct.unpack(">II", binascii.a2b_base64(output.data["image/png"])[16:24])
    shown = output.metadata.get("image/png", {}).get("width", wide)
    return 10 + min(high * min(shown, WIDTH - 80) / wide, FIGURE)


class Deck:
    """The cells of a deck, a slide at a time."""

    def __init__(self, title):
        self.cells, self.heading, self.room, self.notes = [], title, 0, []

    def slide(self, heading=None, *, section=False):
        """Begin a slide: to the right of the last one if it begins a section, else below it."""
        self.end()
        self.heading = heading or self.heading
        self.room = ROOM
        self.put(nbformat.v4.new_markdown_cell(self.heading), 0, "slide" if section else "subslide")

    def put(self, cell, high, kind="-"):
        """Put a cell on this slide."""
        cell.metadata = nbformat.from_dict(cell.metadata | {"slideshow": {"slide_type": kind}})
        self.cells.append(cell)
        self.room -= high

    def fit(self, cell, high):
        """Put a cell on this slide, or on a new one if it has no room."""
        if high > self.room and self.room < ROOM:
            self.slide()
        self.put(cell, high)

    def say(self, prose):
        """Keep prose for the speaker's notes of this slide."""
        self.notes.append(prose)

    def end(self):
        """Put the notes below the slide that is finished."""
        if self.notes:
            self.put(nbformat.v4.new_markdown_cell("\n\n".join(self.notes)), 0, "notes")
        self.notes = []


def core(notebook):
    """Yield the cells that slides are made of: no depth, no exercise, nothing of a closing section, no set-up."""
    begun = closed = False
    for part, cell in reading_time.parts(notebook):
        if part != "core" or "The figure in words" in cell.source:
            continue
        if cell.cell_type == "code":
            if begun and not closed and "parameters" not in cell.metadata.get("tags", []):
                yield cell
            continue
        begun = begun or re.search("^## ", cell.source, re.MULTILINE) is not None
        before, *closing = CLOSING.split(cell.source, maxsplit=1)
        if not closed and before.strip():
            yield nbformat.v4.new_markdown_cell(before)
        closed = closed or bool(closing)


def deck(notebook):
    """Return the notebook of slides."""
    made = Deck("")
    cells = [*core(notebook)]
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            prose(made, cell.source, concludes=following is not None and following.cell_type == "markdown")
        else:
            code(made, cell)
    made.end()
    return nbformat.v4.new_notebook(cells=made.cells, metadata=notebook.metadata)


def prose(made, source, concludes):
    """Put a cell of prose on a slide of its own; on the one before, if no code follows and there is room."""
    parts = re.split(r"^(?=##? )", source, flags=re.MULTILINE)
    for part in filter(str.strip, parts):
        heading, blocks = gist(part)
        new_section = bool(heading) and not heading.startswith("###")
        if heading or not concludes or "**Predict" in part or sum(map(height, blocks)) > made.room:
            made.slide(heading, section=new_section)
        made.say(re.sub(r"^#+ .*\n", "", part))
        for block in blocks:
            made.fit(nbformat.v4.new_markdown_cell(block), height(block))


def code(made, cell):
    tags = cell.metadata.get("tags", [])
    outputs = [shown for shown in map(shown_output, cell.outputs) if shown]
    lines = cell.source.count("\n") + 1
    figure = any("image/png" in output.get("data", {}) for output, _ in outputs)
    drawing = figure and (lines <= 3 or "diagrams." in cell.source) or "explorer" in tags
    if not drawing and (outputs or "def " in cell.source):  # neither scaffolding nor bare assertions
        only_code = nbformat.v4.new_code_cell(cell.source)
        made.fit(only_code, CODE_LINE * lines + 44)
    asked = "hide-output" in tags
    for output, high in outputs:
        if asked:
            made.slide()
        elif HOLDS.fullmatch(output.get("text", "")) and high > made.room:
            continue  # not worth a slide of its own
        made.fit(
            nbformat.v4.new_code_cell("", outputs=[output], metadata={"transient": {"remove_source": True}}), high
        )
        asked = False


def main(folder):
    folder = Path(folder)
    for name, files in LIBRARY.items():
        npm.copy(name, files, folder / "lib" / name)
    settings = Config()
    settings.SlidesExporter.update(reveal_url_prefix="lib/reveal.js", reveal_theme="white")
    settings.SlidesExporter.update(reveal_width=str(WIDTH), reveal_height=str(HEIGHT))
    settings.SlidesExporter.update(exclude_input_prompt=True, exclude_output_prompt=True, exclude_anchor_links=True)
    exporter = SlidesExporter(config=settings, template_name="slides", extra_template_basedirs=[str(TOOLS)])
    entries = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        title = re.match(r"# (.*)", notebook.cells[0].source)[1]
        body, _ = exporter.from_notebook_node(deck(notebook), {"metadata": {"name": title}})
        (folder / f"{path.stem}.html").write_text(body, encoding="utf-8")
        entries.append(f'<li><a href="{path.stem}.html">{html.escape(title)}</a></li>')
        print(folder / f"{path.stem}.html")
    (folder / "index.html").write_text(INDEX.format("\n".join(entries)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
