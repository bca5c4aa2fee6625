"""Time several sides in turn, A B C A B C ..., and take the medians.

Each side is a process of its own, so that no one's threads, allocator or floating-point mode touch another's.
A side is a number of threads, a function and its arguments; called in its process, which has so many threads, the
function returns the step to be timed, a function without arguments.
"""

import multiprocessing
import os
import statistics
import time
from typing import NamedTuple

from rnnlib.threads import use_threads

TURN = 0.1  # seconds of a turn, at least one step
PAUSE = 0.3  # before a turn; the BLAS threads of the side before stay awake for a while
ROUNDS = 5  # at least


class Timing(NamedTuple):
    """What was seen of one side."""

    seconds: float  # median over the rounds, of one step
    first: list  # what its first steps returned: the losses, for a training step


def compare(sides, seconds=12.0, first=5):
    """Return {name: Timing}, or {name: str} for a side that cannot be imported: why not.

    Parameters
    ----------
    sides : dict
        name: (threads, make, *arguments); `make(*arguments)` returns the step.
    seconds : float
        How long to go on.
    first : int
        Steps before the clock starts, whose return values are kept.
    """
    context = multiprocessing.get_context("spawn")
    pipes = {}
    for name, side in sides.items():
        pipes[name], far_end = context.Pipe()
        context.Process(target=_serve, args=(far_end, side, first), daemon=True).start()
        far_end.close()
    answers = {name: pipe.recv() for name, pipe in pipes.items()}
    there = [name for name, answer in answers.items() if not isinstance(answer, str)]

    def turn(name, count):
        time.sleep(PAUSE)
        pipes[name].send(count)
        return pipes[name].recv()

    counts = {name: max(1, round(TURN / turn(name, 1))) for name in there}
    times = {name: [] for name in there}
    until, rounds = time.perf_counter() + seconds, 0
    while rounds < ROUNDS or time.perf_counter() < until:
        for name in there:
            times[name].append(turn(name, counts[name]))
        rounds += 1
    for name in there:
        pipes[name].send(0)
        answers[name] = Timing(statistics.median(times[name]), answers[name])
    return answers


def limit_threads(threads):
    """Have numpy, and PyTorch and JAX that are still to be imported, use so many threads."""
    use_threads(threads)
    os.environ["OMP_NUM_THREADS"] = os.environ["NPROC"] = str(threads)  # PyTorch's, JAX's
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # XLA counts the cores it may use


def _serve(pipe, side, first):
    threads, make, *args = side
    limit_threads(threads)
    try:
        step = make(*args)
    except ImportError as error:
        pipe.send(f"{error.name} is not installed")
        return
    pipe.send([step() for _ in range(first)])
    while count := pipe.recv():
        step()  # not counted: caches and threads wake up
        began = time.perf_counter()
        for _ in range(count):
            step()
        pipe.send((time.perf_counter() - began) / count)
