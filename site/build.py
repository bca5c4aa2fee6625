"""Build the site: python site/build.py (make site).

`site/_build/` can be served from any folder of any web server: all addresses in it are relative. The pages are made by
Sphinx from `site/_source/`, a copy of what the repository has to read: the notebooks with their stored outputs, docs/,
and one page for each module of the two packages.
"""

import ast
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import in_browser
import npm

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
SOURCE, BUILD = SITE / "_source", in_browser.BUILD
PAGES = ["notebooks/*.ipynb", "docs/*.md", "docs/pictures/*", "data/README.md", "bench/RESULTS.md", "*.md"]
MATHJAX = ["es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2", "LICENSE"]


def docstring(path):
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def modules(package):
    """Return {module: first line of its docstring}, in the reading order of the package's own map."""
    package_map = docstring(ROOT / package / "__init__.py")

    def place(name):
        found = re.search(rf"^(\w+:)? *(\w+, )*{name}\b", package_map, re.MULTILINE)
        if not found:
            raise ValueError(f"{package}/__init__.py does not list {name}")
        return found.end()

    names = [module.name for module in pkgutil.iter_modules([str(ROOT / package)]) if module.name[0] != "_"]
    found = {}
    for name in sorted(names, key=place):
        path = ROOT / package / name
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        found[f"{package}.{name}"] = docstring(path).partition("\n")[0]
    return found


def reference():
    """Yield (file, text) of the reference: a page that lists all modules, and a page for each."""
    listing = (SITE / "pages" / "reference.md").read_text(encoding="utf-8")
    for package in ("rnnlib", "course"):
        found = modules(package)
        rows = "".join(f"| [`{name}`]({name}.rst) | {first} |\n" for name, first in found.items())
        listing += f"\n## {package}\n\n| module | |\n| --- | --- |\n{rows}\n"
        listing += "```{toctree}\n:hidden:\n\n" + "\n".join(found) + "\n```\n"
        for name in found:
            yield f"{name}.rst", f"{name}\n{'=' * len(name)}\n\n.. automodule:: {name}\n   :members:\n"
    yield "index.md", listing


def gather():
    """Fill site/_source/ with what Sphinx reads."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    pages = [path for pattern in PAGES for path in ROOT.glob(pattern) if path != ROOT / "README.md"]
    texts = {SOURCE / "reference" / name: text for name, text in reference()}
    for name, place in ("index", "."), ("notebooks", "notebooks"), ("more", "docs"):
        texts[SOURCE / place / "index.md"] = (SITE / "pages" / f"{name}.md").read_text(encoding="utf-8")
    for page in pages:
        target = SOURCE / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(page, target)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def sphinx():
    """Make the pages, from nothing; any warning is an error."""
    gather()
    shutil.rmtree(BUILD, ignore_errors=True)
    with tempfile.TemporaryDirectory() as doctrees:
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-c", SITE, "-d", doctrees]
        subprocess.run([*command, SOURCE, BUILD], check=True, env=environment())


def environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


def mathjax():
    """Copy what of MathJax the pages use, with its licence."""
    npm.copy("mathjax", MATHJAX, BUILD / "_static" / "mathjax")


def browser():
    """Write what runs Python in a visitor's browser, if what it is made of can be had."""
    try:
        in_browser.build()
    except npm.NotToBeHad as reason:
        print(f"browser is left out: {reason}", file=sys.stderr)


def main():
    for part in sphinx, mathjax, browser:
        began = time.perf_counter()
        part()
        print(f"{part.__name__}: {time.perf_counter() - began:.0f} s", flush=True)
    print(f"The site is in {BUILD}. To look at it: python -m http.server --directory {BUILD}")


if __name__ == "__main__":
    main()
