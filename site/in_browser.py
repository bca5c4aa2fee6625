"""What runs Python in a visitor's browser: Pyodide with the course's wheels, the live page, JupyterLite.

A part of the site (build.py), and what the tests serve: they build it only if it is older than what goes into it.
"""

from pathlib import Path

import pyodide
from lite import jupyterlite
from live import page

SITE = Path(__file__).resolve().parent
BUILD = SITE / "_build"
LAST = BUILD / "lite" / "pyodide-lock.json"  # what is written last
SOURCES = [SITE, *(SITE.parent / folder for folder in ("rnnlib", "course", "data", "notebooks"))]


def build():
    """Write all of it; npm.NotToBeHad if something cannot be downloaded."""
    pyodide.runtime(BUILD / "pyodide")
    pyodide.wheels(BUILD / "wheels")
    page.write(BUILD / "live")
    jupyterlite.build(BUILD)


def up_to_date():
    """Return whether all of it has been written since anything that goes into it was changed."""
    if not LAST.exists():
        return False
    written = LAST.stat().st_mtime
    return all(path.stat().st_mtime < written for folder in SOURCES for path in _files(folder))


def _files(folder):
    """Yield the files of a folder, apart from what has been made there (_build, _cache, __pycache__)."""
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.name[0] not in "._":
            yield from _files(path)
