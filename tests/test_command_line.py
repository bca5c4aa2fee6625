"""The command line: what it does, and that every mistake is one line, exit code 2, and nothing written."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from rnnlib import checkpoint, corpus, language_model, losses, lstm
from rnnlib.__main__ import main

TEXT = "In the beginning was the word, and the word was short.\n" * 60


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a text and a trained model in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(capsys, *arguments):
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    return code, out, err


def train(capsys, *options):
    return run(capsys, "train", "text.txt", "--hidden-size", 8, "--steps", 40, "--seed", 1, *options)


@pytest.fixture
def model(folder, capsys):
    assert train(capsys, "--out", "model.npz")[0] == 0
    return folder / "model.npz"


def test_train_prints_samples_and_the_loss_on_the_last_tenth_and_saves(folder, capsys, cell):
    name = next(name for name, module in checkpoint.CELLS.items() if module is cell)
    code, out, err = train(capsys, "--cell", name)
    assert code == 0
    assert out.count("----\n") == 2 * 10
    assert "nats" in err and "bits" in err  # the progress bar
    model = checkpoint.load_model("text.npz")
    assert model.cell is cell
    first, last = corpus.split(model.vocab.encode(TEXT))
    nats = language_model.evaluate(model.params, last, cell=cell, after=first)
    assert f"{nats:.4f} nats, {losses.bits(nats):.4f} bits a character" in out
    assert f"last tenth: {nats:.4f} nats" in run(capsys, "evaluate", "text.npz", "text.txt")[1]
    code, out, _ = run(capsys, "sample", "text.npz", "--prompt", "the ", "--length", 10)
    assert code == 0 and len(out) == 4 + 10 + 1


def test_classic_prints_the_lines_of_the_script(folder, capsys):
    code, out, _ = run(capsys, "train", "text.txt", "--recipe", "classic", "--hidden-size", 8, "--steps", 250)
    lines = re.findall(r"^iter (\d+), loss: (\d+\.\d{6})$", out, re.MULTILINE)
    assert code == 0 and [int(step) for step, _ in lines] == [0, 100, 200]
    assert float(lines[0][1]) == pytest.approx(25 * np.log(len(set(TEXT))), rel=1e-4)
    assert float(lines[2][1]) < float(lines[0][1])


def test_the_same_seed_trains_the_same_network_and_another_another(folder, capsys):
    train(capsys, "--out", "a.npz")
    train(capsys, "--out", "b.npz")
    run(capsys, "train", "text.txt", "--hidden-size", 8, "--steps", 40, "--seed", 2, "--out", "c.npz")
    a, b, c = (checkpoint.load_model(name).params["W_hh"] for name in ("a.npz", "b.npz", "c.npz"))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.1


def test_dropout_is_part_of_the_recipe_and_changes_the_training(folder, capsys):
    runs = []
    for options in ([], ["--dropout", 0], ["--dropout", 0.3], ["--dropout", 0.3]):
        assert train(capsys, "--out", "model.npz", *options)[0] == 0
        runs.append(checkpoint.load_run("model.npz")[0])
    none, zero, a, b = runs
    assert (none.recipe.dropout, zero.recipe.dropout, a.recipe.dropout) == (0, 0, 0.3)
    np.testing.assert_equal(zero.params, none.params)
    np.testing.assert_equal(a.params, b.params)
    assert np.abs(a.params["W_hh"] - none.params["W_hh"]).max() > 1e-3


def test_resume_takes_cell_and_dropout_from_the_checkpoint(folder, capsys):
    assert train(capsys, "--cell", "lstm", "--dropout", 0.3, "--out", "model.npz")[0] == 0
    assert run(capsys, "train", "text.txt", "--resume", "model.npz", "--steps", 50)[0] == 0
    resumed, _ = checkpoint.load_run("model.npz")
    assert (resumed.cell, resumed.recipe.dropout, resumed.step) == (lstm, 0.3, 50)


def test_weights_only_leaves_a_small_file(folder, capsys):
    train(capsys, "--out", "whole.npz")
    train(capsys, "--out", "small.npz", "--weights-only")
    assert (folder / "small.npz").stat().st_size < (folder / "whole.npz").stat().st_size / 2
    assert run(capsys, "sample", "small.npz", "--length", 5)[0] == 0


def test_sample_writes_the_prompt_and_what_follows(model, capsys):
    code, first, _ = run(capsys, "sample", model, "--prompt", "the ", "--length", 30, "--seed", 5)
    assert code == 0 and first.startswith("the ") and len(first) == 4 + 30 + 1
    assert run(capsys, "sample", model, "--prompt", "the ", "--length", 30, "--seed", 5)[1] == first
    assert run(capsys, "sample", model, "--prompt", "the ", "--length", 30, "--seed", 6)[1] != first
    greedy = [run(capsys, "sample", model, "--temperature", 0, "--length", 30, "--seed", s)[1] for s in (1, 2)]
    assert greedy[0] == greedy[1]


@pytest.mark.parametrize("options", [["--prompt", ""], ["--top-k", 1], ["--top-p", 1.0], ["--length", 0]])
def test_sample_takes_settings_at_the_edge(model, capsys, options):
    assert run(capsys, "sample", model, *options)[0] == 0


def test_evaluate_reports_the_parts_of_the_text(model, capsys):
    code, out, _ = run(capsys, "evaluate", model, "text.txt")
    assert code == 0 and [line.split(":")[0] for line in out.splitlines()] == ["first nine tenths", "last tenth", "all"]


def test_a_byte_order_mark_and_windows_line_ends_train_the_same_network(folder, capsys):
    train(capsys, "--out", "plain.npz")
    (folder / "text.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    train(capsys, "--out", "windows.npz")
    plain, windows = checkpoint.load_model("plain.npz"), checkpoint.load_model("windows.npz")
    assert plain.vocab == windows.vocab
    np.testing.assert_array_equal(plain.params["W_xh"], windows.params["W_xh"])


def bad_files(folder):
    (folder / "empty.txt").touch()
    (folder / "short.txt").write_text("too short", encoding="utf-8")
    (folder / "latin.txt").write_bytes("caf\xe9 au lait".encode("latin-1") * 1000)
    (folder / "other.txt").write_text("ünbekannt " * 1000, encoding="utf-8")
    (folder / "notes.npz").write_text("not a checkpoint", encoding="utf-8")
    (folder / "cut.npz").write_bytes((folder / "model.npz").read_bytes()[:-100])
    np.savez(folder / "foreign.npz", x=np.arange(3))
    np.savez(folder / "pickled.npz", meta=np.array([{}], dtype=object))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("train missing.txt", "missing.txt"),
        ("train .", "folder"),
        ("train empty.txt", "empty"),
        ("train short.txt", "too short"),
        ("train latin.txt", "not UTF-8: byte 0xe9 at offset 3"),
        ("train text.txt --hidden-size 0", "hidden_size of at least 1, got 0"),
        ("train text.txt --hidden-size -3", "hidden_size of at least 1, got -3"),
        ("train text.txt --hidden-size x", "invalid int value: 'x'"),
        ("train text.txt --steps 0", "steps of at least 1"),
        ("train text.txt --learning-rate nan", "learning_rate"),
        ("train text.txt --sample-every 0", "sample-every"),
        ("train text.txt --seed -1", "non-negative"),
        ("train text.txt --recipe best", "invalid choice"),
        ("train text.txt --cell best", "invalid choice"),
        ("train text.txt --dropout 1", "dropout of at least 0 and below 1, got 1.0"),
        ("train text.txt --dropout -0.1", "dropout of at least 0 and below 1, got -0.1"),
        ("train text.txt --dropout nan", "dropout of at least 0 and below 1, got nan"),
        ("train text.txt --out nowhere/model.npz", "no folder nowhere"),
        ("train text.txt --out .", "folder"),
        ("train text.txt --out notes.npz", "not a checkpoint"),
        ("train text.txt --out /proc/model.npz", "/proc"),
        ("train text.txt --resume missing.npz", "missing.npz"),
        ("train text.txt --resume cut.npz", "not a whole rnnlib checkpoint"),
        ("train text.txt --resume model.npz", "has taken all of its 40 steps"),
        ("train text.txt --resume model.npz --hidden-size 9", "leave it out"),
        ("train text.txt --resume model.npz --cell rnn", "--cell is set by the checkpoint"),
        ("train text.txt --resume model.npz --dropout 0", "--dropout is set by the checkpoint"),
        ("train other.txt --resume model.npz --steps 50", "another vocabulary"),
        ("sample missing.npz", "missing.npz"),
        ("sample .", "folder"),
        ("sample cut.npz", "not a whole rnnlib checkpoint"),
        ("sample foreign.npz", "not a whole rnnlib checkpoint"),
        ("sample pickled.npz", "not a whole rnnlib checkpoint"),
        ("sample text.txt", "not a whole rnnlib checkpoint"),
        ("sample model.npz --prompt é", "character 'é' is not in the vocabulary: 18 characters"),
        ("sample model.npz --temperature -1", "temperature"),
        ("sample model.npz --temperature nan", "temperature"),
        ("sample model.npz --temperature inf", "temperature"),
        ("sample model.npz --top-k 0", "top-k in 1..18"),
        ("sample model.npz --top-k 19", "top-k in 1..18"),
        ("sample model.npz --top-p 0", "top-p"),
        ("sample model.npz --top-p 1.5", "top-p"),
        ("sample model.npz --top-p nan", "top-p"),
        ("sample model.npz --length -1", "length"),
        ("evaluate model.npz other.txt", "'ü' is not in the vocabulary"),
        ("evaluate model.npz missing.txt", "missing.txt"),
        ("evaluate cut.npz text.txt", "not a whole rnnlib checkpoint"),
        ("", "required"),
        ("fly", "invalid choice"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2_and_nothing_is_written(model, folder, capsys, arguments, says):
    bad_files(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    code, out, err = run(capsys, *arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1 and says in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_no_file_is_named(folder, capsys):
    (folder / "locked").mkdir(mode=0o500)
    code, _, err = train(capsys, "--out", "locked/model.npz")
    assert code == 2 and err.count("\n") == 1 and "locked" in err


def test_help_shows_examples(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0 and out.count("python -m rnnlib") > 4


def start_training(folder, steps, *options):
    command = [sys.executable, "-m", "rnnlib", "train", "text.txt", "--hidden-size", "8", "--steps", str(steps)]
    process = subprocess.Popen(
        [*command, *options], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    return process


def wait_for(path, process):
    began = time.monotonic()
    while not path.exists():
        assert process.poll() is None and time.monotonic() - began < 60
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_interrupted_and_killed_training_resumes_as_if_it_had_never_stopped(folder, capsys):
    process = start_training(folder, 3000, "--out", "through.npz")
    process.communicate()

    process = start_training(folder, 3000, "--out", "stopped.npz")
    wait_for(folder / "stopped.npz", process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate()
    assert process.returncode == 130 and "saved stopped.npz; carry on with --resume stopped.npz" in out
    assert 500 <= checkpoint.load_run(folder / "stopped.npz")[0].step < 3000

    process = start_training(folder, 3000, "--out", "killed.npz")
    wait_for(folder / "killed.npz", process)
    process.kill()
    process.communicate()

    through, _ = checkpoint.load_run(folder / "through.npz")
    for name in ("stopped.npz", "killed.npz"):
        assert run(capsys, "train", "text.txt", "--resume", name)[0] == 0
        resumed, _ = checkpoint.load_run(folder / name)
        assert resumed.step == 3000 and resumed.smooth_loss == through.smooth_loss
        for key, array in through.params.items():
            np.testing.assert_array_equal(resumed.params[key], array)
