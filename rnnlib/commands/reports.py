"""What a training run shows: a header, a bar, a line and a sample at each tenth, and a log.

Nothing in here draws from the run's random numbers or changes anything of it. On a terminal the bar is on standard
error and stays at the bottom; where standard error is a file or a pipe, there is none, and the lines alone remain.
"""

import csv
import io
import math
import os
import sys
import time
from collections import deque

import numpy as np

from .. import files, language_model, losses, sampling
from .mistakes import Mistake, describe
from .terminal import bar, escape_controls, warn

SAMPLE = 200  # characters written at each report
HELD_OUT = 16_384  # characters scored at each report, at most
STREAMS = 32
WARM_UP = 64  # characters that each stream reads before it is scored
COLUMNS = ["step", "characters", "loss", "smoothed_loss", "held_out_loss", "learning_rate", "seconds"]


class Judge:
    """The loss on a fixed sample of a text, small enough to cost little beside the training between two reports.

    The sample is up to STREAMS stretches at even distances. Each is scored after reading what stands before it, from
    the state in which training left the network.

    Parameters
    ----------
    before, ids : int ndarrays
        The text that comes first, and the one to score.
    size : int
        How many characters to score, about.
    """

    def __init__(self, before, ids, size):
        size = min(size, HELD_OUT, len(ids))
        streams = max(1, min(STREAMS, size // 128))
        length = size // streams
        self.warm_up = min(WARM_UP, len(before))
        text = np.concatenate((before[len(before) - self.warm_up :], ids))
        starts = np.linspace(0, len(ids) - length, streams).astype(int)
        self.ids = text[starts + np.arange(self.warm_up + length)[:, None]].astype(np.intp)  # (T, B)
        self.size = streams * length

    def __call__(self, run):
        """Return the run's loss, in nats per character; infinite where it is not a number."""
        cell, T, total = run.cell, len(self.ids) - 1, 0.0
        state = language_model.init_state(run.params, 1, cell=cell) if run.state is None else run.state[..., :1, :]
        state = np.repeat(state, self.ids.shape[1], axis=-2)
        edges = [0, *range(self.warm_up - 1, T, 64), T]
        for start, end in zip(edges, edges[1:], strict=False):
            logits, trace = language_model.forward(run.params, self.ids[start:end], state, cell=cell)
            state = cell.unpack(trace)[1]
            if start:
                loss, _ = losses.cross_entropy(logits, self.ids[start + 1 : end + 1])
                total += loss * (end - start)
        nats = total / (T - self.warm_up + 1)
        return nats if math.isfinite(nats) else math.inf


class Log:
    """A CSV file with a row a report; a resumed run carries on with it."""

    def __init__(self, path, run, resume, overwrite):
        self.path, self.broken = path, False
        target, mode = files.find_target(path)
        rows = []
        if mode is not None:
            with open(target, encoding="utf-8", errors="replace", newline="") as file:
                head, *rows = [*csv.reader(file)] or [[]]
            if head != COLUMNS and (head or rows):
                raise Mistake(f"{path} exists and is not a log of rnnlib: choose another name with --log")
            if not resume and not overwrite:
                raise Mistake(f"{path} exists: replace it with --overwrite, or choose another name with --log")
            rows = [row for row in rows if len(row) == len(COLUMNS) and row[0].isdigit() and int(row[0]) <= run.step]
            rows = [] if overwrite else rows
        kept = io.StringIO()
        csv.writer(kept, lineterminator="\n").writerows([COLUMNS, *rows])
        self.start, self.seconds = kept.getvalue().encode(), float(rows[-1][-1]) if rows else 0.0

    def open(self):
        """Write the first line, and what is kept of an earlier run."""
        files.write_whole(self.path, lambda file: file.write(self.start))

    def write(self, row):
        """Add a row; on a full disk say so once, and go on without."""
        if not self.broken:
            try:
                with open(self.path, "a", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerow(row)
            except OSError as error:
                self.broken = True
                warn(f"{self.path}: {describe(error)}; the training goes on without a log")


class Reports:
    """The bar, the lines and the samples of one run.

    Parameters
    ----------
    run : training.Run
    vocab : Vocab
    judge : Judge or None
        Of the held-out text; None where there is none.
    every : int
        Steps between two reports.
    log : Log, optional
    """

    def __init__(self, run, vocab, judge, every, log=None):
        self.run, self.vocab, self.judge, self.every, self.log = run, vocab, judge, every, log
        self.recent = deque(maxlen=min(100, every))  # losses
        self.block = run.recipe.batch_size * run.recipe.block_length
        self.began, self.first = time.perf_counter(), run.step
        shown = sys.stderr.isatty()
        sized = shown and os.get_terminal_size(sys.stderr.fileno()).columns > 0  # some do not say
        self.bar = bar()(
            initial=run.step, total=run.recipe.steps, file=sys.stderr, disable=not shown,
            dynamic_ncols=sized, ncols=None if sized else 80,
            bar_format="{percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt}, {remaining} left{postfix}",
        )  # fmt: skip

    @property
    def loss(self):
        """The mean training loss of the last steps, a hundred at most, in nats per character."""
        return sum(self.recent) / len(self.recent) if self.recent else math.nan

    def step(self, record):
        """Show what there is to show after a step; return the held-out loss if there was a report, else None."""
        run = self.run
        self.recent.append(record.loss)
        self.bar.update()
        if run.recipe.summed and record.step % 100 == 0:  # the script's own line, on its scale
            self.say(f"iter {record.step}, loss: {record.smooth_loss * run.recipe.block_length:f}")
        if record.step % 20 == 0 and not self.bar.disable:
            speed = (run.step - self.first) * self.block / (time.perf_counter() - self.began)
            text = f"{losses.bits(self.loss):.3f} bits, {short(speed)} characters/s"
            self.bar.set_postfix_str(text, refresh=False)
        if run.step % self.every == 0 or run.step == run.recipe.steps:
            return self.report(record)
        return None

    def report(self, record):
        """Print and log the losses, and a sample; return the held-out loss, nan where there is no held-out text."""
        run, held_out = self.run, self.judge(self.run) if self.judge else math.nan
        seconds = time.perf_counter() - self.began
        line = f"-- step {run.step:,}: {losses.bits(self.loss):.3f} bits per character"
        if self.judge:
            line += f", {losses.bits(held_out):.3f} held out"
        self.say(f"{line}, {short((run.step - self.first) * self.block / seconds)} characters/s")
        if math.isfinite(held_out) or not self.judge:
            self.say(escape_controls(write_sample(run, self.vocab)) + "\n")
        if self.log:
            numbers = [f"{x:.6g}" for x in (self.loss, record.smooth_loss, held_out, record.learning_rate)]
            self.log.write([run.step, record.characters, *numbers, f"{self.log.seconds + seconds:.2f}"])
        return held_out

    def say(self, text):
        """Print above the bar."""
        self.bar.write(text, file=sys.stdout)
        sys.stdout.flush()


def write_sample(run, vocab):
    """Return SAMPLE characters from the network as it is now, without disturbing the run's own random numbers."""
    rng = np.random.default_rng(run.step)
    return "".join(sampling.generate(run.params, vocab, length=SAMPLE, rng=rng, cell=run.cell))


def short(number):
    """Write a large number in few places: 74,300 as 74k."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"
