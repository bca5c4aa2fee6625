"""Files written whole: whatever kills the process or fills the disk, the old one stays until the new one is complete.

The data go to a temporary file beside the target, are flushed to the disk, and the file is renamed. A lock keeps a
second process from writing to the same name; the system releases it however the first one ends.
"""

import io
import os
import stat
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path, write):
    """Have `write(file)` write a file, all of it or nothing: what `path` stands for is replaced, and keeps its mode.

    Raises
    ------
    OSError
        If `path` is a folder, a device or write-protected, or the disk is full. It names `path`.
    """
    target, mode = find_target(path)
    data = io.BytesIO()  # whole here before it goes there: np.savez, on a full disk, raises many kinds of error
    write(data)
    temporary = _beside(target, f"-{os.urandom(4).hex()}.tmp")
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
            raise _naming(path, error) from None
        raise


def find_target(path):
    """Return the file that a name stands for, symbolic links followed, and its mode; None if it does not exist yet.

    Raises
    ------
    OSError
        If it could not, or should not, be replaced by a file.
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


@contextmanager
def lock(path):
    """Hold the name of a file, inside a `with`, against every other process that asks for it.

    Raises
    ------
    BlockingIOError
        If another process holds it.
    OSError
        If no file could be written there.
    """
    target, _ = find_target(path)
    name = _beside(target, ".lock")
    while True:
        try:
            descriptor = os.open(name, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise _naming(path, error) from None
        try:
            _hold(descriptor)
            if os.path.exists(name) and os.path.samestat(os.fstat(descriptor), os.stat(name)):
                break  # else its last holder has deleted it meanwhile
        except BlockingIOError:
            os.close(descriptor)
            raise BlockingIOError(f"another process is writing to {path}") from None
        os.close(descriptor)
    try:
        for left_behind in target.parent.glob(_beside(target, "-*.tmp").name):  # by a process that was killed
            left_behind.unlink(missing_ok=True)
        yield
    finally:
        with suppress(OSError):
            os.unlink(name)
        os.close(descriptor)


def _hold(descriptor):
    with suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks
            pass
        return
    with suppress(ImportError):
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError from None


def _beside(target, ending):
    """Return a hidden name in the target's folder, short even where the target's is as long as may be."""
    return target.with_name(f".rnnlib-{zlib.crc32(os.fsencode(target.name)):08x}{ending}")


def _naming(path, error):
    return type(error)(error.errno, error.strerror, str(path)) if error.errno else error
