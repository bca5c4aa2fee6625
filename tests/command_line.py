"""Run the command line in this process, or in one that is born from it in an instant."""

import contextlib
import functools
import io
import os
import signal
import sys
import tempfile
from pathlib import Path

from rnnlib.__main__ import main

TEXT = "In the beginning was the word, and the word was short.\n" * 60
SMALL = ("--hidden-size", "8", "--steps", "40", "--seed", "1")


def run(*arguments, stdin=b""):
    """Run a command; return its exit code, standard output and standard error."""
    out, err, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code
    finally:
        sys.stdin = before
    return code, out.getvalue(), err.getvalue()


@functools.cache
def trained():
    """The bytes of a small model, trained on TEXT."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "text.txt").write_text(TEXT, encoding="utf-8")
        assert run("train", f"{folder}/text.txt", *SMALL, "--out", f"{folder}/model.npz")[0] == 0
        return (Path(folder) / "model.npz").read_bytes()


def fork(folder, *arguments, out, err, encoding="utf-8", before=lambda: None):
    """Start a command in a child of this process, which has loaded numpy already; return its process id.

    `out` and `err` are file descriptors, `before` is called in the child.
    """
    if child := os.fork():
        return child
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.closerange(3, 256)
        sys.stdout = open(1, "w", encoding=encoding, closefd=False)
        sys.stderr = open(2, "w", encoding=encoding, closefd=False, errors="backslashreplace", buffering=1)
        before()
        code = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 98
    finally:
        try:
            sys.stdout.flush()
        except Exception:
            code = 120  # what Python does
        os._exit(code)
