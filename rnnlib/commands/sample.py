"""rnnlib sample: a trained network writes."""

import sys

import numpy as np

from .. import checkpoint, sampling, threads
from . import texts
from .mistakes import Mistake, asked_for
from .terminal import escape_controls, warn


def run(args):
    """Print the prompt and what the network writes after it, as it comes."""
    if args.threads:
        threads.use_threads(args.threads)
    with asked_for():
        model = checkpoint.load_model(args.model)
        sampling.check_settings(len(model.vocab), args.temperature, args.top_k, args.top_p)
    prompt, note = texts.known(texts.typed(args.prompt, model.vocab), model.vocab, "--prompt", args)
    if note:
        warn(note)
    stop = None if args.stop is None else texts.typed(args.stop, model.vocab)
    if stop == "" or stop and texts.unknown(stop, model.vocab):
        raise Mistake(f"expected --stop with characters that the network can write, got {args.stop!r}")
    rng = np.random.default_rng(args.seed)
    for i in range(args.number):
        if i and stop is None:
            print()  # between two
        show(prompt)
        chars = sampling.generate(
            model.params, model.vocab, prompt=prompt, length=args.length, temperature=args.temperature,
            top_k=args.top_k, top_p=args.top_p, rng=rng, cell=model.cell,
        )  # fmt: skip
        for char in chars if stop is None else until(stop, chars):
            show(char)
        print()
    return 0


def show(text):
    """Print text as it is; on a terminal, which would obey them, control characters as escapes."""
    print(escape_controls(text) if sys.stdout.isatty() else text, end="", flush=text == "\n")


def until(stop, chars):
    """Yield characters up to where `stop` comes; what may be its beginning is held back until that is clear."""
    held = ""
    for char in chars:
        held += char
        if held.endswith(stop):
            yield from held[: -len(stop)]
            return
        keep = next(n for n in range(min(len(stop) - 1, len(held)), -1, -1) if stop.startswith(held[len(held) - n :]))
        yield from held[: len(held) - keep]
        held = held[len(held) - keep :]
    yield from held
