"""The command line: what it does when all goes well."""

import csv
import json
import os
import re

import numpy as np
import pytest
from command_line import SMALL, TEXT, run, trained

from rnnlib import __version__, checkpoint, corpus, losses, lstm, training
from rnnlib.commands import evaluate, reports, sample


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a text in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def model(folder):
    """A trained model in that folder."""
    (folder / "model.npz").write_bytes(trained())
    return folder / "model.npz"


def train(*options):
    return run("train", "text.txt", *SMALL, *options)


def same_runs(a, b):
    a, b = (checkpoint.load_run(path)[0] for path in (a, b))
    assert a.step == b.step and a.smooth_loss == b.smooth_loss
    np.testing.assert_equal(a.params, b.params)
    np.testing.assert_equal(a.optimizer.memory, b.optimizer.memory)
    np.testing.assert_equal(a.state, b.state)
    assert a.rng.bit_generator.state == b.rng.bit_generator.state


def test_train_prints_samples_and_the_loss_on_the_last_tenth_and_saves(folder, cell):
    name = next(name for name, module in checkpoint.CELLS.items() if module is cell)
    code, out, err = train("--cell", name)
    assert (code, err) == (0, "")
    steps = re.findall(r"^-- step (\d+): \d\.\d+ bits per character, \d\.\d+ held out, \S+ characters/s$", out, re.M)
    assert steps == [str(step) for step in range(4, 41, 4)]
    resumed, vocab = checkpoint.load_run("text.npz")
    assert resumed.cell is cell
    first, last = corpus.split(vocab.encode(TEXT))
    nats = evaluate.score(resumed.params, last, cell=cell, after=first, state=resumed.state)
    assert f"last tenth, held out: {nats:.4f} nats, {losses.bits(nats):.4f} bits per character" in out
    assert "last tenth: " in run("evaluate", "text.npz", "text.txt")[1]
    code, out, _ = run("sample", "text.npz", "--prompt", "the ", "--length", 10)
    assert code == 0 and len(out) == 4 + 10 + 1


def test_the_header_says_what_is_trained_on_what_and_how(folder):
    out = train("--cell", "gru")[1]
    header = out.split("\n\n")[0]
    for part in (
        "text.txt, 3,300 characters, 18 distinct: ,.Iabdeghinorstw", "2,970 to train on, 330 held out",
        "gru, 8 hidden units, 810 parameters, float32", "40 steps of 32 x 64 characters (40 times the text), Adam,",
        "threads  1", "saves to text.npz",
    ):  # fmt: skip
        assert part in " ".join(header.split("\n         ")), part
    assert max(map(len, header.splitlines())) <= 80
    assert "7 hidden units" in run("train", "text.txt", "--hidden-size", 7, "--steps", 1, "--out", "b.npz")[1]


def test_redirected_output_has_no_control_characters(folder):
    code, out, err = train()
    assert code == 0 and not re.search(r"[^\x20-\x7e\n]", out + err)


def test_classic_prints_the_lines_of_the_script(folder):
    code, out, _ = run("train", "text.txt", "--recipe", "classic", "--hidden-size", 8, "--steps", 250)
    lines = re.findall(r"^iter (\d+), loss: (\d+\.\d{6})$", out, re.MULTILINE)
    assert code == 0 and [int(step) for step, _ in lines] == [0, 100, 200]
    assert float(lines[0][1]) == pytest.approx(25 * np.log(len(set(TEXT))), rel=1e-4)
    assert float(lines[2][1]) < float(lines[0][1])


def test_the_same_seed_trains_the_same_network_and_another_another(folder):
    train("--out", "a.npz")
    train("--out", "b.npz")
    run("train", "text.txt", "--hidden-size", 8, "--steps", 40, "--seed", 2, "--out", "c.npz")
    a, b, c = (checkpoint.load_model(name).params["W_hh"] for name in ("a.npz", "b.npz", "c.npz"))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.1


def test_dropout_is_part_of_the_recipe_and_changes_the_training(folder):
    runs = []
    for options in ([], ["--dropout", 0], ["--dropout", 0.3], ["--dropout", 0.3]):
        assert train("--out", "model.npz", "--overwrite", *options)[0] == 0
        runs.append(checkpoint.load_run("model.npz")[0])
    none, zero, a, b = runs
    assert (none.recipe.dropout, zero.recipe.dropout, a.recipe.dropout) == (0, 0, 0.3)
    np.testing.assert_equal(zero.params, none.params)
    np.testing.assert_equal(a.params, b.params)
    assert np.abs(a.params["W_hh"] - none.params["W_hh"]).max() > 1e-3


