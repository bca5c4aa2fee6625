"""How long a function takes, and how much faster another one is, measured so that a busy machine spoils it least.

Other programs can only make a try slower, so the fastest try counts; and two functions that are compared run in
turn, so that a busy spell falls on both.
"""

import time


def seconds_of(function, at_least=2e-3):
    """Return how long one call takes, from as many calls as a coarse clock needs: those of `at_least` seconds."""
    calls, took = 1, 0.0
    while took < at_least:
        began = time.perf_counter()
        for _ in range(calls):
            function()
        took = time.perf_counter() - began
        each, calls = took / calls, 2 * calls
    return each


def race(old, new, seconds=0.4, pause=0.0):
    """Call two functions in turn, for so many seconds; return fastest time of `old` / fastest time of `new`.

    Before each try comes a pause, in seconds: threads that a try leaves behind go to rest in it.
    """
    tries, until = ([], []), time.perf_counter() + seconds
    while len(tries[0]) < 5 or time.perf_counter() < until:
        for function, seen in zip((old, new), tries, strict=True):
            time.sleep(pause)
            seen.append(seconds_of(function))
    return min(tries[0]) / min(tries[1])
