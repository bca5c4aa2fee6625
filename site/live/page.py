"""The live page's part of the site: what `make site` copies into site/_build/live/."""

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = ["index.html", "style.css", "live.py", "recorded.json", *sorted(path.name for path in HERE.glob("*.js"))]


def write(folder):
    """Copy the page into a folder, beside which `pyodide/` and `wheels/` stand (site/pyodide.py)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy2(HERE / name, folder)
