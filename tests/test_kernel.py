"""The float32 products of site/kernel, in Pyodide under node: kernel_checks.py runs there, and says what it found."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KERNEL = ROOT / "site" / "kernel"
sys.path[:0] = [str(KERNEL), str(KERNEL.parent)]

import kernel_checks  # noqa: E402
import pyodide  # noqa: E402  site/pyodide.py

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Run every check in one Pyodide."""
    if shutil.which("node") is None:
        pytest.skip("no node on the PATH (apt install nodejs npm)")
    runtime = tmp_path_factory.mktemp("pyodide")
    try:
        pyodide.runtime(runtime)
        (numpy,) = (path for path in pyodide.cdn_copies(("numpy",)).values() if path.name.startswith("numpy-"))
    except pyodide.NotToBeHad as reason:
        pytest.skip(f"Pyodide is not to be had: {reason}")
    command = ["node", ROOT / "tests" / "run_in_pyodide.mjs", runtime, numpy, ROOT, "kernel_checks"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("check", kernel_checks.NAMES)
def test_kernel(report, check):
    assert not report["found"][check], report["found"][check]


def test_all_checks_are_asked_for(report):
    assert report["found"].keys() == set(kernel_checks.NAMES)


def test_it_is_fast(report, capsys):
    """Printed for site/kernel/README.md; asserted with a wide margin, since other programs may run."""
    before, after = report["speed"]["numpy"], report["speed"]["kernel"]
    with capsys.disabled():
        print("\n| | numpy | kernel | |\n| --- | --- | --- | --- |")
        for name in after:
            print(f"| {name} | {before[name]:.3g} | {after[name]:.3g} | {after[name] / before[name]:.1f} times |")
    assert after["256 x 256 x 256"] > 5 * before["256 x 256 x 256"]
    assert after["rnn, training steps"] > 3 * before["rnn, training steps"]


def test_the_library_is_built_from_its_source(tmp_path):
    """By the same compiler byte for byte, which names itself in what it builds."""
    if shutil.which("clang") is None or shutil.which("wasm-ld") is None:
        pytest.skip("no clang, or no wasm-ld, on the PATH (apt install clang lld)")
    subprocess.run(["sh", KERNEL / "build.sh", tmp_path / "built.wasm"], check=True)
    built, committed = (tmp_path / "built.wasm").read_bytes(), (KERNEL / "simd_matmul.wasm").read_bytes()
    compilers = [re.search(rb"clang version [\d.]+|\d+\.\d+\.\d+[^\0]*", library)[0] for library in (built, committed)]
    if compilers[0] != compilers[1]:
        pytest.skip(f"simd_matmul.wasm was built by {compilers[1]}, here is {compilers[0]}")
    assert built == committed
