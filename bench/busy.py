"""How much longer does training take beside two programs that never rest? Alone and beside them, in turn.

    .venv/bin/python -m bench.bench busy

On two cores, three programs that share them fairly take half as long again. With two BLAS threads that wait for each
other it is 15 to 25 times as long, and that is why rnnlib uses one (rnnlib/threads.py).
"""

import statistics
import subprocess
import sys
import tempfile
import time

LOOP = """
from dataclasses import replace
import numpy as np
from rnnlib import corpus, training
from rnnlib.vocab import Vocab
text = corpus.read_text("shakespeare")
vocab = Vocab.from_text(text)
run = training.start(replace(training.MODERN, hidden_size=64, steps=1500), len(vocab), rng=np.random.default_rng(0))
train_ids, _ = corpus.split(vocab.encode(text))
for _ in training.train(run, train_ids):
    if run.step == 300:
        break
"""
PROGRAMS = {
    "the first 300 steps of notebook 00's network, H=64, as a process": ["-c", LOOP],
    "`rnnlib train shakespeare --steps 60`, as a process": ["-m", "rnnlib", "train", "shakespeare", "--steps", "60"],
}
OTHERS = 2  # programs beside
ROUNDS = 3


def seconds(arguments, folder):
    """Return how long a Python program takes, from start to end."""
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True, **quiet)
    return time.perf_counter() - began


def measure():
    """Yield (what, median seconds alone, median seconds beside OTHERS) for each of PROGRAMS."""
    with tempfile.TemporaryDirectory() as folder:
        for what, arguments in PROGRAMS.items():
            alone, beside = [], []
            for _ in range(ROUNDS):
                alone.append(seconds(arguments, tempfile.mkdtemp(dir=folder)))
                others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(OTHERS)]
                try:
                    beside.append(seconds(arguments, tempfile.mkdtemp(dir=folder)))
                finally:
                    for other in others:
                        other.kill()
                        other.wait()
            yield what, statistics.median(alone), statistics.median(beside)
