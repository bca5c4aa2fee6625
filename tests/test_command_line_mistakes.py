"""What a user can get wrong: one line on standard error, exit code 2, and nothing written."""

import io
import os
import sys

import numpy as np
import pytest
from command_line import SMALL, TEXT, run, trained

from rnnlib import checkpoint, language_model


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a model and all that may be handed over by mistake."""
    monkeypatch.chdir(tmp_path)
    model = trained()
    for name, raw in {
        "model.npz": model,
        "text.txt": TEXT.encode(),
        "empty.txt": b"",
        "mark.txt": b"\xef\xbb\xbf",
        "short.txt": b"too short",
        "latin.txt": b"caf\xe9 au lait" * 1000,
        "wide.txt": TEXT.encode("utf-16-le"),
        "cyrillic.txt": ("Каждая несчастливая семья несчастлива по-своему. " * 50).encode("utf-16-le"),
        "other.txt": ("ünbekannt " * 1000).encode(),
        "chinese.txt": "".join(map(chr, range(0x4E00, 0x6000))).encode(),
        "escape.txt": ("plain \x1b[31m red \0 \u200e " * 100).encode(),
        "notes.npz": b"not a checkpoint",
        "notes.csv": b"a,b\n1,2\n",
        "empty.csv": b"",
        "cut.npz": model[:-100],
    }.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / "read_only.npz").write_bytes(model)
    (tmp_path / "read_only.npz").chmod(0o444)
    np.savez(tmp_path / "foreign.npz", x=np.arange(3))
    np.savez(tmp_path / "pickled.npz", meta=np.array([{}], dtype=object))
    (tmp_path / "nothing").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


MISTAKES = [
    ("", "required"),
    ("fly", "invalid choice"),
    ("train", "required: TEXT"),
    ("train missing.txt", "missing.txt"),
    ("train nothing", "no .txt file in the folder nothing"),
    ("train empty.txt", "empty.txt is empty"),
    ("train mark.txt", "mark.txt is empty"),
    ("train short.txt", "too short: 9 characters, expected at least 200"),
    ("train short.txt --recipe classic", "too short"),
    ("train latin.txt", "not UTF-8: byte 0xe9 at offset 3, line 1, column 4"),
    ("train latin.txt", "--encoding cp1252"),
    ("train text.txt --encoding utf-9", "utf-9"),
    ("train text.txt --encoding hex", "hex"),
    ("train text.txt latin.txt", "latin.txt is not UTF-8"),
    ("train wide.txt", "--encoding utf-16-le"),
    ("train cyrillic.txt", "--encoding utf-16-le"),
    ("train -", "- is empty"),
    ("train pipe", "pipe"),
    ("train /dev/zero", "a device"),
    ("train text.txt --hidden-size 0", "--hidden-size: expected a number from 1 to 2,147,483,647, got 0"),
    ("train text.txt --hidden-size -3", "got -3"),
    ("train text.txt --hidden-size x", "--hidden-size: expected a whole number, got 'x'"),
    ("train text.txt --hidden-size 300000", "out of memory"),
    ("train text.txt --hidden-size 2147483647", "out of memory"),
    ("train text.txt --hidden-size 99999999999999999999", "expected a number"),
    ("train text.txt --steps 0", "--steps: expected a number from 1"),
    ("train text.txt --batch-size 0", "--batch-size: expected"),
    ("train text.txt --batch-size 3000", "too short"),
    ("train text.txt --block-length 3000", "too short"),
    ("train text.txt --batch-size 1000000 --block-length 1000000", "too short"),
    ("train text.txt --learning-rate nan", "--learning-rate: expected a number above 0, got 'nan'"),
    ("train text.txt --learning-rate 0", "got '0'"),
    ("train text.txt --learning-rate inf", "got 'inf'"),
    ("train text.txt --learning-rate -1", "got '-1'"),
    ("train text.txt --sample-every 0", "--sample-every"),
    ("train text.txt --seed -1", "--seed: expected a number from 0"),
    ("train text.txt --seed 1.5", "--seed: expected a whole number, got '1.5'"),
    ("train text.txt --threads 0", "--threads: expected a number from 1"),
    ("train text.txt --recipe best", "invalid choice"),
    ("train text.txt --cell best", "invalid choice"),
    ("train text.txt --keep all", "invalid choice"),
    ("train text.txt --dropout 1", "a number of at least 0 and below 1, got '1'"),
    ("train text.txt --dropout -0.1", "below 1, got '-0.1'"),
    ("train text.txt --dropout nan", "below 1, got 'nan'"),
    ("train text.txt --out nowhere/model.npz", "no folder nowhere"),
    ("train text.txt --out .", "folder"),
    ("train text.txt --out nothing", "folder"),
    ("train text.txt --out newfolder/ --steps 1", "folder"),
    ("train text.txt --out notes.npz", "not a checkpoint"),
    ("train text.txt --out notes.npz --overwrite", "not a checkpoint"),
    ("train text.txt --out model.npz", "--resume model.npz, replace it by --overwrite"),
    ("train text.txt --out read_only.npz --overwrite", "write-protected"),
    ("train text.txt --out /proc/model.npz", "/proc"),
    ("train text.txt --out /dev/null", "/dev/null"),
    ("train text.txt --out pipe", "pipe"),
    ("train text.txt --out " + 300 * "x", "name too long"),
    ("train text.txt --out " + 252 * "x", "name too long"),  # with .best, it is
    ("train text.txt --out text.txt", "not a checkpoint"),
    ("train text.txt --log notes.csv", "not a log"),
    ("train text.txt --log notes.csv --overwrite --log nowhere/a.csv", "no folder nowhere"),
    ("train text.txt --log nothing", "folder"),
    ("train text.txt --log text.npz --steps 1", "are one file"),
    ("train text.txt --log text.best.npz --steps 1", "are one file"),
    ("train text.txt --log text.txt --overwrite", "text.txt exists and is not a log"),
    ("train text.txt --log notes.csv --overwrite", "notes.csv exists and is not a log"),
    ("train text.txt --resume missing.npz", "missing.npz"),
    ("train text.txt --resume .", "folder"),
    ("train text.txt --resume cut.npz", "not a whole rnnlib checkpoint"),
    ("train text.txt --resume notes.npz", "not a whole rnnlib checkpoint"),
    ("train text.txt --resume model.npz", "has taken all of its 40 steps"),
    ("train text.txt --resume model.npz --steps 50 --out foreign.npz", "not a checkpoint"),
    ("train text.txt --resume model.npz --hidden-size 9", "leave it out"),
    ("train text.txt --resume model.npz --cell rnn", "--cell is set by the checkpoint"),
    ("train text.txt --resume model.npz --dropout 0", "--dropout is set by the checkpoint"),
    ("train text.txt --resume model.npz --batch-size 3", "--batch-size is set by the checkpoint"),
    ("train other.txt --resume model.npz --steps 50", "another vocabulary: other.txt has"),
    ("train short.txt --resume model.npz --steps 50", "too short"),
    ("sample missing.npz", "missing.npz"),
    ("sample .", "folder"),
    ("sample pipe", "a pipe, expected a checkpoint"),
    ("sample /dev/zero", "a device or a pipe, expected a checkpoint"),
    ("evaluate pipe text.txt", "a pipe, expected a checkpoint"),
    ("sample cut.npz", "not a whole rnnlib checkpoint"),
    ("sample foreign.npz", "not a whole rnnlib checkpoint"),
    ("sample pickled.npz", "not a whole rnnlib checkpoint"),
    ("sample text.txt", "not a whole rnnlib checkpoint"),
    ("sample model.npz --prompt é", "--prompt has 1 character that the network does not know: 'é'"),
    ("sample model.npz --prompt X:1\\n", "'1'"),
    ("sample model.npz --prompt -x", "--prompt=-x"),
    ("sample model.npz --temperature -1", "--temperature: expected a number of 0 or more, got '-1'"),
    ("sample model.npz --temperature nan", "--temperature"),
    ("sample model.npz --temperature inf", "--temperature"),
    ("sample model.npz --top-k 0", "--top-k: expected a number from 1"),
    ("sample model.npz --top-k 19", "top-k in 1..18"),
    ("sample model.npz --top-p 0", "top-p"),
    ("sample model.npz --top-p 1.5", "top-p"),
    ("sample model.npz --top-p nan", "top-p"),
    ("sample model.npz --length -1", "length"),
    ("sample model.npz --number 0", "--number"),
    ("sample model.npz --stop é", "--stop"),
    ("sample model.npz --seed -1", "--seed"),
    ("evaluate model.npz other.txt", "'k' 1,000 times, first in line 1, column 5; 'ü' 1,000 times; leave"),
    ("evaluate model.npz chinese.txt", "4,603 other kinds; leave them out with --skip-unknown"),
    ("evaluate model.npz escape.txt", "U+001B control character"),
    ("evaluate model.npz escape.txt", "U+0000 control character"),
    ("evaluate model.npz chinese.txt --skip-unknown", "leaves 0 characters to evaluate"),
    ("evaluate model.npz missing.txt", "missing.txt"),
    ("evaluate model.npz latin.txt", "not UTF-8"),
    ("evaluate cut.npz text.txt", "not a whole rnnlib checkpoint"),
    ("plot missing.csv", "missing.csv"),
    ("plot notes.csv", "not a log"),
    ("plot empty.csv", "not a log"),
    ("plot nothing", "nothing is a folder"),
    ("plot pipe", "a pipe, expected a log"),
    ("plot /dev/zero", "a device or a pipe, expected a log"),
]


def is_one_line_and_nothing_is_written(folder, *arguments):
    before = contents(folder)
    code, out, err = run(*arguments)
    assert (code, out) == (2, ""), err
    assert err.startswith("error: ") and err.count("\n") == 1 and err[:-1].isprintable(), err
    assert len(err) < 800
    assert contents(folder) == before
    return err


@pytest.mark.skipif(os.name == "nt", reason="names of devices")
@pytest.mark.parametrize(("arguments", "says"), MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2_and_nothing_is_written(folder, arguments, says):
    assert says in is_one_line_and_nothing_is_written(folder, *arguments.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", ""], "no file ''"),
        (["train", "text.txt", "--resume", ""], "after --resume"),
        (["train", "text.txt", "--out", ""], "after --out"),
        (["train", "text.txt", "--log", ""], "after --log"),
        (["train", "a\x1b[31m\nb"], r"a\x1b[31m\nb"),
        (["train", "text.txt", "--out", "\x1b/m"], r"\x1b"),
        (["train", "a\0b"], "null"),
        (["train", "text.txt", "--out", "a\0b"], "null"),
        (["fly\x1b"], r"\x1b"),
        (["sample", "\x1b[2J"], r"\x1b[2J"),
        (["sample", "model.npz", "--stop", ""], "--stop"),
        (["sample", "model.npz", "--prompt", "the \u0301"], "U+0301 COMBINING ACUTE ACCENT"),
        (["sample", "model.npz", "--prompt", "the\x1b"], "U+001B control character"),
        (["sample", "model.npz", "--prompt", "\udcff"], "U+DCFF"),
        (["evaluate", "model.npz", "a\r\nb"], r"a\r\nb"),
    ],
)
def test_no_message_hands_a_control_character_to_the_terminal(folder, arguments, says):
    assert says in is_one_line_and_nothing_is_written(folder, *arguments)


@pytest.mark.parametrize("name", ["text.txt", "notes.npz", "pickled.npz"])
def test_no_other_library_gives_advice(folder, name):
    assert "pickle" not in run("sample", name)[2].replace("pickled.npz", "")


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_no_file_is_named(folder):
    (folder / "locked").mkdir(mode=0o500)
    code, _, err = run("train", "text.txt", *SMALL, "--out", "locked/model.npz")
    assert code == 2 and err.count("\n") == 1 and "locked" in err


def test_a_text_that_does_not_fit_into_memory_is_one_line(folder, monkeypatch):
    def read(*_, **__):
        raise MemoryError

    monkeypatch.setattr("rnnlib.corpus.read_text", read)
    assert "out of memory" in is_one_line_and_nothing_is_written(folder, "train", "text.txt")


@pytest.mark.parametrize("error", [ValueError("a fault"), IndexError("a fault"), TypeError("a fault")])
@pytest.mark.parametrize("place", ["loss_and_grads", "forward", "init_params"])
def test_a_fault_of_the_library_keeps_its_traceback(folder, monkeypatch, error, place):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(language_model, place, fail)
    with pytest.raises(type(error), match="a fault"):
        run("train", "text.txt", *SMALL)


def test_a_fault_while_reporting_does_not_lose_the_run(folder, monkeypatch):
    monkeypatch.setattr("rnnlib.commands.reports.write_sample", lambda *_: [][0])
    with pytest.raises(IndexError):
        run("train", "text.txt", *SMALL)
    assert checkpoint.load_run("text.npz")[0].step == 4


# --- A run that diverges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("recipe", ["classic", "modern"])
@pytest.mark.parametrize("rate", ["1e3", "1e30", "1e308"])
@pytest.mark.filterwarnings("error")
def test_a_run_that_diverges_is_not_saved_and_says_what_to_try(folder, cell, recipe, rate):
    before = contents(folder)
    options = ["--recipe", recipe, "--cell", cell, "--hidden-size", 8, "--learning-rate", rate, "--overwrite"]
    for steps in (1, 30):
        code, _, err = run("train", "text.txt", *options, "--steps", steps, "--out", "model.npz")
        if code == 0:  # it may find its way
            assert rate == "1e3" or steps == 1
            (folder / "model.npz").write_bytes(trained())
            continue
        assert code == 1 and err.startswith("error: the run has diverged: its loss is ") and err.count("\n") == 1
        assert "guessing has 4.17" in err and "model.npz is as it was" in err and "--learning-rate below" in err
    assert {path: raw for path, raw in contents(folder).items() if "best" not in path.name} == before


def test_a_run_that_diverges_later_keeps_what_was_good(folder, monkeypatch):
    assert run("train", "text.txt", *SMALL, "--out", "a.npz")[0] == 0
    before = (folder / "a.npz").read_bytes()
    monkeypatch.setattr("rnnlib.training.learning_rate", lambda *_: 1e30)
    code, _, err = run("train", "text.txt", "--resume", "a.npz", "--steps", 50)
    assert code == 1 and "a.npz still holds step 40" in err
    assert (folder / "a.npz").read_bytes() == before


def test_a_closed_error_output_changes_no_exit_code(folder, monkeypatch):
    class Closed(io.StringIO):
        def write(self, _):
            raise OSError("closed")

    monkeypatch.setattr(sys, "stderr", Closed())
    from rnnlib.__main__ import main

    assert main(["evaluate", "model.npz", "missing.txt"]) == 2