def test_streams_and_block_length_can_be_chosen(folder):
    assert train("--batch-size", 5, "--block-length", 17)[0] == 0
    recipe = checkpoint.load_run("text.npz")[0].recipe
    assert (recipe.batch_size, recipe.block_length) == (5, 17)


def test_resume_takes_cell_and_dropout_from_the_checkpoint(folder):
    assert train("--cell", "lstm", "--dropout", 0.3, "--out", "model.npz")[0] == 0
    assert run("train", "text.txt", "--resume", "model.npz", "--steps", 50)[0] == 0
    resumed, _ = checkpoint.load_run("model.npz")
    assert (resumed.cell, resumed.recipe.dropout, resumed.step) == (lstm, 0.3, 50)


def test_more_steps_than_were_planned_say_what_the_learning_rate_will_do(model):
    out = run("train", "text.txt", "--resume", model, "--steps", 50)[1]
    old, new = (training.learning_rate(training.Recipe(**recipe), 40) for recipe in two_recipes(model, 50))
    assert f"goes on from {new:.2g} (it was {old:.2g}) and falls to 0 at the end" in " ".join(out.split())


def two_recipes(path, steps):
    with np.load(path) as file:
        recipe = json.loads(file["meta"].tobytes())["recipe"]
    return {**recipe, "steps": 40}, {**recipe, "steps": steps}


@pytest.mark.parametrize("options", [[], ["--sample-every", 1], ["--keep", "last"], ["--log", "log.csv"]])
def test_what_is_shown_does_not_touch_what_is_trained(folder, options):
    """A run without any report, by the library alone, ends in the very same state."""
    train(*options)
    vocab = checkpoint.load_run("text.npz")[1]
    recipe = checkpoint.load_run("text.npz")[0].recipe
    bare = training.start(recipe, len(vocab), rng=np.random.default_rng(1))
    for _ in training.train(bare, corpus.split(vocab.encode(TEXT))[0]):
        pass
    checkpoint.save_run("bare.npz", bare, vocab)
    same_runs("text.npz", "bare.npz")


# --- The best beside the last, the log, the plot -----------------------------------------------------------------


def get_worse(monkeypatch, best_at):
    """Have the held-out loss rise from the report `best_at` on."""
    before, reports_seen = reports.Judge.__call__, []

    def judge(self, run):
        reports_seen.append(run.step)
        return before(self, run) + 10 * max(0, run.step - best_at)

    monkeypatch.setattr(reports.Judge, "__call__", judge)
    return reports_seen


def test_the_best_is_kept_beside_the_last_when_the_held_out_loss_rises(folder, monkeypatch):
    with monkeypatch.context() as patch:
        get_worse(patch, best_at=20)
        patch.setattr("rnnlib.commands.keeper.math.log", lambda _: 1e9)  # nothing has diverged
        code, out, _ = train()
    assert code == 0 and "saved text.npz, and text.best.npz, whose held-out loss was the lowest, at step 20" in out
    assert [checkpoint.load_run(name)[0].step for name in ("text.npz", "text.best.npz")] == [40, 20]
    assert run("train", "text.txt", "--resume", "text.best.npz", "--keep", "last", "--out", "again.npz")[0] == 0
    same_runs("again.npz", "text.npz")


def test_no_second_file_stays_when_the_last_is_the_best(folder):
    assert "saved text.npz, the best of all reports" in train()[1]
    assert sorted(path.name for path in folder.iterdir()) == ["text.npz", "text.txt"]


