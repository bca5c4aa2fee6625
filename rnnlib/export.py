"""Weights for other frameworks: PyTorch's names and layout, in a safetensors file.

PyTorch keeps a layer's matrices as (outputs, inputs), so ours are transposed; the gates stand in the same order. It has
two biases where one would do: the second, bias_hh, is written as zeros and folded into the first on the way back. A
safetensors file is a line of JSON and the bare numbers. Notebook 14 opens one by hand. Its library is imported
where it is used.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from . import expect, gru, lstm, rnn
from .checkpoint import Model, cell_name
from .files import write_whole
from .vocab import Vocab

GATES = {1: rnn, 3: gru, 4: lstm}  # blocks of columns in W_xh, and whose they are
NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight", "bias")


def to_torch_names(params):
    """Return the parameters as PyTorch has them: `rnn` is an nn.RNN, nn.GRU or nn.LSTM, `output` an nn.Linear.

    Returns
    -------
    tensors : dict
        "rnn.weight_ih_l0" of shape (gH, V), "rnn.weight_hh_l0" (gH, H), "rnn.bias_ih_l0" and "rnn.bias_hh_l0" (gH,),
        the latter zeros, "output.weight" (V, H), "output.bias" (V,); g is 1, 3 or 4. Copies, in C order.
    """
    return {
        "rnn.weight_ih_l0": params["W_xh"].T.copy(),
        "rnn.weight_hh_l0": params["W_hh"].T.copy(),
        "rnn.bias_ih_l0": params["b_h"].copy(),
        "rnn.bias_hh_l0": np.zeros_like(params["b_h"]),
        "output.weight": params["W_hy"].T.copy(),
        "output.bias": params["b_y"].copy(),
    }


def from_torch_names(tensors):
    """Return the parameters and the cell of a network that is named and laid out as PyTorch does.

    One layer, one direction, an output layer; what stands before the last dot of a name does not matter. The cell is
    told from the shapes, so an nn.RNN is taken to have its default, tanh.

    Raises
    ------
    ValueError
        If a tensor is missing, not expected, of a wrong shape or type, or `expect.computable` refuses it; if it is a
        GRU whose bias_hh is not zero where the reset gate multiplies it, which one bias cannot express.
    """
    named = {}
    for name, array in tensors.items():
        short = name.rpartition(".")[2]
        if short not in NAMES or short in named:
            raise ValueError(f"did not expect a tensor {name} beside {[*named]}; expected one each of {NAMES}")
        if array.dtype not in (np.float16, np.float32, np.float64):
            raise ValueError(f"{name} is of type {array.dtype}, expected float16, float32 or float64")
        array = array.astype(np.float32) if array.dtype == np.float16 else array
        expect.computable(name, array)
        named[short] = array
    if missing := [short for short in NAMES if short not in named]:
        raise ValueError(f"tensors {missing} are missing")
    W, W_hh = named["weight"], named["weight_hh_l0"]
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"weight of shape {W.shape}, expected (V, H)")
    V, H = W.shape
    g = W_hh.size // H**2
    if g not in GATES:
        raise ValueError(f"weight_hh_l0 of shape {W_hh.shape}, expected ({H}, {H}), or 3 or 4 times as many rows")
    shapes = [(g * H, V), (g * H, H), (g * H,), (g * H,), (V, H), (V,)]
    for short, shape in zip(NAMES, shapes, strict=True):
        if named[short].shape != shape:
            raise ValueError(f"{short} of shape {named[short].shape}, expected {shape}")
    if GATES[g] is gru and named["bias_hh_l0"][2 * H :].any():
        raise ValueError("the last third of a GRU's bias_hh_l0 is not zero: the reset gate multiplies it, but not b_h")
    params = {
        "W_xh": named["weight_ih_l0"].T.copy(),
        "W_hh": named["weight_hh_l0"].T.copy(),
        "b_h": named["bias_ih_l0"] + named["bias_hh_l0"],
        "W_hy": named["weight"].T.copy(),
        "b_y": named["bias"].copy(),
    }
    return params, GATES[g]


def save_safetensors(path, model):
    """Save a model in PyTorch's layout; the file's metadata have the vocabulary, the cell's name and a hash of all."""
    from safetensors.numpy import save

    tensors = to_torch_names(model.params)
    for name, array in tensors.items():
        expect.computable(name, array)
    metadata = {"cell": cell_name(model.cell), "chars": model.vocab.chars}
    raw = save(tensors, metadata | {"sha256": _hash(tensors, metadata)})
    write_whole(path, lambda file: file.write(raw))


def _hash(tensors, metadata):
    """Return the SHA-256 of the tensors, their names, types and shapes, and the rest of the metadata."""
    names = sorted(tensors)
    header = [[name, str(tensors[name].dtype), tensors[name].shape] for name in names] + [sorted(metadata.items())]
    digest = hashlib.sha256(json.dumps(header).encode())
    for name in names:
        digest.update(np.ascontiguousarray(tensors[name]))
    return digest.hexdigest()


def load_safetensors(path, vocab=None):
    """Load a model from a safetensors file: one of `save_safetensors`, or a foreign one in PyTorch's layout.

    Parameters
    ----------
    path : str or Path
    vocab : Vocab, optional
        For a file that does not say which characters its ids stand for.

    Returns
    -------
    model : Model
        In float32 where the file has float16.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder, a device or a pipe.
    ValueError
        If it is not a whole safetensors file, or not what its own hash says, if it has one; if `from_torch_names`
        refuses what is in it; if the vocabulary is missing or of another size.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if path.exists() and not path.is_file():
        raise IsADirectoryError(f"{path} is a folder, a device or a pipe, expected a safetensors file")
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, not a dict
    except (SafetensorError, TypeError, AttributeError, KeyError) as error:  # the last three: no such type in numpy
        raise ValueError(f"{path} is not a safetensors file that numpy can read ({error})") from None
    try:
        if "sha256" in metadata and metadata.pop("sha256") != _hash(tensors, metadata):
            raise ValueError("the file is damaged: its hash is not the one that it states")
        params, cell = from_torch_names(tensors)
        if vocab is None and "chars" not in metadata:
            raise ValueError("no vocabulary in it, and none was given")
        vocab = vocab or Vocab(metadata["chars"])
        if len(vocab) != len(params["b_y"]):
            raise ValueError(f"a vocabulary of {len(vocab)} characters, weights for {len(params['b_y'])}")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return Model(params, vocab, cell)
