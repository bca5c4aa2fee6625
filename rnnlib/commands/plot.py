"""rnnlib plot: the losses of a log, drawn."""

import csv
import math
from pathlib import Path

from .. import files, losses
from .mistakes import Mistake, asked_for
from .reports import COLUMNS


def run(args):
    """Draw training and held-out loss over the steps, in bits per character."""
    out = Path(args.out or Path(args.log).with_suffix(".png"))
    with asked_for():
        rows = read(args.log)
        _, mode = files.find_target(out)
    if mode is not None and not args.overwrite:
        raise Mistake(f"{out} exists: replace it with --overwrite, or choose another name with --out")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Mistake("a plot needs matplotlib: pip install matplotlib") from None
    ax = (figure := Figure(figsize=(7, 4), layout="constrained")).subplots()
    steps = [row["step"] for row in rows]
    for column, label, style in (("loss", "training", "o-"), ("held_out_loss", "held out", "s--")):
        bits = [losses.bits(row[column]) for row in rows]
        if any(map(math.isfinite, bits)):
            ax.plot(steps, bits, style, label=label, markersize=4)
    ax.set(xlabel="step", ylabel="bits per character", title=Path(args.log).stem)
    ax.legend()
    if out.suffix[1:].lower() not in figure.canvas.get_supported_filetypes():
        raise Mistake(f"expected --out to end in .png, .svg or .pdf, got {out}")
    with asked_for():
        files.write_whole(out, lambda file: figure.savefig(file, dpi=150, format=out.suffix[1:].lower()))
    print(f"saved {out}")
    return 0


def read(path):
    """Return the rows of a log, as dicts of numbers."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        table = csv.DictReader(file)
        if table.fieldnames != COLUMNS:
            raise ValueError(f"{path} is not a log of rnnlib train --log")
        try:
            rows = [{name: float(value) for name, value in row.items()} for row in table]
        except (TypeError, ValueError):
            raise ValueError(f"line {table.line_num} of {path} is not a row of numbers") from None
    if not rows:
        raise ValueError(f"{path} has no rows yet")
    return rows
