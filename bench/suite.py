"""How long does the project's own check take: the import, the unit tests, each notebook."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = ["import numpy", "import rnnlib", "from rnnlib import training, sampling"]


def import_times(rounds=9):
    """Return the median seconds of a Python process that does nothing but each of IMPORTS, in turn."""
    times = defaultdict(list)
    for _ in range(rounds):
        for code in IMPORTS:
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
            times[code].append(time.perf_counter() - began)
    return {code: statistics.median(seconds) for code, seconds in times.items()}


def test_times():
    """Run the whole suite as `make test` does; return wall seconds, its last line, and {file: {test: seconds}}."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--nbval", "-n", "2", "-q", f"--junitxml={report}"]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8", check=False)
        seconds = time.perf_counter() - began
        cases = ElementTree.parse(report).iter("testcase")
        times = defaultdict(dict)
        for case in cases:
            times[case.get("classname")][case.get("name")] = float(case.get("time"))
    return seconds, done.stdout.strip().splitlines()[-1].strip("= "), times


def lines():
    """Yield the report's part on the suite."""
    yield from ("", "## The checks' own time", "", "| | s |", "| --- | --- |")
    for code, seconds in import_times().items():
        yield f"| a process that does `{code}` | {seconds:.3f} |"
    seconds, result, times = test_times()
    yield f"| `pytest --nbval -n 2`, one thread each, all of it: {result} | {seconds:.0f} |"
    notebooks = {name: sum(cells.values()) for name, cells in sorted(times.items()) if "ipynb" in name}
    units = {(file, test): s for file, tests in times.items() if file not in notebooks for test, s in tests.items()}
    yield f"| unit tests, one after the other | {sum(units.values()):.1f} |"
    for (file, test), s in sorted(units.items(), key=lambda unit: -unit[1])[:3]:
        yield f"| the slowest: {file}, {test} | {s:.1f} |"
    for name, s in notebooks.items():
        yield f"| {name}, its cells | {s:.1f} |"
