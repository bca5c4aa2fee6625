"""The safetensors format in pure Python, for numpy: as much of the library's own names as rnnlib and notebook 14 call.

The library itself is written in Rust and has no build for WebAssembly. A file is eight bytes of length, a line of JSON
that says of each tensor its type, shape and place, and the bare numbers.
"""

import json

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


class SafetensorError(Exception):
    """What the bytes of a file are not."""


def serialize(tensors, metadata=None):
    """Return the bytes of a file: large types first, then by name, as the library has it."""
    names = {np.dtype(code): name for name, code in TYPES.items()}
    header, parts, end = {"__metadata__": dict(metadata)} if metadata else {}, [], 0
    for key in sorted(tensors, key=lambda key: (-tensors[key].itemsize, key)):
        raw = np.ascontiguousarray(tensors[key]).tobytes()
        begin, end = end, end + len(raw)
        shape = list(tensors[key].shape)
        header[key] = {"dtype": names[tensors[key].dtype], "shape": shape, "data_offsets": [begin, end]}
        parts.append(raw)
    line = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    line += b" " * (-len(line) % 8)
    return b"".join([len(line).to_bytes(8, "little"), line, *parts])


class safe_open:  # noqa: N801, the library's name
    """A file of tensors, opened: `metadata()`, `keys()`, `get_tensor(key)`."""

    def __init__(self, path, framework):
        """Read the file; SafetensorError if it is not whole."""
        with open(path, "rb") as file:
            raw = file.read()
        start = 8 + int.from_bytes(raw[:8], "little")
        if len(raw) < max(8, start):
            raise SafetensorError("the header is longer than the file")
        try:
            self.header = json.loads(raw[8:start])
            self.about = self.header.pop("__metadata__", None)
            self.tensors = {key: _tensor(raw[start:], **entry) for key, entry in self.header.items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SafetensorError(f"the header is not what it should be: {error}") from None
        if start + max((entry["data_offsets"][1] for entry in self.header.values()), default=0) != len(raw):
            raise SafetensorError("the header does not cover the file")

    def __enter__(self):
        """Return the file, as `with` wants it."""
        return self

    def __exit__(self, *error):
        """Close nothing: all of it has been read."""

    def metadata(self):
        """Return the texts that the file says of itself, or None."""
        return self.about

    def keys(self):
        """Return the tensors' names."""
        return list(self.tensors)

    def get_tensor(self, key):
        """Return a tensor."""
        return self.tensors[key]


def _tensor(raw, dtype, shape, data_offsets):
    begin, end = data_offsets
    return np.frombuffer(raw[begin:end], TYPES[dtype]).reshape(shape).copy()
