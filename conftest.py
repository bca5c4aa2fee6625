"""What holds for tests/ and notebooks/ alike: a place for matplotlib to write to.

And what becomes of cells tagged `needs-torch`: their stored outputs were made with PyTorch. Without it they are run all
the same, print less or nothing, and are not compared.
"""

import importlib.util
import os
import tempfile
from pathlib import Path


def pytest_configure():
    """Give kernels a folder for matplotlib's settings where they cannot make one: it would say so in a notebook."""
    home = next(path for path in (Path.home(), *Path.home().parents) if path.exists())
    if "MPLCONFIGDIR" not in os.environ and not os.access(home, os.W_OK):
        os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="matplotlib-")


def pytest_collection_modifyitems(items):
    """Have nbval run the cells that need PyTorch without comparing their outputs, if it is missing."""
    if importlib.util.find_spec("torch") is None:
        for item in items:
            cell = getattr(item, "cell", None)
            if cell is not None and "needs-torch" in cell.metadata.get("tags", []):
                item.options["check"] = False
