"""Output that never ends a run, whatever the terminal is, and signals that finish the step."""

import io
import os
import signal
import sys
import unicodedata
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

from .mistakes import Mistake

STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def prepare():
    """Have characters that the terminal cannot show written as escapes, and a closed output go nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def escape_controls(text):
    r"""Return a sample with its control characters, which a terminal would obey, written as escapes: ESC as "\x1b"."""
    return "".join(char if char in "\n\t" or unicodedata.category(char) != "Cc" else repr(char)[1:-1] for char in text)


def one_line(message):
    """Return a message with all that is not printable, line ends too, written as escapes."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in message)


def complain(message, code):
    """Print one line on standard error and return the exit code."""
    with suppress(OSError):
        print(f"error: {one_line(message)}", file=sys.stderr, flush=True)
        return code
    discard(sys.stderr)
    return code


def discard(stream):
    """Let what a stream still holds, and all that comes, go nowhere: nothing complains when Python ends."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class Steady:
    """A stream that falls silent where it cannot be written to any more; `failure` says why."""

    def __init__(self, stream):
        self.stream, self.failure = stream, None

    def __getattr__(self, name):
        """Be the stream in everything else."""
        return getattr(self.stream, name)

    def write(self, text):
        """Write, or be silent."""
        self._try(self.stream.write, text)
        return len(text)

    def flush(self):
        """Flush, or be silent."""
        self._try(self.stream.flush)

    def _try(self, act, *arguments):
        if self.failure is None:
            try:
                act(*arguments)
            except (OSError, ValueError) as error:  # ValueError: it is closed
                self.failure = error
                discard(self.stream)


@contextmanager
def steady():
    """Keep failing outputs from ending what stands inside the `with`; say so afterwards where something can be said."""
    out, err = Steady(sys.stdout), Steady(sys.stderr)
    with redirect_stdout(out), redirect_stderr(err):
        yield
        out.flush()
        if isinstance(out.failure, OSError) and not isinstance(out.failure, BrokenPipeError):
            warn(f"standard output: {out.failure.strerror}; the training went on without it")


def bar():
    """Return tqdm, which reads settings of its own from the environment; a Mistake if it cannot make sense of them."""
    try:
        from tqdm import tqdm
    except ValueError as error:
        settings = " ".join(f"{name}={value}" for name, value in os.environ.items() if name.startswith("TQDM_"))
        raise Mistake(f"the progress bar cannot read its settings in the environment, {settings} ({error})") from None
    return tqdm


def warn(message):
    """Print one line on standard error, above the bar if there is one."""
    bar().write(f"warning: {one_line(message)}", file=sys.stderr)
    sys.stderr.flush()


@contextmanager
def signals():
    """Collect the signals that ask to stop: inside the `with`, they do nothing else, however often they come.

    Yields
    ------
    received : list of signal.Signals
    """
    received, before = [], {}
    for number in STOPPING:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup
            with suppress(ValueError):  # not in the main thread
                before[number] = signal.signal(number, lambda number, _: received.append(signal.Signals(number)))
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
