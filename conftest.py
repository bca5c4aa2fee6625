"""What holds for tests/ and notebooks/ alike: what runs on which worker, and a place for matplotlib to write to."""

import os
import tempfile
from pathlib import Path

import pytest


def pytest_configure():
    """Give kernels a folder for matplotlib's settings where they cannot make one: it would say so in a notebook."""
    home = next(path for path in (Path.home(), *Path.home().parents) if path.exists())
    if "MPLCONFIGDIR" not in os.environ and not os.access(home, os.W_OK):
        os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="matplotlib-")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With -n, a worker takes a file or a notebook whole: its cells need their order. A solution is a notebook."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Schedule(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if "test_solutions.py" in nodeid else super()._split_scope(nodeid)

    return Schedule(config, log)
