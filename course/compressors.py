"""The general compressors that this Python has: how many bytes a text takes for somebody who has another text already.

zlib is in every Python; bz2, lzma and zstandard are in most, in many, in few.
"""

import importlib
import zlib

SEES = {"zlib": 32_768, "bz2": 900_000}  # how far back they can look, in bytes; the others without an end


def _module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_MODULES = {"zlib": zlib, "bz2": _module("bz2"), "lzma": _module("lzma"), "zstandard": _module("zstandard")}
NAMES = [name for name, module in _MODULES.items() if module]
MISSING = [name for name, module in _MODULES.items() if not module]


def size(name, text, known=b""):
    """Return how many bytes a compressor, asked for its best, needs for a text.

    Parameters
    ----------
    name : str
        One of NAMES.
    text : bytes
    known : bytes, default b""
        What the reader has already. zlib and zstandard take it as their dictionary. For bz2 and lzma it is compressed
        with and without the text after it; the difference is what the text costs.
    """
    if name == "zlib":
        coder = zlib.compressobj(9, zdict=known[-SEES["zlib"] :]) if known else zlib.compressobj(9)
        return len(coder.compress(text) + coder.flush())
    if name == "zstandard":
        module = _MODULES["zstandard"]
        like = module.ZstdCompressionDict(known, dict_type=module.DICT_TYPE_RAWCONTENT) if known else None
        return len(module.ZstdCompressor(level=19, dict_data=like).compress(text))
    whole = {"bz2": _bz2, "lzma": _lzma}[name]
    return whole(known + text) - whole(known) if known else whole(text)


def _bz2(data):
    return len(_MODULES["bz2"].compress(data, 9))  # its largest blocks


def _lzma(data):
    """Compress with no container around it, and a dictionary that is larger than any text of the course."""
    lzma = _MODULES["lzma"]
    best = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 24}
    return len(lzma.compress(data, format=lzma.FORMAT_RAW, filters=[best]))
