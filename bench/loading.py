"""How long a shipped network takes to load, against np.load of the same arrays.

    .venv/bin/python -m bench.bench loading

In turn, in one process, in CPU time: files of a few MB come from memory, and a busy machine should not count.
Medians of times and of ratios; the aim is a ratio of at most 3.
"""

import statistics
import time

import numpy as np

from rnnlib import checkpoint, corpus

ROUNDS = 201


def read_arrays(path):
    """Read every array of an .npz, as numpy does it."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def compare(path, rounds=ROUNDS):
    """Return the median seconds of `load_model` and of `np.load`, and the median of their ratios."""
    seconds = {checkpoint.load_model: [], read_arrays: []}
    for _ in range(rounds):
        for load, times in seconds.items():
            began = time.process_time()
            load(path)
            times.append(time.process_time() - began)
    ours, theirs = seconds.values()
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def measure():
    """Yield (file, median seconds of `load_model`, median seconds of `np.load`, median ratio) for each shipped one."""
    for path in sorted(corpus.DATA.glob("*.npz")):
        yield path.name, *compare(path)
