"""`make update` takes the newest course and keeps what a learner has changed, in a folder of its own."""

import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parent.parent / "Makefile"
NAME = "notebooks/00_start_here.ipynb"


def git(folder, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    return subprocess.check_output(["git", *identity, *arguments], cwd=folder, encoding="utf-8")


def publish(folder, text):
    (folder / NAME).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", text)


@pytest.mark.skipif(not shutil.which("git") or not shutil.which("make"), reason="needs git and make")
@pytest.mark.parametrize("changed", [True, False])
def test_an_update_brings_the_new_notebook_and_keeps_the_changed_one(tmp_path, changed):
    course, mine = tmp_path / "course", tmp_path / "my clone"
    (course / "notebooks").mkdir(parents=True)
    shutil.copy(MAKEFILE, course)
    (course / ".gitignore").write_text("/mine/\n", encoding="utf-8")
    git(course, "init", "-q")
    publish(course, "old")
    git(tmp_path, "clone", "-q", str(course), str(mine))
    publish(course, "new")
    if changed:
        (mine / NAME).write_text("my run", encoding="utf-8")
    subprocess.run(["make", "update"], cwd=mine, check=True, capture_output=True)
    assert (mine / NAME).read_text(encoding="utf-8") == "new"
    assert git(mine, "status", "--porcelain") == ""
    kept = [path.read_text(encoding="utf-8") for path in mine.glob("mine/*/*.ipynb")]
    assert kept == (["my run"] if changed else [])
