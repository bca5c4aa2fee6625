"""A checkpoint is whole whatever happens, says no to anything else, and carries on bit for bit."""

import copy
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

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


def raw_npz(path, members, **settings):
    """Write members {name: bytes} as a zip."""
    with zipfile.ZipFile(path, "w", **settings) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def header(shape, descr="<f4"):
    """The head of an .npy that claims this shape, without the numbers."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": descr, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def refused(path, says=""):
    began = time.process_time()
    for load in (checkpoint.load_model, checkpoint.load_run):
        tracemalloc.start()
        with pytest.raises(ValueError, match="is not a whole rnnlib checkpoint .*" + says) as error:
            load(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4_000_000 and len(str(error.value)) < 600
    assert time.process_time() - began < 5


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_bomb_is_refused_before_it_is_unpacked(saved, method):
    bomb = header((50_000_000,), "|u1") + bytes(50_000_000)
    raw_npz(saved, members_of(saved) | {"params.W_hh.npy": bomb}, compression=method)
    assert saved.stat().st_size < 1_000_000
    refused(saved, "compressed")


@pytest.mark.parametrize("shape", [(10**6, 10**6), (2**40,), (2**62, 4), (-1,), (5, -1), (0, 5)], ids=str)
@pytest.mark.parametrize("name", ["params.W_hy", "params.W_hh", "state", "optimizer.v", "meta"])
def test_a_member_that_states_another_size_is_refused(saved, shape, name):
    whole = members_of(saved)
    raw_npz(saved, whole | {f"{name}.npy": header(shape)})
    refused(saved)
    raw_npz(saved, whole | {f"{name}.npy": header(shape) + bytes(80)})
    refused(saved)


def test_large_sizes_all_alike_cost_no_time(tmp_path):
    """A file that claims 100,000 hidden units consistently, but holds none of their weights."""
    H = 100_000
    meta = json.dumps({"format": "rnnlib 1", "cell": "rnn", "chars": "ab"}).encode()
    shapes = language_model.param_shapes(2, H)
    raw_npz(
        tmp_path / "large.npz",
        {"meta.npy": header((len(meta),), "|u1") + meta} | {f"params.{n}.npy": header(s) for n, s in shapes.items()},
    )
    refused(tmp_path / "large.npz")


def test_no_network_is_drawn_to_load_one(saved, monkeypatch):
    def draw(*_, **__):
        raise AssertionError("drew a network")

    for module in (rnn, language_model):
        monkeypatch.setattr(module, "init_params", draw)
    checkpoint.load_model(saved)
    checkpoint.load_run(saved)


def test_a_member_that_lies_twice_in_the_file_is_refused(saved):
    whole = members_of(saved)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("params.b_y.npy", whole["params.b_y.npy"])
    refused(saved, "there twice")


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.bool_, np.complex64, np.complex128, np.longdouble, "U3", "S4"])
@pytest.mark.parametrize("name", ["params.W_hh", "params.b_y", "state", "optimizer.m"])
def test_numbers_of_another_type_are_refused(saved, name, dtype):
    if dtype is np.longdouble and np.longdouble is np.float64:
        pytest.skip("the same type here")
    rewritten(saved, lambda arrays: arrays.update({name: np.ones(arrays[name].shape, dtype)}))
    refused(saved, name)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["params.W_xh", "params.b_h", "state", "optimizer.m", "optimizer.v"])
def test_a_number_that_is_none_is_refused(saved, name, value):
    def change(arrays):
        arrays[name].flat[-1] = value

    rewritten(saved, change)
    refused(saved, f"{name} holds a number that is not finite")


@pytest.mark.parametrize(("name", "kept"), [("modern", "v"), ("classic", "m"), ("rmsprop", "m")])
def test_a_memory_of_squares_below_zero_is_refused(name, kept, tmp_path):
    run = started(name)
    take(run, 10)
    checkpoint.save_run(tmp_path / "model.npz", run, VOCAB)
    rewritten(tmp_path / "model.npz", lambda arrays: arrays[f"optimizer.{kept}"].put(0, -1e-30))
    refused(tmp_path / "model.npz", f"optimizer.{kept} holds a negative number")


def test_adams_mean_of_gradients_may_be_below_zero(saved):
    rewritten(saved, lambda arrays: arrays["optimizer.m"].put(0, -1.0))
    assert checkpoint.load_run(saved)[0].optimizer.memory["m"][0] == -1


@pytest.mark.parametrize("value", [3e38, -3e38, 1.1e20])
def test_weights_too_large_to_compute_with_are_refused(saved, value):
    rewritten(saved, lambda arrays: arrays["params.W_hy"].fill(value))
    refused(saved, "params.W_hy holds a number that is not finite, or is beyond 1e.20")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda a: a.update({"notes": np.ones(3)}), "notes"),
        (lambda a: a.update({"optimizer.w": np.ones(3)}), "optimizer.w"),
        (lambda a: a.pop("state"), "expected"),
        (lambda a: a.pop("optimizer.m"), "expected"),
        (lambda a: a.pop("optimizer.t"), "expected"),
        (lambda a: a.update({"params.b_x": a.pop("params.b_h")}), "expected"),
        (lambda a: a.update({"state": a["state"][:-1]}), "state of shape"),
        (lambda a: a.update({"state": a["state"][..., :-1]}), "state of shape"),
        (lambda a: a.update({"state": np.stack((a["state"], a["state"]))}), "state of shape"),
        (lambda a: a.update({"optimizer.v": a["optimizer.v"][:-1]}), "optimizer.v of shape"),
        (lambda a: a.update({"optimizer.v": a["optimizer.v"][None]}), "optimizer.v of shape"),
        (lambda a: a.update({"optimizer.t": np.array(0)}), "t of at least 1, got 0"),
        (lambda a: a.update({"optimizer.t": np.array(1.5)}), "whole number for t"),
        (lambda a: a.update({"optimizer.t": np.array([1])}), "whole number for t"),
        (lambda a: a.update({"params.W_hy": np.float32(1)}), ""),
    ],
)
def test_every_array_has_its_name_and_shape(saved, change, says):
    rewritten(saved, change)
    refused(saved, says)


def with_meta(path, change):
    def rewrite(arrays):
        meta = json.loads(arrays["meta"].tobytes())
        change(meta)
        arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)

    rewritten(path, rewrite)


HUGE = 10**400
BAD_META = [
    *({"format": value} for value in (None, 1, [], "rnnlib 2")),
    *({"cell": value} for value in (None, 1, [], {}, "RNN", "training")),
    *({"chars": value} for value in (None, 5, ["a"] * len(VOCAB), {}, "", VOCAB.chars + "é", VOCAB.chars[:-1] + "e")),
    *({"arrays": value} for value in (None, 3, [], ["meta"], [1], [["state"]], {})),
    *({"recipe": value} for value in (None, [], "modern", {}, 7)),
    *({"step": value} for value in (None, "x", -1, 1.5, [], True)),
    *({"block": value} for value in (None, "x", -1, 1.5, [], False)),
    *({"smooth_loss": value} for value in (None, "x", float("nan"), float("inf"), [], True, HUGE)),
    *({"rng": value} for value in (None, -1, "x", [], {}, {"bit_generator": "PCG64"}, {"bit_generator": "MT19937"})),
]


@pytest.mark.parametrize("change", BAD_META, ids=lambda change: str(change)[:60])
def test_every_part_of_the_description_has_its_type(saved, change):
    with_meta(saved, lambda meta: meta.update(change))
    refused(saved)


@pytest.mark.parametrize("name", ["format", "cell", "chars", "step", "block", "smooth_loss", "rng"])
def test_every_part_of_the_description_is_there(saved, name):
    with_meta(saved, lambda meta: meta.pop(name))
    refused(saved, name)


@pytest.mark.parametrize(
    "change",
    [
        *({name: v} for name in ("hidden_size", "batch_size", "steps") for v in (0, -1, 1.5, "5", None, True, HUGE)),
        {"hidden_size": 6}, {"batch_size": 5}, {"batch_size": 10**15}, {"optimizer": "np"}, {"optimizer": "SGD"},
        {"optimizer": ["Adam"]}, {"dtype": "int8"}, {"learning_rate": "1"}, {"clip_norm": -1}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_recipe_that_is_none_or_another_is_refused(saved, change):
    if change == {"steps": HUGE}:
        pytest.skip("a run may be long")
    with_meta(saved, lambda meta: meta["recipe"].update(change))
    refused(saved)


@pytest.mark.parametrize(
    "change",
    [{"state": {"state": -1, "inc": 1}}, {"state": {"state": 1 << 200, "inc": 1}}, {"has_uint32": "x"}, {"state": 5},
     {"uinteger": 1 << 70}, {"bit_generator": "SFC64"}],
    ids=str,
)  # fmt: skip
def test_a_random_generator_that_is_none_is_refused(saved, change):
    with_meta(saved, lambda meta: meta["rng"].update(change))
    refused(saved)


def test_a_description_nested_without_end_is_refused(saved):
    deep = b"[" * 100_000
    rewritten(saved, lambda arrays: arrays.update({"meta": np.frombuffer(deep, np.uint8)}))
    refused(saved)


def test_a_file_from_before_the_list_of_arrays_still_loads(saved):
    expected, _ = checkpoint.load_run(saved)
    with_meta(saved, lambda meta: meta.pop("arrays"))
    run, vocab = checkpoint.load_run(saved)
    assert vocab == VOCAB and run.step == expected.step
    np.testing.assert_equal(run.params, expected.params)
    np.testing.assert_equal(run.optimizer.memory, expected.optimizer.memory)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("byte_order", "<>")
def test_either_byte_order_and_layout_is_read(saved, order, byte_order):
    expected, _ = checkpoint.load_run(saved)

    def change(arrays):
        for name, array in arrays.items():
            if array.dtype == np.float32:
                arrays[name] = np.asarray(array.astype(byte_order + "f4"), order=order)

    rewritten(saved, change)
    run, _ = checkpoint.load_run(saved)
    for name, array in expected.params.items():
        np.testing.assert_array_equal(run.params[name], array)
        assert run.params[name].dtype == np.dtype(np.float32) and run.params[name].dtype.isnative
        run.params[name][:] = 0  # can be changed


def test_before_its_first_step_a_run_can_be_saved_too(cell, tmp_path):
    run = started(cell=cell)
    checkpoint.save_run(tmp_path / "model.npz", run, VOCAB)
    loaded, _ = checkpoint.load_run(tmp_path / "model.npz")
    assert loaded.state is None and loaded.optimizer.memory == {} and loaded.step == 0
    take(run, 3), take(loaded, 3)
    np.testing.assert_equal(loaded.params, run.params)


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_a_run_that_has_diverged_is_not_saved_over_a_good_one(saved, value):
    before = saved.read_bytes()
    for spoil in (lambda run: run.params["W_hh"].fill(value), lambda run: run.optimizer.memory["v"].fill(value)):
        run, vocab = checkpoint.load_run(saved)
        spoil(run)
        if value == 3e38 and np.isfinite(run.params["W_hh"]).all() and run.params["W_hh"].max() < 1e20:
            continue  # large squares of gradients are no harm
        with pytest.raises(ValueError, match="holds a number that is not finite"):
            checkpoint.save_run(saved, run, vocab)
    model = checkpoint.load_model(saved)
    model.params["b_y"][0] = value
    with pytest.raises(ValueError, match="b_y holds a number that is not finite"):
        checkpoint.save_weights(saved, model)
    assert saved.read_bytes() == before
    assert [*saved.parent.iterdir()] == [saved]


def test_weights_that_half_precision_cannot_hold_are_not_saved_in_it(saved):
    before, model = saved.read_bytes(), checkpoint.load_model(saved)
    model.params["W_xh"][0, 0] = 70_000
    with pytest.raises(ValueError, match="W_xh holds a number that is not finite"):
        checkpoint.save_weights(saved, model)
    assert saved.read_bytes() == before
    model.params["W_xh"][0, 0] = 65_000
    checkpoint.save_weights(saved, model)
    assert checkpoint.load_model(saved).params["W_xh"][0, 0] == 64_992  # the next that there is


def test_saving_changes_nothing_that_it_is_given(cell, tmp_path):
    run = started(cell=cell)
    take(run, 3)
    before = copy.deepcopy((run.params, run.optimizer.memory, run.state, run.rng.bit_generator.state))
    checkpoint.save_run(tmp_path / "run.npz", run, VOCAB)
    model = checkpoint.Model(run.params, VOCAB, cell)
    checkpoint.save_weights(tmp_path / "weights.npz", model)
    after = run.params, run.optimizer.memory, run.state, run.rng.bit_generator.state
    np.testing.assert_equal(after, before)
    assert {array.dtype for array in model.params.values()} == {np.dtype(np.float32)}


def test_the_temporary_file_stands_beside_the_checkpoint_and_is_gone_afterwards(tmp_path, monkeypatch):
    """A rename is only safe within one file system."""
    folders, replace_file = [], os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: folders.append(Path(a).parent) or replace_file(a, b))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deep").mkdir()
    checkpoint.save_run("deep/model.npz", started(), VOCAB)
    assert [folder.resolve() for folder in folders] == [(tmp_path / "deep").resolve()]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["model.npz"]
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


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
