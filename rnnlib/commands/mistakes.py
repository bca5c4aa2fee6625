"""What a user can cause, told from a fault of rnnlib."""

from contextlib import contextmanager


class Mistake(Exception):
    """One line for the user, and the exit code."""

    def __init__(self, message, code=2):
        super().__init__(message)
        self.code = code


@contextmanager
def asked_for():
    """Turn errors inside the `with`, which reads or checks what the user asked for, into mistakes."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise Mistake(describe(error)) from None


def describe(error):
    """Return an error's message; a system's own, as "file: what"."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
