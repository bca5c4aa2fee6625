"""A Sphinx extension: what makes the notebooks' pages this course's.

- Each numbered equation can be linked to, and "(4.7)" in prose, on any page, is such a link. Beside the equation stands
  "(4.7) holds", which leads to its check; the check's code is folded, unless there is more to see in its cell.
- The answer to a prediction and the sections called "Deeper" are folded, as in JupyterLab.
- The first time that a page uses a word of the glossary, it carries its explanation.
- "notebook 04" and names such as `rnn.forward` are links to the notebook and to the reference.
"""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.images import get_image_size
from sphinx.util.nodes import make_refnode

ROOT = Path(__file__).resolve().parent.parent
TAG = re.compile(r"\\tag\{(\d+\.\d+)\}")
CHECK = re.compile(r"\bequation\(\s*\"(\d+\.\d+)\"")
HOLDS = re.compile(r"^\(\d+\.\d+\) holds\n?", re.MULTILINE)
NOTEBOOKS = {path.stem[:2]: f"notebooks/{path.stem}" for path in sorted(ROOT.glob("notebooks/*.ipynb"))}
KINDS = (nodes.container, nodes.math_block, nodes.section, nodes.image, nodes.entry, nodes.Text, nodes.literal)
APART = (nodes.reference, nodes.literal, nodes.math, nodes.title, nodes.raw, nodes.FixedTextElement, nodes.math_block)
PAGES = {"index": "index", "notebooks/index": "notebooks", "docs/index": "more", "reference/index": "reference"}


def cells(docname):
    return json.loads((ROOT / f"{docname}.ipynb").read_text(encoding="utf-8"))["cells"]


def equations():
    """Return {number: the notebook that has it}."""
    sources = {docname: "".join("".join(cell["source"]) for cell in cells(docname)) for docname in NOTEBOOKS.values()}
    return {number: docname for docname, source in sources.items() for number in TAG.findall(source)}


EQUATIONS = equations()


def glossary():
    """Return {word: (its place in the glossary, its explanation)}."""
    found = {}
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for words, rest in re.findall(r"^\*\*(.+?)\*\* (.*)$", text, re.MULTILINE):
        explanation = re.sub(r"\s*\[\d\d\]\(.*$", "", rest).replace("`", "")
        for word in re.split(r", | \(", words.rstrip(")")):
            found[word.lower()] = (nodes.make_id(f"term {words}"), explanation)
    return found


GLOSSARY = glossary()
LINKED = re.compile(
    r"\((?P<equation>\d+\.\d+)\)|(?P<notebook>[Nn]otebook (?P<number>\d\d)\b)|(?<![\w-])(?P<term>"
    + "|".join(map(re.escape, sorted(GLOSSARY, key=len, reverse=True)))
    + r")s?(?![\w-])",
    re.IGNORECASE,
)


def jupyter_slug(title):
    """Return the fragment by which JupyterLab, too, finds a heading."""
    return title.replace(" ", "-")


def place(kind, number):
    """Return the id of an equation or of its check."""
    return f"{kind}-{number.replace('.', '-')}"


def ancestors(node):
    return [node.parent, *ancestors(node.parent)] if node.parent is not None else []


class Fold(nodes.General, nodes.Element):
    """What is behind a click: `<details>` with a line that says what."""


def visit_fold(writer, node):
    writer.body.append(writer.starttag(node, "details", **({"open": "open"} if node.get("open") else {})))
    writer.body.append(f"<summary>{html.escape(node['summary'])}</summary>\n")


def depart_fold(writer, node):
    writer.body.append("</details>\n")


def fold(node, summary, kind, unfolded=False):
    """Put a node into a fold."""
    wrapper = Fold(summary=summary, classes=[kind], open=unfolded)
    node.parent.replace(node, wrapper)
    wrapper += node