def test_keep_last_keeps_no_best(folder, monkeypatch):
    get_worse(monkeypatch, best_at=20)
    monkeypatch.setattr("rnnlib.commands.keeper.math.log", lambda _: 1e9)
    assert train("--keep", "last")[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == ["text.npz", "text.txt"]


def test_the_log_has_a_row_for_each_report_and_a_resumed_run_goes_on_with_it(folder):
    assert train("--log", "log.csv")[0] == 0
    assert run("train", "text.txt", "--resume", "text.npz", "--steps", 50, "--log", "log.csv")[0] == 0
    with open("log.csv", encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [*rows[0]] == reports.COLUMNS
    assert [int(row["step"]) for row in rows] == [*range(4, 41, 4), 45, 50]
    assert [int(row["characters"]) for row in rows] == [2048 * int(row["step"]) for row in rows]
    for name in ("loss", "smoothed_loss", "held_out_loss"):
        assert all(1 < float(row[name]) < 4 for row in rows), name
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)


def test_a_plot_of_the_log_is_drawn(folder):
    train("--log", "log.csv")
    assert run("plot", "log.csv") == (0, "saved log.png\n", "")
    assert (folder / "log.png").read_bytes().startswith(b"\x89PNG")
    assert run("plot", "log.csv")[0] == 2
    assert run("plot", "log.csv", "--overwrite", "--out", "log.svg")[0] == 0


# --- Names of files ----------------------------------------------------------------------------------------------


def test_two_texts_that_differ_after_a_dot_have_two_checkpoints(folder):
    for name in ("chapter.1", "chapter.2"):
        (folder / name).write_text(TEXT, encoding="utf-8")
        assert run("train", name, *SMALL)[0] == 0
    assert {"chapter.1.npz", "chapter.2.npz"} <= {path.name for path in folder.iterdir()}


def test_a_checkpoint_is_replaced_only_when_that_is_asked_for(model):
    before = model.read_bytes()
    code, _, err = train("--out", "model.npz")
    assert code == 2 and "--resume model.npz" in err and "--overwrite" in err and model.read_bytes() == before
    assert train("--out", "model.npz", "--overwrite", "--dropout", 0.5)[0] == 0
    assert model.read_bytes() != before


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_a_link_stays_a_link_and_a_file_keeps_its_mode(model):
    model.chmod(0o600)
    (model.parent / "link.npz").symlink_to(model)
    assert train("--out", "link.npz", "--overwrite")[0] == 0
    assert (model.parent / "link.npz").is_symlink() and model.stat().st_mode & 0o777 == 0o600


def test_weights_only_leaves_a_small_file(folder):
    train("--out", "whole.npz")
    train("--out", "small.npz", "--weights-only")
    assert (folder / "small.npz").stat().st_size < (folder / "whole.npz").stat().st_size / 2
    assert run("sample", "small.npz", "--length", 5)[0] == 0


def test_weights_too_large_for_half_precision_stay_whole(folder, monkeypatch):
    monkeypatch.setattr("rnnlib.commands.keeper.HALF", 1e-3)
    code, _, err = train("--weights-only")
    assert code == 0 and "stays whole" in err
    assert checkpoint.load_run("text.npz")[0].step == 40


# --- Writing and judging -----------------------------------------------------------------------------------------


def test_sample_writes_the_prompt_and_what_follows(model):
    code, first, _ = run("sample", model, "--prompt", "the ", "--length", 30, "--seed", 5)
    assert code == 0 and first.startswith("the ") and len(first) == 4 + 30 + 1
    assert run("sample", model, "--prompt", "the ", "--length", 30, "--seed", 5)[1] == first
    assert run("sample", model, "--prompt", "the ", "--length", 30, "--seed", 6)[1] != first
    greedy = [run("sample", model, "--temperature", 0, "--length", 30, "--seed", s)[1] for s in (1, 2)]
    assert greedy[0] == greedy[1]


@pytest.mark.parametrize(
    "options", [["--prompt", ""], ["--top-k", 1], ["--top-p", 1.0], ["--length", 0], ["--threads", 2]]
)
def test_sample_takes_settings_at_the_edge(model, options):
    assert run("sample", model, *options)[0] == 0


def test_several_samples_end_where_the_stop_text_comes(model):
    out = run("sample", model, "--stop", " ", "--number", 20, "--seed", 1)[1]
    assert out.count("\n") >= 20 and " " not in out
    many = run("sample", model, "--length", 5, "--number", 3, "--seed", 1)[1]
    assert len(many) == 3 * 5 + 3 + 2


@pytest.mark.parametrize(
    ("stop", "written", "shown"),
    [("b", "aab", "aa"), ("ab", "aaab", "aa"), ("aab", "aaaab", "aa"), ("abab", "abaabab", "aba"), ("x", "aaa", "aaa"),
     ("ab", "aa", "aa"), ("a", "a", "")],
)  # fmt: skip
def test_a_stop_text_is_found_wherever_it_begins(stop, written, shown):
    more = iter(written + "rest" if stop in written else written)
    assert "".join(sample.until(stop, more)) == shown
    assert "".join(more) == ("rest" if stop in written else "")


def test_a_typed_backslash_n_is_a_line_end_to_a_network_that_knows_no_backslash(model):
    assert run("sample", model, "--prompt", r"the\n", "--length", 0)[1] == "the\n\n"
    assert "\n" not in run("sample", model, "--stop", r"\n", "--length", 2000)[1][:-1]


def test_evaluate_reports_the_parts_of_the_text(model):
    code, out, _ = run("evaluate", model, "text.txt")
    assert code == 0 and [line.split(":")[0] for line in out.splitlines()] == ["first nine tenths", "last tenth", "all"]


def test_help_shows_examples_and_the_version_is_told():
    code, out, _ = run("--help")
    assert code == 0 and out.count("  rnnlib ") > 4 and "python -m rnnlib" in out
    assert run("--version")[:2] == (0, f"rnnlib {__version__}\n")
    assert "shakespeare-rnn" in run("sample", "--help")[1]
