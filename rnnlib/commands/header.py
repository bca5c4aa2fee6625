"""What is about to be trained, on what, and how: the lines above the bar."""

import textwrap
import unicodedata
from dataclasses import replace

from .. import batches, checkpoint, threads, training

MANY = 100  # characters of a vocabulary that is worth showing whole


def show(args, run, name, text, accents, judge, sizes, out):
    """Print the header, 80 columns wide.

    Parameters
    ----------
    args : Namespace
    run : training.Run
    name, text : str
        What the text is called, and the text as it is read.
    accents : str
        What has been done to them, empty if nothing.
    judge : reports.Judge
    sizes : tuple of int
        Characters to train on, and held out.
    out : Path
    """
    recipe, chars = run.recipe, "".join(sorted(set(text)))
    shown = printable(chars if len(chars) <= MANY else chars[:: len(chars) // 20]) + " …" * (len(chars) > MANY)
    lines = [("text", f"{name}, {len(text):,} characters, {len(chars):,} distinct:"), ("", shown)]
    if accents:
        lines.append(("unicode", f"accents {accents}; --no-nfc leaves them as they are"))
    lines.append(("split", f"{sizes[0]:,} to train on, {sizes[1]:,} held out ({judge.size:,} read at each report)"))
    parameters = sum(array.size for array in run.params.values())
    lines.append(("network", f"{checkpoint.cell_name(run.cell)}, {recipe.hidden_size:,} hidden units, "
                  f"{parameters:,} parameters, {recipe.dtype}"))  # fmt: skip
    passes = recipe.steps / batches.count_blocks(range(sizes[0]), recipe.batch_size, recipe.block_length)
    lines.append(("recipe", f"{recipe.steps:,} steps of {recipe.batch_size:,} x {recipe.block_length:,} characters "
                  f"({passes:.3g} times the text), {recipe.optimizer}, learning rate {recipe.learning_rate:g}"
                  + (f", dropout {recipe.dropout:g}" if recipe.dropout else "")))  # fmt: skip
    lines += [("", note) for note in notes(args, run)]
    lines.append(("threads", str(threads.threads_in_use() or "as the BLAS library likes")))
    lines.append(("saves to", str(out)))
    for label, line in lines:
        print(textwrap.fill(f"{label:9}{line}", 80, subsequent_indent=" " * 9, break_on_hyphens=False))
    print(flush=True)


def notes(args, run):
    """Yield what the user might not expect of the recipe."""
    recipe = run.recipe
    if args.shrunk:
        yield "fewer or shorter streams than usual: the text is short"
    if args.resume:
        yield f"carrying on after step {run.step:,} of {args.steps_before:,}"
        rate = training.learning_rate
        if recipe.decay and recipe.steps != args.steps_before:
            before = rate(replace(recipe, steps=args.steps_before), min(run.step, args.steps_before))
            yield (f"with {recipe.steps:,} steps in all the learning rate goes on from {rate(recipe, run.step):.2g} "
                   f"(it was {before:.2g}) and falls to 0 at the end")  # fmt: skip


def printable(chars):
    """Return the characters as they are, without those that do not print on their own."""
    alone = (char for char in chars if char.isprintable() and not char.isspace() and not unicodedata.combining(char))
    return "".join(alone)


def duration(seconds):
    """Return seconds as h:mm:ss or m:ss."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
