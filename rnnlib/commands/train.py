"""rnnlib train: train a network, show how it goes, and keep it whatever happens."""

import math
import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from .. import checkpoint, corpus, threads, training
from ..vocab import Vocab
from . import header, reports, terminal, texts
from .evaluate import describe, score
from .keeper import Keeper, best_beside, same_file
from .lock import lock
from .mistakes import Mistake, asked_for

SAVE_EVERY = 500  # steps
SAVE_AFTER = 60.0  # seconds, where steps take long
SHORTEST = 200  # characters of a text
SIZES = ("hidden_size", "steps", "batch_size", "block_length", "learning_rate", "dropout")  # of a recipe


def run(args):
    """Train, show how it goes, save."""
    if args.threads:
        threads.use_threads(args.threads)
    with ExitStack() as stack:
        with asked_for():
            out = Path(name_of_checkpoint(args))
            stack.enter_context(lock(out))
            if args.keep == "best":
                stack.enter_context(lock(best_beside(out)))
        return train(args, out)


def name_of_checkpoint(args):
    """Return where to save: what --out or --resume say, else the text's name in this folder, without its .txt."""
    for option in ("out", "resume", "log"):
        if getattr(args, option) == "":
            raise Mistake(f"expected the name of a file after --{option}, got none")
    if args.out or args.resume:
        if (args.out or "").endswith(("/", os.sep)):
            raise Mistake(f"{args.out} is a folder, expected the name of a file")
        return args.out or args.resume
    first = "stdin" if args.text[0] == "-" else Path(args.text[0]).resolve().name
    return f"{first.removesuffix('.txt') or 'text'}.npz"


def train(args, out):
    """Train, while the name of the checkpoint is held; return the exit code."""
    with asked_for():
        keeper = Keeper(args, out)
    run, vocab, text, accents = resume(args) if args.resume else start(args)
    with asked_for():
        log = reports.Log(args.log, run, args.resume, args.overwrite) if args.log else None
    for path in (out, best_beside(out)):
        if log and same_file(log.path, path):
            raise Mistake(f"the log and the checkpoint are one file, {path}")
    train_ids, held_out = corpus.split(vocab.encode(text))
    every = args.sample_every or max(1, run.recipe.steps // 10)
    between = every * run.recipe.batch_size * run.recipe.block_length  # characters from report to report
    judge = reports.Judge(train_ids, held_out, max(512, between // 60))
    with asked_for():
        keeper.begin(run, vocab, judge)
        if log:
            log.open()
    began = time.perf_counter()
    with terminal.steady(), terminal.signals() as received, np.errstate(all="ignore"):
        sizes = len(train_ids), len(held_out)
        header.show(args, run, texts.name(args), text, accents, judge, sizes, out)
        show = reports.Reports(run, vocab, judge, every, log)
        try:
            for record in training.train(run, train_ids):
                try:
                    held_out_loss = show.step(record)
                except Exception:  # a fault of ours: let it be seen, but not lose what the run has reached
                    keeper.save(show.loss)
                    raise
                if held_out_loss is not None:
                    keeper.offer(held_out_loss)
                if run.step % SAVE_EVERY == 0 or time.perf_counter() - keeper.saved_at > SAVE_AFTER:
                    keeper.save(show.loss)
                if received:
                    break
            loss = show.loss
        except FloatingPointError:
            loss = math.inf
        finally:
            show.bar.close()
        if received and run.step < run.recipe.steps:
            keeper.save(loss, stopped=True)
            print(f"stopped by {received[0].name} after step {run.step} of {run.recipe.steps}; saved {out}; "
                  f"carry on with --resume {out}", flush=True)  # fmt: skip
            return 128 + received[0]
        if loss < math.inf:  # of the weights as they are now, not as they were at their last steps
            loss = reports.Judge(train_ids, train_ids, judge.size)(run)
        keeper.save(loss, last=True)
        saved = keeper.finish(args.weights_only)
        print(f"trained to step {run.step:,} in {header.duration(time.perf_counter() - began)}; saved {saved}")
    nats = score(run.params, held_out, cell=run.cell, after=train_ids, state=run.state)
    print(f"last tenth, held out: {describe(nats)}")
    return 0


def start(args):
    """Return the run that the arguments ask for, its vocabulary, the text, and what became of its accents."""
    with asked_for():
        text, accents = texts.read(args)
        recipe = args.recipes[args.recipe or "modern"]
        recipe = replace(recipe, **{name: value for name in SIZES if (value := getattr(args, name)) is not None})
    recipe = fit(args, recipe, text)
    vocab = Vocab.from_text(text)
    check_memory(recipe, len(vocab), args.cell)
    cell = checkpoint.CELLS[args.cell or "rnn"]
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(args.seed or 0), cell=cell)
    return run, vocab, text, accents


def resume(args):
    """Return the run to carry on with, and the rest as `start` does."""
    for name in ("recipe", "cell", "seed", *SIZES):
        if name != "steps" and getattr(args, name) is not None:
            option = "--" + name.replace("_", "-")
            raise Mistake(f"{option} is set by the checkpoint {args.resume}: leave it out with --resume")
    with asked_for():
        run, vocab = checkpoint.load_run(args.resume)
        text, accents = texts.read(args, vocab)
    args.steps_before, args.shrunk = run.recipe.steps, False
    if args.steps is not None:
        run.recipe = replace(run.recipe, steps=args.steps)
    if run.step >= run.recipe.steps:
        raise Mistake(f"{args.resume} has taken all of its {run.step} steps; ask for more with --steps")
    if counts := texts.unknown(text, vocab):
        described = texts.describe_unknown(text, counts)
        raise Mistake(f"{args.resume} has another vocabulary: {texts.name(args)} has {described}")
    fit(args, run.recipe, text)
    return run, vocab, text, accents


def fit(args, recipe, text):
    """Return the recipe with streams and blocks that fit into a short text; sizes that were asked for stay."""
    length, args.shrunk = len(corpus.split(text)[0]), False
    if length > recipe.batch_size * recipe.block_length:
        return recipe
    T = recipe.block_length if args.block_length else min(recipe.block_length, length - 1)
    B = recipe.batch_size if args.batch_size else max(1, min(recipe.batch_size, (length - 1) // (4 * max(1, T))))
    if args.resume or B * T >= length or len(text) < SHORTEST:
        enough = max(SHORTEST, math.ceil((recipe.batch_size * recipe.block_length + 1) / 0.9))
        enough = enough if args.resume or args.block_length or args.batch_size else SHORTEST
        raise Mistake(
            f"{texts.name(args)} is too short: {len(text):,} characters, expected at least {enough:,} "
            "(to learn to write takes some ten thousand)"
        )
    args.shrunk = True
    return replace(recipe, batch_size=B, block_length=T)


def check_memory(recipe, V, cell):
    """Raise MemoryError if the machine cannot hold the network: the system might end the process without a word."""
    H, gates = recipe.hidden_size, {"gru": 3, "lstm": 4}.get(cell, 1)
    numbers = 6 * (gates * H * (V + H + 1) + H * V) + recipe.batch_size * recipe.block_length * (2 * V + 4 * gates * H)
    needed = numbers * np.dtype(recipe.dtype).itemsize
    if hasattr(os, "sysconf") and needed > (there := os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) > 0:
        raise MemoryError(f"training this network takes {needed / 1e9:,.0f} GB, the machine has {there / 1e9:,.0f}")
