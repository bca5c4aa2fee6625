"""Ask every page that the course links to whether it is still there: python tools/check_links.py (make links).

Reads README, CONTRIBUTING, docs/, data/README.md, the docstrings and all notebooks. Prints what does not answer, and
where it is linked from; exits with 1 if there is any. `tests/test_links.py` holds the links within the repository.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["*.md", "docs/**/*.md", "data/*.md", "rnnlib/**/*.py", "course/**/*.py", "notebooks/*.ipynb"]
LINK = re.compile(r"(?<!!)\[[^][]*\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")  # [text](target), once () in the target
ADDRESS = re.compile(r"https?://(?:[^\s<>\"'`()\[\]]|\([^\s<>\"'`()\[\]]*\))+")
REFUSES = {401, 403, 405, 429}  # a server that is there, and lets no program in


def texts():
    """Yield (path, text) of whatever a reader reads; of a notebook, its prose."""
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                cells = json.loads(text)["cells"]
                text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
            yield path, text


def addresses():
    """Return {address: [path, ...]}, without fragments."""
    found = defaultdict(list)
    for path, text in texts():
        for address in ADDRESS.findall(text):
            found[address.rstrip(".,;:!?*").partition("#")[0]].append(path)
    return found


def complaint(address):
    """Return what is wrong with an address, or None."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (a course checks its links)"})
    try:
        with urllib.request.urlopen(request, timeout=30):
            return None
    except urllib.error.HTTPError as error:
        return None if error.code in REFUSES else f"{error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return str(error)


def main():
    found = addresses()
    with ThreadPoolExecutor(8) as pool:
        complaints = dict(zip(found, pool.map(complaint, found), strict=True))
    for address, wrong in complaints.items():
        if wrong:
            print(address, wrong, *sorted({str(path.relative_to(ROOT)) for path in found[address]}), sep="\n    ")
    dead = sum(map(bool, complaints.values()))
    print(f"{len(found) - dead} of {len(found)} addresses answer")
    sys.exit(dead > 0)


if __name__ == "__main__":
    main()
