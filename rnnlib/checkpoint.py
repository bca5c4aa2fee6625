"""Checkpoints: save a training run, load it, and carry on as if nothing had happened.

A checkpoint is one .npz file of plain arrays and a line of JSON; nothing in it is ever unpickled. It is written whole
or not at all (files.py). A file with weights only, in half precision, is a third or less of the size:
enough to write with, not to train on.
"""

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from . import corpus, expect, gru, language_model, lstm, optim, rnn, training
from .files import write_whole
from .vocab import Vocab

CELLS = {"rnn": rnn, "gru": gru, "lstm": lstm}
NAMES = ("shakespeare-rnn", "shakespeare-lstm", "python-lstm")  # shipped in data/


class Model(NamedTuple):
    """A trained network: what it takes to predict and to write."""

    params: dict
    vocab: Vocab
    cell: ModuleType


def save_run(path, run, vocab):
    """Save a run whole: parameters, optimiser, hidden state, position in the text, random generator.

    ValueError, and nothing is written, if a number in it is not finite or a parameter beyond 1e20.
    """
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
    """Save a model's parameters alone, in float16: small, for sampling and evaluation.

    ValueError, and nothing is written, if a parameter is beyond 65,504, the largest number in float16.
    """
    with np.errstate(over="ignore"):  # what becomes infinite is refused
        half = {name: array.astype(np.float16) for name, array in model.params.items()}
    _write(path, model._replace(params=half), {}, {})


def load_model(path):
    """Load what is needed to predict and to write, from either kind of file: a path, or one of NAMES.

    Float16 becomes float32.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder, a device or a pipe.
    ValueError
        If the file is not a whole checkpoint of this library.
    """
    return _read(path)[0]


def load_run(path):
    """Load a run to carry on with, exactly where it stopped, and its vocabulary.

    Errors as for `load_model`, and a ValueError if the file holds weights only.
    """
    model, run = _read(path)
    if run is None:
        raise ValueError(f"{path} holds weights only: it can write and be evaluated, not be trained further")
    return run, model.vocab


def _write(path, model, meta, arrays):
    for name, array in model.params.items():
        expect.computable(name, array)
    for name, array in arrays.items():
        expect.computable(name, array, np.inf)
    arrays = {f"params.{name}": array for name, array in model.params.items()} | arrays
    meta = {"format": "rnnlib 1", "cell": cell_name(model.cell), "chars": model.vocab.chars, **meta}
    meta["arrays"] = [*arrays]
    meta = np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8)
    write_whole(path, lambda file: np.savez(file, meta=meta, **arrays))


def cell_name(cell):
    """Return the name in CELLS of a cell's module."""
    return next(name for name, module in CELLS.items() if module is cell)


def _read(path):
    """Return the model and, of a file that has one, the run; each array is checked."""
    path = corpus.DATA / f"{path}.npz" if path in NAMES else Path(path)
    if path.exists() and not path.is_file():  # a pipe would be waited for, /dev/zero read without end
        raise IsADirectoryError(f"{path} is a folder, a device or a pipe, expected a checkpoint")
    if not path.exists():
        raise FileNotFoundError(f"no checkpoint {path}; expected a path, or one of {', '.join(NAMES)}")
    try:
        arrays = _members(path)
        meta = json.loads(arrays.pop("meta").tobytes())
        if meta["format"] != "rnnlib 1":
            raise ValueError(f"unknown format {meta['format']!r}")
        if sorted(meta.get("arrays", arrays)) != sorted(arrays):
            raise ValueError(f"arrays {[*arrays]}, expected {meta['arrays']}")
        vocab, cell, given = Vocab(meta["chars"]), CELLS[meta["cell"]], arrays["params.W_hy"].shape
        shapes = language_model.param_shapes(len(vocab), *given[:1], cell=cell)
        params = {name: _take(arrays, f"params.{name}", shape) for name, shape in shapes.items()}
        model = Model(params, vocab, cell)
        run = _resume(model, meta, arrays) if "recipe" in meta else None
        if arrays:
            raise ValueError(f"it holds {[*arrays]}, which was not expected")
    except Exception as error:  # a damaged or foreign file can fail in any way: every one means the same here
        raise ValueError(f"{path} is not a whole rnnlib checkpoint ({error!s:.200})") from None
    return model, run


def _members(path):
    """Return the arrays of an .npz, those in half precision in single.

    They lie in the file as they are, none compressed: so it takes twice its size in memory at most, whatever it states.
    """
    arrays, total = {}, 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            total += info.file_size
            if info.compress_type != zipfile.ZIP_STORED or total > path.stat().st_size or info.filename[:-4] in arrays:
                raise ValueError(f"{info.filename} is compressed, longer than the file or there twice")
            raw = archive.read(info)
            stream = io.BytesIO(raw)
            if np.lib.format.read_magic(stream) != (1, 0):
                raise ValueError(f"{info.filename} is in a newer format")
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
            array = np.frombuffer(raw, dtype, offset=stream.tell()).reshape(shape, order="F" if fortran else "C")
            kind = np.float32 if dtype == np.float16 else dtype.newbyteorder("=")
            arrays[info.filename[:-4]] = array.astype(kind)
    return arrays


def _take(arrays, name, shape, limit=1e20):
    """Remove an array of floating-point numbers from the dict, check and return it."""
    array = arrays.pop(name)
    if array.shape != shape or array.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name} of shape {array.shape} and type {array.dtype}, expected numbers of shape {shape}")
    expect.computable(name, array, limit)
    return array


def _resume(model, meta, arrays):
    """Return the run, taking its arrays from the dict."""
    recipe = training.Recipe(**meta["recipe"])
    rng = np.random.default_rng()
    rng.bit_generator.state = meta["rng"]
    run = training.start(recipe, len(model.vocab), rng=rng, cell=model.cell, params=model.params)
    run.step, run.block = (expect.whole(name, meta[name], least=0) for name in ("step", "block"))
    run.smooth_loss = expect.number("smooth_loss", meta["smooth_loss"])
    expect.computable("smooth_loss", np.array(run.smooth_loss))
    if "state" in arrays:
        axes = model.cell.init_state(1, 1).shape[:-2]
        run.state = _take(arrays, "state", (*axes, recipe.batch_size, recipe.hidden_size))
    size = sum(array.size for array in model.params.values())
    for name in optim.MEMORY[recipe.optimizer] if run.step else ():
        if name == "t":
            run.optimizer.memory["t"] = np.array(expect.whole("t", arrays.pop("optimizer.t")[()]))
        else:
            run.optimizer.memory[name] = array = _take(arrays, f"optimizer.{name}", (size,), np.inf)
            if name == ("v" if recipe.optimizer == "Adam" else "m") and (array < 0).any():
                raise ValueError(f"optimizer.{name} holds a negative number, and should hold squares")
    return run
