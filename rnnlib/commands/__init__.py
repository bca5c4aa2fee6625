"""The commands of the command line, one a file: train, sample, evaluate, plot; and what they share.

parser     what can be typed
texts      a text as the user has it: encodings, unknown characters
terminal   output that never ends a run, signals that finish the step
reports    the header, the bar, the line at each tenth, the log

`run` turns what a user can cause into one line on standard error: exit code 2 for a mistake in what was typed, 1 for a
disk that is full or a run that has diverged. A fault of rnnlib itself keeps its traceback.
"""

import sys

from . import parser, terminal
from .mistakes import Mistake


def run(argv=None):
    """Parse the arguments, run the command, and return the exit code."""
    terminal.prepare()
    try:
        try:
            args = parser.build().parse_args(argv)
        finally:  # of --help, too
            sys.stdout.flush()
        code = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        terminal.discard(sys.stdout)
        return 0
    except Mistake as mistake:
        return terminal.complain(str(mistake), mistake.code)
    except MemoryError as error:
        return terminal.complain(f"out of memory ({str(error) or 'no more to have'})", 2)
    except OSError as error:  # not a file that was asked for, those are mistakes
        terminal.discard(sys.stdout)
        return terminal.complain(f"standard output: {error.strerror or error}", 1)
