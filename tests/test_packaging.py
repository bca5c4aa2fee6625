"""The wheel and the sdist are whole: built here, and used where nothing of the clone is in reach.

The environments are fresh, and have no network. Of the one that runs the tests they see what the wheel depends on and
what runs a notebook, but neither its rnnlib nor its course. With `make test-wheel` the dependencies, too, are
installed from nothing, as a user would.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

import notebooks
from rnnlib import __version__, checkpoint, corpus

ROOT = Path(__file__).resolve().parent.parent
IN_CLONE = (ROOT / ".git").exists()
OFFLINE = """
import socket

def connect(self, address, connect=socket.socket.connect):
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"no network in this test, not even for {address}")
    return connect(self, address)

socket.socket.connect = connect
"""


def run(command, folder):
    """Run a command in a folder, away from the clone; return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    environment |= {"PYTHONUTF8": "1"}
    done = subprocess.run([*map(str, command)], cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, and from it the wheel; return both paths."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT], folder)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    assert __version__ in sdist.name and __version__ in wheel.name
    return sdist, wheel


def fresh_environment(folder):
    """Make a virtual environment; return its Python and its folder for packages."""
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    return python, Path(packages)


@pytest.fixture(scope="module")
def lent(built, tmp_path_factory):
    """An environment with the wheel, and all else lent by the environment that runs the tests."""
    python, packages = fresh_environment(tmp_path_factory.mktemp("lent environment é"))
    run([python, "-m", "pip", "install", "--no-index", "--no-deps", built[1]], packages)
    # A path in a .pth file; the .pth files in there, such as that of an editable rnnlib, are not read.
    paths = "\n".join(path for path in sys.path if "site-packages" in path)
    (packages / "lent.pth").write_text(paths, encoding="utf-8")
    return python, packages


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """An environment with the wheel and what it asks for itself, from the package index."""
    python, packages = fresh_environment(tmp_path_factory.mktemp("environment é"))
    run([python, "-m", "pip", "install", "-q", f"rnnlib[notebooks] @ {built[1].as_uri()}"], packages)
    return python, packages


@pytest.fixture(params=["lent", pytest.param("installed", marks=pytest.mark.wheel)])
def python(request):
    """Return the Python of an environment that has the wheel, and no network any more."""
    python, packages = request.getfixturevalue(request.param)
    (packages / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    return python


def members(sdist):
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.skipif(not IN_CLONE or not shutil.which("git"), reason="needs a clone, and git")
def test_the_sdist_has_every_file_of_the_repository(built):
    listed = run(["git", "ls-files", "-z"], ROOT).split("\0")
    assert {name for name in listed if (ROOT / name).is_file()} <= members(built[0])


def test_the_sdist_has_what_its_tests_read_and_they_run(built, tmp_path):
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (folder,) = tmp_path.iterdir()
    collect = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-q"]
    said = run([*collect, "--collect-only"], folder)
    assert all(f"{path.name}::" in said or f"{path.stem}.ipynb" in said for path in notebooks.PATHS)
    quick = ["tests/test_corpus.py", "tests/test_ledger.py", "tests/test_vocab.py"]
    where = "import rnnlib; print(rnnlib.__file__)"
    assert run([sys.executable, "-c", where], folder).startswith(str(folder))
    run([*collect, *quick], folder)


def test_the_command_trains_and_writes_in_an_empty_folder(python, tmp_path):
    command = python.with_name("rnnlib.exe" if os.name == "nt" else "rnnlib")
    said = run([command, "train", "shakespeare", "--steps", 20], tmp_path)
    assert "bits per character" in said
    assert [path.name for path in tmp_path.iterdir()] == ["shakespeare.npz"]
    assert len(run([command, "sample", "shakespeare.npz", "--length", 30], tmp_path)) > 30
    assert "bits per character" in run([command, "evaluate", "shakespeare.npz", "dinosaurs"], tmp_path)
    for name in checkpoint.NAMES:
        assert len(run([command, "sample", name, "--length", 30], tmp_path)) > 30


def test_every_shipped_network_goes_by_its_name():
    assert sorted(path.stem for path in corpus.DATA.glob("*.npz")) == sorted(checkpoint.NAMES)
    with pytest.raises(FileNotFoundError, match=r"no checkpoint shakespeare-gru; .* shakespeare-rnn, "):
        checkpoint.load_model("shakespeare-gru")


def test_the_exercises_answer_and_every_module_can_be_imported(python, tmp_path):
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("rnnlib", "course")
        for path in (ROOT / package).rglob("*.py")
    ]
    ask = "from course.checks import exercise; exercise('1.1', ...)"
    code = f"import {', '.join(names)}; print(rnnlib.__file__); {ask}"
    where, said = run([python, "-c", code], tmp_path).splitlines()
    assert Path(where).is_relative_to(python.parent.parent)
    assert said == "Exercise 1.1: … not attempted yet."


def test_a_notebook_alone_in_a_folder_runs_to_its_end(python, tmp_path):
    name = "04_backpropagation_through_time.ipynb"
    shutil.copy(ROOT / "notebooks" / name, tmp_path)
    code = f"import nbformat, nbclient; nbclient.execute(nbformat.read({name!r}, as_version=4)); print('done')"
    assert run([python, "-c", code], tmp_path) == "done\n"
