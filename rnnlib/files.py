"""Files written whole: whatever kills the process or fills the disk, the old one stays until the new one is complete.

The data go to a temporary file beside the target, are flushed to the disk, and the file is renamed.
"""

import io
import os
import stat
import zlib
from contextlib import suppress
from pathlib import Path


def write_whole(path, write):
    """Have `write(file)` write a file, all of it or nothing: what `path` stands for is replaced, and keeps its mode.

    OSError, with `path` in its message, if that is a folder, a device or write-protected, or the disk is full.
    """
    target, mode = find_target(path)
    data = io.BytesIO()  # whole here before it goes there: np.savez, on a full disk, raises many kinds of error
    write(data)
    temporary = beside(target, f"-{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise naming(path, error) from None
        raise


def find_target(path):
    """Return the file that a name stands for, symbolic links followed, and its mode; None if it does not exist yet.

    OSError if it could not, or should not, be replaced by a file.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder, expected the name of a file")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {Path(path).parent} to save {Path(path).name} in")
    if mode is None:
        return target, None
    if not stat.S_ISREG(mode):
        raise OSError(f"{path} is a device or a pipe, expected the name of a file")
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(f"{path} is write-protected")
    return target, stat.S_IMODE(mode)


def beside(target, ending):
    """Return a hidden name in the target's folder, short even where the target's is as long as may be."""
    return target.with_name(f".rnnlib-{zlib.crc32(os.fsencode(target.name)):08x}{ending}")


def naming(path, error):
    """Return the system's error as one that names the path."""
    return type(error)(error.errno, error.strerror, str(path)) if error.errno else error
