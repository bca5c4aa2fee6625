"""The texts: read one that the course ships, or files of your own, and split it.

The network is trained on the first nine tenths and judged on the last tenth, in the text's own order: a
random split would put neighbours of the test sentences into training.
"""

import codecs
import stat
import sys
from importlib.resources import files
from pathlib import Path

DATA = files("rnnlib") / "data"  # where a wheel puts it
if not DATA.is_dir():
    DATA = Path(__file__).resolve().parent.parent / "data"  # where a clone has it
NAMES = ("shakespeare", "python", "werther", "dinosaurs")
LIMIT = 2**28  # bytes of one text, a quarter of a gigabyte; /dev/zero has no end
MARKS = {  # UTF-32's first: the little-endian one begins as UTF-16's does
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip


def read_text(*sources, encoding=None):
    r"""Read a text: one of NAMES (shipped in data/), a file, a folder's .txt files, or "-", the standard input.

    Several are joined in the given order, with a line end between two where it is missing. Byte-order marks are
    dropped, and the line ends of every system become "\n".

    Parameters
    ----------
    sources : str or Path
    encoding : str, optional
        Python's name of it. By default a byte-order mark says, and without one it is UTF-8.

    Returns
    -------
    text : str
        Never empty.

    Raises
    ------
    FileNotFoundError, PermissionError, OSError
        If there is no such file, or it may not be read, or is a device or a pipe.
    ValueError
        If the text is empty or too large, the encoding is unknown, or the file is not in it (the message says where).
    """
    text = ""
    for part in (_decode(raw, name, encoding) for source in sources for name, raw in _read(source)):
        text += "\n" * bool(text and part and text[-1] != "\n") + part
    if not text:
        raise ValueError(f"{', '.join(map(str, sources))} is empty, expected some text")
    return text


def _read(source):
    """Yield the name and the bytes of each file that a source stands for."""
    if str(source) == "-":
        if sys.stdin is None:
            raise ValueError("the standard input is closed, expected a text")
        yield "standard input", _bounded(sys.stdin.buffer, "standard input")
        return
    path = DATA / f"{source}.txt" if source in NAMES else Path(source)
    if not str(source) or "\0" in str(source) or not path.exists():
        raise FileNotFoundError(f"no file {str(source)!r}; expected a path, or one of {', '.join(NAMES)}")
    paths = [path]
    if path.is_dir():
        paths = sorted(path.glob("*.txt"))
        if not paths:
            raise FileNotFoundError(f"no .txt file in the folder {path}")
    for path in paths:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(f"{path} is a folder, a device or a pipe, expected a text file, or - for the standard input")
        with open(path, "rb") as file:
            yield path, _bounded(file, path)


def _bounded(file, name):
    raw = file.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise ValueError(f"{name} has more than {LIMIT:,} bytes, the most that is read as one text")
    return raw


def _decode(raw, name, encoding):
    asked = encoding or next((kind for mark, kind in MARKS.items() if raw.startswith(mark)), "utf-8")
    if asked == "utf-8" and sum(map(raw.count, range(8))) > len(raw) // 10:  # high bytes: 0 Latin, 3 Greek, 4 Cyrillic
        raise ValueError(f"{name} is no text, or UTF-16 without its mark: then say encoding='utf-16-le' or 'utf-16-be'")
    try:
        return _plain(raw.decode(asked))
    except UnicodeDecodeError as error:
        before = _plain(raw[: error.start].decode(asked, "ignore"))
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        many = sum(byte > 127 for byte in raw[:10_000]) > min(len(raw), 10_000) / 2
        guess = "encoding='cp1251' (Cyrillic) or 'gb18030' (Chinese)" if many else "encoding='cp1252' (Western Europe)"
        raise ValueError(
            f"{name} is not {asked.upper()}: byte 0x{raw[error.start]:02x} at offset {error.start}, line {line}, "
            f"column {column} ({error.reason}); if it is older than Unicode, try {guess}"
        ) from None
    except (LookupError, ValueError) as error:  # no such encoding, or one that is not for texts
        raise ValueError(f"cannot read {name} in encoding {asked!r} ({error})") from None


def _plain(text):
    text = text.replace("\ufeff", "")  # a byte-order mark, at the start or where files were joined
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def split(ids, train_fraction=0.9):
    """Split a text or its ids in order: the first nine tenths to train on, the rest to validate."""
    cut = int(len(ids) * train_fraction)
    return ids[:cut], ids[cut:]
