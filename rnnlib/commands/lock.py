"""A lock on the name of a file: a second process may not write to it, and the system lets go however the first ends."""

import os
from contextlib import contextmanager, suppress

from .. import files


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
    target, _ = files.find_target(path)
    name = files.beside(target, ".lock")
    while True:
        try:
            descriptor = os.open(name, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise files.naming(path, error) from None
        try:
            _hold(descriptor)
            if os.path.exists(name) and os.path.samestat(os.fstat(descriptor), os.stat(name)):
                break  # else its last holder has deleted it meanwhile
        except BlockingIOError:
            os.close(descriptor)
            raise BlockingIOError(f"another process is writing to {path}") from None
        os.close(descriptor)
    try:
        for left_behind in target.parent.glob(files.beside(target, "-*.tmp").name):  # by a process that was killed
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
