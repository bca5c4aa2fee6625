"""Does what a training run shows cost time? The modern recipe with the command line's reports, and without.

    .venv/bin/python -m bench.bench reports

A step of either side is a tenth of the recipe's run: 300 training steps; with the reports, they end with one: bar and
counts at each step, the held-out loss, a sample, a line, a row of the log. 3 % is the most that it may cost.
"""

import contextlib
import os
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.peers import FOREVER
from rnnlib import corpus, training
from rnnlib.commands import reports
from rnnlib.vocab import Vocab

STEPS = training.MODERN.steps // 10
MOST = 0.03


def tenth(shown, hidden_size):
    """Return a function that takes a tenth of the modern recipe's steps."""
    text = corpus.read_text("shakespeare")
    vocab = Vocab.from_text(text)
    train_ids, held_out = corpus.split(vocab.encode(text))
    recipe = replace(training.MODERN, hidden_size=hidden_size, steps=FOREVER, decay=False)
    run = training.start(recipe, len(vocab), rng=np.random.default_rng(0))
    records = training.train(run, train_ids)
    if not shown:
        return lambda: [next(records).loss for _ in range(STEPS)][-1]
    log = reports.Log(Path(tempfile.mkdtemp()) / "log.csv", run, None, False)
    log.open()
    judge = reports.Judge(train_ids, held_out, STEPS * recipe.batch_size * recipe.block_length // 60)
    far, terminal = os.openpty()  # a terminal, so that there is a bar; somebody has to read what it shows
    threading.Thread(target=drain, args=(far,), daemon=True).start()
    screen = open(terminal, "w", encoding="utf-8")  # noqa: SIM115, for as long as the process lives
    with contextlib.redirect_stderr(screen):
        show = reports.Reports(run, vocab, judge, STEPS, log)

    def step():
        with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
            for _ in range(STEPS):
                show.step(record := next(records))
        return record.loss

    return step


def drain(terminal):
    """Read what a terminal is sent until its other end is closed, which Linux calls an input/output error."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass


def measure(seconds=30.0):
    """Yield (what, seconds with the reports, seconds without) for a tenth of a run at two hidden sizes.

    Both sides run in turn in this one process: two processes of the same program differ by more than 3 % by
    where their memory happens to lie.
    """
    for hidden_size in (64, training.MODERN.hidden_size):
        steps = {shown: tenth(shown, hidden_size) for shown in (True, False)}
        took = {shown: [] for shown in steps}
        end = time.perf_counter() + seconds
        while len(took[False]) < 3 or time.perf_counter() < end:
            for shown, step in steps.items():
                began = time.perf_counter()
                step()
                took[shown].append(time.perf_counter() - began)
        what = f"training with the command line's reports, H={hidden_size}, {STEPS} steps"
        yield what, statistics.median(took[True]), statistics.median(took[False])
