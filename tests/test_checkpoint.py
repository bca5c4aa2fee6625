"""A checkpoint is whole whatever happens, says no to anything else, and carries on bit for bit."""

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from rnnlib import checkpoint, language_model, rnn, training
from rnnlib.vocab import Vocab

TEXT = "the quick brown fox jumps over the lazy dog. " * 12
VOCAB = Vocab.from_text(TEXT)
IDS = VOCAB.encode(TEXT)
SMALL = {
    "classic": replace(training.CLASSIC, hidden_size=5, steps=60),  # 60 steps pass the text's end twice
    "modern": replace(training.MODERN, hidden_size=5, batch_size=4, block_length=8, steps=60, warmup=10),
    "rmsprop": replace(training.MODERN, hidden_size=5, batch_size=2, block_length=8, steps=60, optimizer="RMSprop"),
    "sgd": replace(training.CLASSIC, hidden_size=5, steps=60, optimizer="SGD", learning_rate=1e-3),
    "dropout": replace(training.MODERN, hidden_size=5, batch_size=4, block_length=8, steps=60, dropout=0.3),
}


def started(name="modern", cell=rnn):
    return training.start(SMALL[name], len(VOCAB), rng=np.random.default_rng(3), cell=cell)


def take(run, steps):
    for _, record in zip(range(steps), training.train(run, IDS), strict=False):
        last = record
    return last


@pytest.fixture
def saved(tmp_path):
    run = started()
    take(run, 10)
    path = tmp_path / "model.npz"
    checkpoint.save_run(path, run, VOCAB)
    return path


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("stops", [[1], [7, 1, 20]])
def test_a_resumed_run_equals_one_that_never_stopped_bit_for_bit(cell, name, stops, tmp_path):
    through = started(name, cell)
    take(through, 60)
    run = started(name, cell)
    for steps in stops:
        take(run, steps)
        checkpoint.save_run(tmp_path / "model.npz", run, VOCAB)
        run, vocab = checkpoint.load_run(tmp_path / "model.npz")
        assert vocab == VOCAB
    last = take(run, 60)
    assert run.step == through.step == 60
    assert last.smooth_loss == through.smooth_loss
    np.testing.assert_array_equal(run.state, through.state)
    for key, array in through.params.items():
        assert array.dtype == run.params[key].dtype
        np.testing.assert_array_equal(run.params[key], array)
    for key, array in through.optimizer.memory.items():
        np.testing.assert_array_equal(run.optimizer.memory[key], array)
    assert run.rng.random() == through.rng.random()


def test_a_model_loads_with_its_vocabulary_and_cell(cell, tmp_path):
    run, path = started(cell=cell), tmp_path / "model.npz"
    checkpoint.save_run(path, run, VOCAB)
    model = checkpoint.load_model(path)
    assert model.vocab == VOCAB and model.cell is cell
    assert model.params.keys() == run.params.keys()
    for name, array in run.params.items():
        np.testing.assert_array_equal(model.params[name], array)


def test_weights_only_are_small_close_and_not_for_resuming(cell, tmp_path):
    run, saved, path = started(cell=cell), tmp_path / "model.npz", tmp_path / "weights.npz"
    take(run, 10)
    checkpoint.save_run(saved, run, VOCAB)
    model = checkpoint.load_model(saved)
    checkpoint.save_weights(path, model)
    half = checkpoint.load_model(path)
    assert half.cell is cell
    nats = [language_model.evaluate(params, IDS, cell=cell) for params in (model.params, half.params)]
    assert nats[1] == pytest.approx(nats[0], rel=1e-3)
    for name, array in model.params.items():
        assert half.params[name].dtype == np.float32
        np.testing.assert_allclose(half.params[name], array, rtol=1e-3, atol=1e-6)
    assert path.stat().st_size < saved.stat().st_size / 2
    with pytest.raises(ValueError, match="weights only"):
        checkpoint.load_run(path)


