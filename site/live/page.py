"""The live page's part of the site: what `make site` copies into site/_build/live/."""

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNEL = [HERE.parent / "kernel" / f"simd_matmul.{kind}" for kind in ("py", "wasm")]  # float32 products, fast
FILES = ["index.html", "style.css", "live.py", "recorded.json", *sorted(path.name for path in HERE.glob("*.js"))]


def write(folder):
    """Copy the page into a folder, beside which `pyodide/` and `wheels/` stand (site/pyodide.py)."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in [HERE / name for name in FILES] + KERNEL:
        shutil.copy2(path, folder)