class CoursePages(SphinxPostTransform):
    """Change a page before it is written."""

    default_priority = 100  # when myst-nb has chosen among outputs, before it folds by itself
    formats = ("html",)

    def run(self):
        """Find what is to be changed, then change it."""
        found = {kind: list(self.document.findall(kind)) for kind in KINDS}
        for node in found[nodes.container]:
            if node.get("nb_element") == "cell_code":
                self.cell(node)
        for node in found[nodes.math_block]:
            self.equation(node)
        for node in found[nodes.section]:
            if node[0].astext().startswith("Deeper:"):
                rest = nodes.container("", *node[1:])
                node[1:] = [rest]
                fold(rest, "Read this section", "deeper")
        for node in found[nodes.image]:
            self.image(node)
        for node in found[nodes.entry]:
            if isinstance(node.parent.parent, nodes.thead) and not node.astext():
                node += html_node('<span class="visually-hidden">(blank)</span>')
        self.used = set()
        for node in found[nodes.Text]:
            self.prose(node)
        for node in found[nodes.literal]:
            self.name(node)
        if self.env.docname == "docs/glossary":
            for node in self.document.findall(nodes.paragraph):
                word = next(node.findall(nodes.strong), None)
                if word and node.astext().startswith(word.astext()):
                    node["ids"].append(nodes.make_id(f"term {word.astext()}"))
                    node["classes"].append("entry")

    def cell(self, cell):
        """Fold a code cell's check, what it asserts, or its answer to a prediction."""
        cell["hide_mode"] = None  # myst-nb's own folds are not needed
        code, output = cell[0], cell[1] if len(cell) > 1 else nodes.container()
        tags = cell["cell_metadata"].get("tags", [])
        if numbers := CHECK.findall(code.astext()):
            self.check(cell, code, output, numbers)
        elif "hide-input" in tags:
            fold(code, "checked", "check")
        if "hide-output" in tags and output.parent:
            fold(output, "The answer", "answer")
        if "explorer" in tags:
            here = f'<a href="{self.lite()}">Run this page in your browser</a>'
            cell += html_node(f'<p class="explorer">{here} to move the sliders.</p>')

    def check(self, cell, code, output, numbers):
        """Put "(4.7) holds" from a cell's output above its code, and fold the code if there is nothing else to see."""
        for block in list(output.findall(nodes.literal_block)):
            block.rawsource = HOLDS.sub("", block.astext())
            block.children = [nodes.Text(block.rawsource)]
            if not block.rawsource.strip():
                block.parent.remove(block)
        if not output.children and output.parent:
            cell.remove(output)
        cell["ids"] += [place("check", number) for number in numbers]
        holds = ", ".join(f"({number})" for number in numbers) + (" holds" if len(numbers) == 1 else " hold")
        fold(code, holds, "check", unfolded=bool(output.children) or "def " in code.astext())

    def lite(self):
        """Return the address of this notebook in JupyterLite."""
        return "../" * self.env.docname.count("/") + f"lite/lab/index.html?path={self.env.docname}.ipynb"

    def equation(self, node):
        """Make a numbered equation a place to link to, with a link to its check."""
        if not (numbers := TAG.findall(node.astext())):
            return
        node["ids"] += [place("equation", number) for number in numbers]
        node["no-wrap"] = True  # Sphinx would put lines into `split`, where \tag is an error
        node["nowrap"] = True
        node.children = [nodes.Text(rf"\[{node.astext()}\]")]
        both = nodes.container(classes=["equation"])
        node.parent.replace(node, both)
        both += node
        for number in numbers:
            link = f'<a class="holds" href="#{place("check", number)}">({number}) holds</a>'
            both += html_node(f"<p>{link}</p>")

    def image(self, node):
        """Give a figure its size, half of its pixels, before it is loaded."""
        if size := get_image_size(Path(self.env.srcdir, node["uri"].lstrip("/"))):
            node["width"], node["height"] = (f"{length // 2}px" for length in size)
            if size[0] // 2 > 650:
                node["classes"].append("wide")  # too wide for a phone: course.css
        node["loading"] = "lazy"

    def prose(self, text):
        """Link equations, notebooks and words of the glossary in a piece of prose."""
        around = ancestors(text)
        if nodes.paragraph not in map(type, around) or any(isinstance(node, APART) for node in around):
            return
        pieces, end = [], 0
        for match in LINKED.finditer(text.astext()):
            if link := self.link(match):
                pieces += [nodes.Text(text.astext()[end : match.start()]), link]
                end = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text.astext()[end:])])

    def link(self, match):
        """Return the link for what was found in prose, or None."""
        in_notebook = self.env.docname in NOTEBOOKS.values()
        if (number := match["equation"]) in EQUATIONS and in_notebook:
            return self.refer(match[0], EQUATIONS[number], place("equation", number))
        if (docname := NOTEBOOKS.get(match["number"])) and docname != self.env.docname:
            return self.refer(match[0], docname)
        if match["term"] and in_notebook and (term := GLOSSARY[match["term"].lower()]) not in self.used:
            self.used.add(term)
            address = self.app.builder.get_relative_uri(self.env.docname, "docs/glossary") + f"#{term[0]}"
            explained = f'data-bs-toggle="tooltip" data-bs-title="{html.escape(term[1])}"'  # the theme shows it
            return html_node(f'<a class="term" href="{address}" {explained}>{html.escape(match[0])}</a>')
        return None

    def refer(self, text, docname, target=""):
        """Return a link to a page, or to a place on it."""
        return make_refnode(self.app.builder, self.env.docname, docname, target, nodes.Text(text))

    def name(self, node):
        """Link a name such as `rnn.forward` to the reference."""
        name = node.astext().removesuffix("()")
        if any(isinstance(one, nodes.reference) for one in ancestors(node)) or not re.fullmatch(r"\w+(\.\w+)+", name):
            return
        objects = self.env.domains["py"].objects
        for full in (name, f"rnnlib.{name}", f"course.{name}"):
            if full in objects and not objects[full].docname == self.env.docname:
                link = self.refer("", objects[full].docname, objects[full].node_id)
                node.parent.replace(node, link)
                link.clear()
                link += node
                return


