"""Checkpoints: save a training run, load it, and carry on as if nothing had happened.

A checkpoint is one .npz file of plain arrays and a line of JSON; nothing in it is ever unpickled. It is written to a
temporary file beside it, flushed to the disk, then renamed, so that whatever kills the process, the file under
the checkpoint's own name is whole. A file with weights only, in half precision, is a third or less of the size:
enough to write with, not to train on.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from . import corpus, gru, language_model, lstm, rnn, training
from .vocab import Vocab

CELLS = {"rnn": rnn, "gru": gru, "lstm": lstm}
NAMES = ("shakespeare-rnn", "shakespeare-lstm", "python-lstm")  # shipped in data/


class Model(NamedTuple):
    """A trained network: what it takes to predict and to write."""

    params: dict
    vocab: Vocab
    cell: ModuleType


def save_run(path, run, vocab):
    """Save a run whole: parameters, optimiser, hidden state, position in the text, random generator."""
    meta = {
        "recipe": asdict(run.recipe),
        "step": run.step,
        "block": run.block,
        "smooth_loss": run.smooth_loss,
        "rng": run.rng.bit_generator.state,
    }
    arrays = {f"optimizer.{name}": array for name, array in run.optimizer.memory.items()}
    if run.state is not None:
        arrays["state"] = run.state
    _write(path, Model(run.params, vocab, run.cell), meta, arrays)


def save_weights(path, model):
    """Save a model's parameters alone, in float16: small, for sampling and evaluation."""
    half = {name: array.astype(np.float16) for name, array in model.params.items()}
    _write(path, model._replace(params=half), {}, {})


def load_model(path):
    """Load what is needed to predict and to write, from either kind of file: a path, or one of NAMES.

    Returns
    -------
    model : Model
        Parameters in float32 where the file has float16.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder.
    ValueError
        If the file is not a whole checkpoint of this library.
    """
    return _read(path)[0]


def load_run(path):
    """Load a run to carry on with, exactly where it stopped.

    Returns
    -------
    run : Run
    vocab : Vocab

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder.
    ValueError
        If the file is not a whole checkpoint, or holds weights only.
    """
    model, meta, arrays = _read(path)
    if "recipe" not in meta:
        raise ValueError(f"{path} holds weights only: it can write and be evaluated, not be trained further")
    try:
        recipe = training.Recipe(**meta["recipe"])
        rng = np.random.default_rng()
        rng.bit_generator.state = meta["rng"]
        run = training.start(recipe, len(model.vocab), rng=rng, cell=model.cell, params=model.params)
        run.optimizer.memory = {
            name.removeprefix("optimizer."): array for name, array in arrays.items() if name.startswith("optimizer.")
        }
        run.state = arrays.get("state")
        run.step, run.block, run.smooth_loss = meta["step"], meta["block"], meta["smooth_loss"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a whole rnnlib checkpoint ({error})") from None
    return run, model.vocab


def _write(path, model, meta, arrays):
    meta = {"format": "rnnlib 1", "cell": cell_name(model.cell), "chars": model.vocab.chars, **meta}
    arrays = {
        "meta": np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
        **{f"params.{name}": array for name, array in model.params.items()},
        **arrays,
    }
    write_whole(path, lambda file: np.savez(file, **arrays))


def cell_name(cell):
    """Return the name in CELLS of a cell's module."""
    return next(name for name, module in CELLS.items() if module is cell)


def write_whole(path, write):
    """Call `write(file)` on a temporary file beside `path`, flush it to the disk, then rename it to `path`."""
    path = Path(path)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _read(path):
    path = corpus.DATA / f"{path}.npz" if path in NAMES else Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, expected a checkpoint")
    if not path.exists():
        raise FileNotFoundError(f"no checkpoint {path}; expected a path, or one of {', '.join(NAMES)}")
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(arrays.pop("meta").tobytes())
        if meta["format"] != "rnnlib 1":
            raise ValueError(f"unknown format {meta['format']!r}")
        params = {
            name.removeprefix("params."): _at_least_single(array)
            for name, array in arrays.items()
            if name.startswith("params.")
        }
        model = Model(params, Vocab(meta["chars"]), CELLS[meta["cell"]])
        _check_shapes(model)
    except Exception as error:  # a damaged or foreign file can fail in any way: every one means the same here
        raise ValueError(f"{path} is not a whole rnnlib checkpoint ({error})") from None
    return model, meta, arrays


def _at_least_single(array):
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _check_shapes(model):
    hidden_size = len(model.params["W_hy"])
    expected = language_model.init_params(
        len(model.vocab), hidden_size, cell=model.cell, rng=np.random.default_rng(0)
    )
    for name in expected.keys() | model.params.keys():
        if name not in model.params or name not in expected:
            raise ValueError(f"parameter {name} is missing or not expected")
        if model.params[name].shape != expected[name].shape:
            raise ValueError(f"{name} of shape {model.params[name].shape}, expected {expected[name].shape}")
        if not np.isfinite(model.params[name]).all():
            raise ValueError(f"{name} holds a number that is not finite")