def test_every_truncation_is_refused(saved, tmp_path):
    whole = saved.read_bytes()
    for size in {0, 1, 100, *range(0, len(whole), 997), len(whole) - 1}:
        (tmp_path / "cut.npz").write_bytes(whole[:size])
        with pytest.raises(ValueError, match="not a whole rnnlib checkpoint"):
            checkpoint.load_run(tmp_path / "cut.npz")


def test_a_damaged_byte_is_refused_or_changes_nothing(saved, tmp_path):
    whole, expected = saved.read_bytes(), checkpoint.load_model(saved)
    refused = 0
    for place in np.random.default_rng(0).integers(len(whole), size=200):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "damaged.npz").write_bytes(damaged)
        try:
            model = checkpoint.load_model(tmp_path / "damaged.npz")
        except ValueError:
            refused += 1
        else:
            assert model.vocab == expected.vocab
            for name, array in expected.params.items():
                np.testing.assert_array_equal(model.params[name], array)
    assert refused > 100


class Trap:
    """Unpickling this leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("kind", ["pickle", "npy", "npz"])
def test_a_pickle_is_refused_and_never_unpickled(kind, tmp_path):
    path, left_behind = tmp_path / "model.npz", tmp_path / "left_behind"
    trap = Trap(left_behind)
    with open(path, "wb") as file:
        if kind == "pickle":
            pickle.dump(trap, file)
        elif kind == "npy":
            np.save(file, np.array([trap], dtype=object), allow_pickle=True)
        else:
            np.savez(file, meta=np.array([trap], dtype=object))
    with pytest.raises(ValueError, match="not a whole rnnlib checkpoint"):
        checkpoint.load_model(path)
    assert not left_behind.exists()


def renamed(arrays, old, new):
    meta = arrays["meta"].tobytes()
    assert old in meta
    arrays["meta"] = np.frombuffer(meta.replace(old, new), np.uint8)


def rewritten(path, change):
    with np.load(path) as file:
        arrays = dict(file)
    change(arrays)
    with open(path, "wb") as file:
        np.savez(file, **arrays)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.clear(),
        lambda arrays: arrays.pop("meta"),
        lambda arrays: arrays.pop("params.W_hh"),
        lambda arrays: arrays.update({"params.W_more": np.ones(3)}),
        lambda arrays: arrays.update({"params.W_xh": arrays["params.W_xh"][:-1]}),
        lambda arrays: arrays.update({"params.b_y": np.full_like(arrays["params.b_y"], np.nan)}),
        lambda arrays: arrays.update({"meta": np.frombuffer(b"{}", np.uint8)}),
        lambda arrays: arrays.update({"meta": np.frombuffer(b"not JSON", np.uint8)}),
        lambda arrays: renamed(arrays, b"rnnlib 1", b"rnnlib 9"),
        lambda arrays: renamed(arrays, b'"cell": "rnn"', b'"cell": "lstm"'),
        lambda arrays: renamed(arrays, b'"cell": "rnn"', b'"cell": "best"'),
    ],
)
def test_a_foreign_or_inconsistent_npz_is_refused(change, saved):
    rewritten(saved, change)
    with pytest.raises(ValueError, match="not a whole rnnlib checkpoint"):
        checkpoint.load_model(saved)


def test_a_failing_save_leaves_the_old_checkpoint(saved, monkeypatch):
    before = saved.read_bytes()
    run = started()

    def full(_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        checkpoint.save_run(saved, run, VOCAB)
    assert saved.read_bytes() == before


SAVE_FOREVER = """
import sys
from rnnlib import checkpoint
run, vocab = checkpoint.load_run(sys.argv[1])
print("ready", flush=True)
while True:
    checkpoint.save_run(sys.argv[1], run, vocab)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_kill_in_the_middle_of_a_save_leaves_a_whole_checkpoint(saved):
    rng = np.random.default_rng(0)
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", SAVE_FOREVER, saved], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(rng.uniform(0.01, 0.1))
        process.kill()
        process.communicate()
        run, _ = checkpoint.load_run(saved)
        assert run.step == 10