def html_node(text):
    return nodes.raw("", text, format="html")


class StoredOutput(Directive):
    """Show the HTML that a notebook's cell has stored, as in {stored-output}`00_start_here 00-028`."""

    required_arguments = 2

    def run(self):
        """Find the cell by its id."""
        notebook, cell_id = self.arguments
        (cell,) = (cell for cell in cells(f"notebooks/{notebook}") if cell["id"] == cell_id)
        (stored,) = (output["data"]["text/html"] for output in cell["outputs"] if "text/html" in output.get("data", {}))
        return [html_node("".join(stored))]


def links(app, docname, content):
    """Put what MyST knows in the place of two kinds of links: to `<a id="..."></a>` and to a module's file."""
    content[0] = re.sub(r"\]\(\.\./(rnnlib|course)/(\w+)\.py\)", r"](../reference/\1.\2.rst)", content[0])
    if docname in NOTEBOOKS.values():
        content[0] = re.sub(r'<a id=\\"([\w-]+)\\"></a>(\\n)?', r"(\1)=\\n", content[0])


def formulas(app, what, name, thing, options, lines):
    """Keep the lines of a docstring's indented formulas apart, as they stand."""
    for i in reversed(range(1, len(lines))):
        before = next((line for line in reversed(lines[:i]) if line.strip()), "")
        if lines[i].startswith("    ") and not lines[i - 1].strip() and before and not before.startswith(" "):
            lines[i:i] = ["::", ""]


def page_context(app, pagename, templatename, context, doctree):
    """Tell the templates which file of the repository a page is made from."""
    name = pagename.removeprefix("reference/").replace(".", "/")
    possible = [f"{pagename}.ipynb", f"{pagename}.md", f"site/pages/{PAGES.get(pagename)}.md"]
    possible += [f"{name}.py", f"{name}/__init__.py"]
    context["made_from"] = next((file for file in possible if (ROOT / file).exists()), None)
    if pagename in NOTEBOOKS.values():
        context["notebook"] = f"{pagename}.ipynb"


def setup(app):
    """Register all of it."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_post_transform(CoursePages)
    app.add_directive("stored-output", StoredOutput)
    app.connect("source-read", links)
    app.connect("autodoc-process-docstring", formulas, priority=400)  # before numpydoc
    app.connect("html-page-context", page_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
