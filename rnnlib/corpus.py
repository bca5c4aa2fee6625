"""The texts: read one that the course ships, or any UTF-8 file of your own, and split it.

The network is trained on the first nine tenths and judged on the last tenth, in the text's own order: a
random split would put neighbours of the test sentences into training.
"""

from importlib.resources import files
from pathlib import Path

DATA = files("rnnlib") / "data"  # where a wheel puts it
if not DATA.is_dir():
    DATA = Path(__file__).resolve().parent.parent / "data"  # where a clone has it
NAMES = ("shakespeare", "python", "werther", "dinosaurs")


def read_text(source):
    r"""Read a text: one of NAMES (shipped in data/), or the path of a UTF-8 file.

    A byte-order mark is dropped, and the line ends of every system become "\n".

    Parameters
    ----------
    source : str or Path

    Returns
    -------
    text : str
        Never empty.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, PermissionError
        If there is no such file, or it is a folder, or it may not be read.
    ValueError
        If the file is empty, or is not UTF-8 (the message says at which byte).
    """
    path = DATA / f"{source}.txt" if source in NAMES else Path(source)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, expected a text file")
    if not path.exists():
        raise FileNotFoundError(f"no file {path}; expected a path, or one of {', '.join(NAMES)}")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start} ({error.reason})"
        ) from None
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        raise ValueError(f"{path} is empty, expected some text")
    return text


def split(ids, train_fraction=0.9):
    """Split a text or its ids in order: the first nine tenths to train on, the rest to validate."""
    cut = int(len(ids) * train_fraction)
    return ids[:cut], ids[cut:]
