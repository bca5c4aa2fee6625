"""The command line: python -m rnnlib train | sample | evaluate.

Every mistake in what is typed is one line on standard error and exit code 2, before anything is written.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np

from . import checkpoint, corpus, language_model, losses, sampling, training
from .vocab import Vocab

RECIPES = {"classic": training.CLASSIC, "modern": training.MODERN}
SAVE_EVERY = 500  # steps

EXAMPLES = """examples:
  python -m rnnlib train data/shakespeare.txt
  python -m rnnlib train data/shakespeare.txt --recipe classic --steps 10000
  python -m rnnlib train my_book.txt --hidden-size 128 --out my_book.npz
  python -m rnnlib train my_book.txt --resume my_book.npz
  python -m rnnlib sample my_book.npz --prompt "Once upon a time" --temperature 0.7
  python -m rnnlib evaluate my_book.npz my_book.txt
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message):
        """Print the complaint and exit with 2."""
        self.exit(2, f"error: {message} (see {self.prog} --help)\n")


def build_parser():
    """Return the argument parser."""
    parser = Parser(
        prog="python -m rnnlib",
        description="Train a character-level recurrent network on a text, and let it write.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="train | sample | evaluate")

    train = commands.add_parser(
        "train",
        help="train a network on a text",
        description="Train on the first nine tenths of TEXT, judge on the last tenth, save a checkpoint. Ctrl-C "
        "finishes the step, saves, and says where; --resume carries on exactly from there.",
    )
    train.add_argument("text", metavar="TEXT", help="a UTF-8 file, or one of " + ", ".join(corpus.NAMES))
    train.add_argument("--recipe", choices=RECIPES, help="classic: the 2015 script; modern: the default")
    train.add_argument("--cell", choices=checkpoint.CELLS, help="rnn (default), gru or lstm")
    train.add_argument("--hidden-size", type=int, metavar="N", help="hidden units (classic 100, modern 256)")
    train.add_argument("--steps", type=int, metavar="N", help="training steps (classic 92,400, modern 3,000)")
    train.add_argument("--learning-rate", type=float, metavar="X", help="its highest (classic 0.1, modern 0.004)")
    train.add_argument("--dropout", type=float, metavar="X", help="share of hidden units to drop (default 0)")
    train.add_argument("--seed", type=int, metavar="N", help="of the initial parameters (default 0)")
    train.add_argument("--out", metavar="FILE", help="where to save (default: TEXT's name, .npz, in this folder)")
    train.add_argument("--resume", metavar="FILE", help="carry on with a checkpoint; --out defaults to it")
    train.add_argument("--sample-every", type=int, metavar="N", help="steps between samples (default: a tenth of all)")
    train.add_argument(
        "--weights-only", action="store_true",
        help="when finished, keep the weights alone, in half precision: a small file, not for --resume",
    )  # fmt: skip
    train.set_defaults(run=run_train)

    sample = commands.add_parser("sample", help="let a trained network write")
    sample.add_argument("model", metavar="MODEL", help="a checkpoint")
    sample.add_argument("--prompt", default="", metavar="S", help="text to carry on from (default: none)")
    sample.add_argument("--length", type=int, default=500, metavar="N", help="characters to write (default 500)")
    sample.add_argument("--temperature", type=float, default=1.0, metavar="X", help="0 is greedy (default 1)")
    sample.add_argument("--top-k", type=int, metavar="N", help="draw from the N likeliest characters only")
    sample.add_argument("--top-p", type=float, metavar="X", help="draw from the likeliest with probability X in all")
    sample.add_argument("--seed", type=int, metavar="N", help="writes the same text each time (default: another)")
    sample.set_defaults(run=run_sample)

    evaluate = commands.add_parser("evaluate", help="score a trained network on a text, in bits a character")
    evaluate.add_argument("model", metavar="MODEL", help="a checkpoint")
    evaluate.add_argument("text", metavar="TEXT", help="a UTF-8 file, or one of " + ", ".join(corpus.NAMES))
    evaluate.set_defaults(run=run_evaluate)
    return parser


def run_train(args):
    """Train, show how it goes, save."""
    from tqdm import tqdm

    if args.sample_every is not None and args.sample_every < 1:
        raise ValueError(f"expected --sample-every of at least 1, got {args.sample_every}")
    text = corpus.read_text(args.text)
    run, vocab = start_or_resume(args, text)
    ids = vocab.encode(text)
    train_ids, validation_ids = corpus.split(ids)
    recipe = run.recipe
    needed = recipe.batch_size * recipe.block_length + 1
    if len(train_ids) < needed:
        raise ValueError(
            f"{args.text} is too short: its first nine tenths have {len(train_ids)} characters, expected at least "
            f"{needed} ({recipe.batch_size} streams of {recipe.block_length})"
        )
    out = Path(args.out or args.resume or f"{Path(args.text).stem}.npz")
    check_writable(out)

    sample_every = args.sample_every or max(1, recipe.steps // 10)
    recent = deque(maxlen=100)  # losses, for the bar
    interrupted = []
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.append(True))
    bar = tqdm(training.train(run, train_ids), initial=run.step, total=recipe.steps, unit="step", dynamic_ncols=True)
    try:
        for record in bar:
            recent.append(record.loss)
            if recipe.summed and record.step % 100 == 0:  # the script's own line, on its scale
                tqdm.write(f"iter {record.step}, loss: {record.smooth_loss * recipe.block_length:f}", file=sys.stdout)
            if record.step % 20 == 0:
                nats = sum(recent) / len(recent)
                bar.set_postfix_str(f"loss {nats:.3f} nats, {losses.bits(nats):.3f} bits a character", refresh=False)
            if run.step % sample_every == 0:
                tqdm.write(f"----\n{write_sample(run, vocab)}\n----", file=sys.stdout)
            if run.step % SAVE_EVERY == 0:
                checkpoint.save_run(out, run, vocab)
            if interrupted:
                break
    finally:
        bar.close()
        signal.signal(signal.SIGINT, before)
    checkpoint.save_run(out, run, vocab)
    if run.step < recipe.steps:
        print(f"stopped after step {run.step} of {recipe.steps}; saved {out}; carry on with --resume {out}")
        return 130
    if len(validation_ids) > 1:
        report(
            "last tenth, held out",
            language_model.evaluate(run.params, validation_ids, cell=run.cell, after=train_ids, state=run.state),
        )
    if args.weights_only:
        checkpoint.save_weights(out, checkpoint.Model(run.params, vocab, run.cell))
    print(f"saved {out}")
    return 0


def start_or_resume(args, text):
    """Return the run that the arguments ask for, and its vocabulary."""
    if args.resume is None:
        recipe = RECIPES[args.recipe or "modern"]
        asked = {name: getattr(args, name) for name in ("hidden_size", "steps", "learning_rate", "dropout")}
        recipe = replace(recipe, **{name: value for name, value in asked.items() if value is not None})
        vocab = Vocab.from_text(text)
        cell = checkpoint.CELLS[args.cell or "rnn"]
        return training.start(recipe, len(vocab), rng=np.random.default_rng(args.seed or 0), cell=cell), vocab
    for name in ("recipe", "cell", "hidden_size", "learning_rate", "dropout", "seed"):
        if getattr(args, name) is not None:
            option = "--" + name.replace("_", "-")
            raise ValueError(f"{option} is set by the checkpoint {args.resume}: leave it out with --resume")
    run, vocab = checkpoint.load_run(args.resume)
    if args.steps is not None:
        run.recipe = replace(run.recipe, steps=args.steps)
    if run.step >= run.recipe.steps:
        raise ValueError(f"{args.resume} has taken all of its {run.step} steps; ask for more with --steps")
    strange = set(text) - set(vocab.chars)
    if strange:
        raise ValueError(
            f"{args.resume} has another vocabulary: {args.text} has {min(strange)!r}, it knows {vocab.describe()}"
        )
    return run, vocab


def check_writable(path):
    """Raise an error if the checkpoint could not be written, or would overwrite something else."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, expected the name of a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent} to save {path.name} in")
    if path.exists():
        try:
            checkpoint.load_model(path)
        except ValueError:
            raise ValueError(f"{path} exists and is not a checkpoint: choose another name with --out") from None
    with tempfile.TemporaryFile(dir=path.parent):  # raises if the folder takes no file
        pass


def write_sample(run, vocab):
    """Return 200 characters from the network as it is now, without disturbing the run's own random numbers."""
    rng = np.random.default_rng(run.step)
    return "".join(sampling.generate(run.params, vocab, length=200, rng=rng, cell=run.cell))


def run_sample(args):
    """Print the prompt and what the network writes after it, character by character."""
    model = checkpoint.load_model(args.model)
    rng = np.random.default_rng(args.seed)
    chars = sampling.generate(
        model.params, model.vocab, prompt=args.prompt, length=args.length, temperature=args.temperature,
        top_k=args.top_k, top_p=args.top_p, rng=rng, cell=model.cell,
    )  # fmt: skip
    print(args.prompt, end="")
    for char in chars:
        print(char, end="", flush=char == "\n")
    print()
    return 0


def run_evaluate(args):
    """Print the loss on the text's first nine tenths, on its last tenth, and on all of it."""
    model = checkpoint.load_model(args.model)
    ids = model.vocab.encode(corpus.read_text(args.text))
    first, last = corpus.split(ids)
    for name, part, after in (("first nine tenths", first, None), ("last tenth", last, first), ("all", ids, None)):
        if len(part) > 1 or part is ids:
            report(name, language_model.evaluate(model.params, part, cell=model.cell, after=after))
    return 0


def report(name, nats):
    """Print a loss in nats, bits and as perplexity."""
    bits, perplexity = losses.bits(nats), losses.perplexity(nats)
    print(f"{name}: {nats:.4f} nats, {bits:.4f} bits a character, perplexity {perplexity:.3f}")


def main(argv=None):
    """Run the command line and return its exit code."""
    args = build_parser().parse_args(argv)
    try:
        return args.run(args)
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
