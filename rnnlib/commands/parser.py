"""What can be typed."""

import argparse
import math
import sys

from .. import __version__, checkpoint, corpus, training
from . import evaluate, plot, sample, train
from .terminal import complain

RECIPES = {"classic": training.CLASSIC, "modern": training.MODERN}

EXAMPLES = """examples:
  rnnlib train shakespeare
  rnnlib train shakespeare --recipe classic --steps 10000
  rnnlib train my_book.txt --cell lstm --hidden-size 128 --log my_book.csv
  rnnlib train my_book.txt --resume my_book.npz
  rnnlib plot my_book.csv
  rnnlib sample my_book.npz --prompt "Once upon a time" --temperature 0.7
  rnnlib evaluate my_book.npz my_book.txt

python -m rnnlib does the same. rnnlib COMMAND --help lists a command's options.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message):
        """Print the complaint and exit with 2."""
        if "expected one argument" in message:
            message += "; a value that begins with - is written as in --prompt=-x"
        sys.exit(complain(f"{message} (see {self.prog} --help)", 2))

    def _print_message(self, message, file=None):  # argparse's own is silent where the output is full or closed
        (file or sys.stderr).write(message)


def whole(low, high=2**31 - 1):
    """Return a reader of whole numbers in low..high."""

    def read(typed):
        try:
            number = int(typed)
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected a whole number, got {typed!r}") from None
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low} to {high:,}, got {typed}")
        return number

    return read


def number(low, high, expected):
    """Return a reader of numbers x with low <= x <= high, described as `expected`."""

    def read(typed):
        try:
            x = float(typed)
        except ValueError:
            x = math.nan
        if not low <= x <= high:
            raise argparse.ArgumentTypeError(f"expected {expected}, got {typed!r}")
        return x

    return read


SMALLEST, BELOW_1 = math.nextafter(0, 1), math.nextafter(1, 0)


def build():
    """Return the argument parser."""
    parser = Parser(
        prog="rnnlib",
        description="Train a character-level recurrent network on a text, and let it write.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rnnlib {__version__}")
    commands = parser.add_subparsers(required=True, metavar="train | sample | evaluate | plot")
    add_train(commands)
    add_sample(commands)
    add_evaluate(commands)
    command = commands.add_parser("plot", help="draw the losses that train --log has written")
    command.add_argument("log", metavar="FILE.csv")
    command.add_argument("--out", metavar="FILE", help="a .png, .svg or .pdf (default: the log's name, .png)")
    command.add_argument("--overwrite", action="store_true", help="replace the picture if it exists")
    command.set_defaults(run=plot.run)
    return parser


def add_texts(command):
    """Add the texts, and how they are read."""
    command.add_argument(
        "text", metavar="TEXT", nargs="+",
        help="a file, a folder (its .txt files), - (standard input), or one of " + ", ".join(corpus.NAMES)
        + "; several are joined",
    )  # fmt: skip
    command.add_argument("--encoding", metavar="NAME", help="of the text (default: UTF-8, or what its mark says)")
    command.add_argument("--no-nfc", action="store_true", help="leave Unicode as it is, don't compose accents (NFC)")


def add_model(command):
    """Add the network, and what to do about characters that it does not know."""
    shipped = ", ".join(checkpoint.NAMES)
    command.add_argument("model", metavar="MODEL", help=f"a checkpoint, or a shipped network: {shipped}")
    command.add_argument("--skip-unknown", action="store_true", help="leave out what the network does not know")
    command.add_argument("--threads", type=whole(1, 1024), metavar="N", help="of a matrix product (default 1)")


def add_train(commands):
    """Add the command train."""
    command = commands.add_parser(
        "train",
        help="train a network on a text",
        description="Train on the first nine tenths of TEXT, judge on the last tenth, save a checkpoint. Ctrl-C "
        "finishes the step, saves, and says where; --resume carries on exactly from there.",
    )
    add_texts(command)
    group = command.add_argument_group("the network and its training")
    group.add_argument("--recipe", choices=RECIPES, help="classic: the 2015 script; modern: the default")
    group.add_argument("--cell", choices=checkpoint.CELLS, help="rnn (default), gru or lstm")
    group.add_argument("--hidden-size", type=whole(1), metavar="N", help="hidden units (classic 100, modern 256)")
    group.add_argument("--steps", type=whole(1), metavar="N", help="training steps (classic 92,400, modern 3,000)")
    group.add_argument("--batch-size", type=whole(1), metavar="N", help="parallel streams (classic 1, modern 32)")
    group.add_argument("--block-length", type=whole(1), metavar="N", help="time steps (classic 25, modern 64)")
    group.add_argument(
        "--learning-rate", type=number(SMALLEST, sys.float_info.max, "a number above 0"), metavar="X",
        help="its highest (classic 0.1, modern 0.004)",
    )  # fmt: skip
    group.add_argument(
        "--dropout", type=number(0, BELOW_1, "a number of at least 0 and below 1"), metavar="X",
        help="share of hidden units to drop (default 0)",
    )  # fmt: skip
    group.add_argument("--seed", type=whole(0, 2**64), metavar="N", help="of the initial parameters (default 0)")
    group.add_argument("--threads", type=whole(1, 1024), metavar="N", help="of a matrix product (default 1)")
    group = command.add_argument_group("what is kept and shown")
    group.add_argument("--out", metavar="FILE", help="where to save (default: TEXT's name, .npz, in this folder)")
    group.add_argument("--resume", metavar="FILE", help="carry on with a checkpoint; --out defaults to it")
    group.add_argument("--overwrite", action="store_true", help="replace a checkpoint, or a log, that exists")
    group.add_argument(
        "--keep", choices=["best", "last"], default="best",
        help="best (default): beside the last, as FILE.best.npz, the one whose held-out loss was lowest",
    )  # fmt: skip
    group.add_argument("--log", metavar="FILE.csv", help="a row for each report; rnnlib plot FILE.csv draws it")
    group.add_argument(
        "--sample-every", type=whole(1), metavar="N",
        help="steps between two reports: losses and a sample (default: a tenth of all)",
    )  # fmt: skip
    group.add_argument(
        "--weights-only", action="store_true",
        help="when finished, keep the weights alone, in half precision: a small file, not for --resume",
    )  # fmt: skip
    command.set_defaults(run=train.run, recipes=RECIPES)


def add_sample(commands):
    """Add the command sample."""
    command = commands.add_parser("sample", help="let a trained network write")
    add_model(command)
    command.add_argument("--prompt", default="", metavar="S", help="text to carry on from (default: none)")
    command.add_argument("--length", type=whole(0), default=500, metavar="N", help="characters to write (default 500)")
    command.add_argument("--stop", metavar="S", help="end before this text comes, such as a line's end")
    command.add_argument("--number", type=whole(1), default=1, metavar="N", help="samples to write (default 1)")
    command.add_argument(
        "--temperature", type=number(0, sys.float_info.max, "a number of 0 or more"), default=1.0, metavar="X",
        help="0 is greedy (default 1)",
    )  # fmt: skip
    command.add_argument("--top-k", type=whole(1), metavar="N", help="draw from the N likeliest characters only")
    command.add_argument(
        "--top-p", type=number(SMALLEST, 1, "a number above 0 and at most 1"), metavar="X",
        help="draw from the likeliest with probability X in all",
    )  # fmt: skip
    command.add_argument("--seed", type=whole(0, 2**64), metavar="N", help="writes the same text each time")
    command.set_defaults(run=sample.run)


def add_evaluate(commands):
    """Add the command evaluate."""
    command = commands.add_parser("evaluate", help="score a trained network on a text, in bits per character")
    add_model(command)
    add_texts(command)
    command.set_defaults(run=evaluate.run)
