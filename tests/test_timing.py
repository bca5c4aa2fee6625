"""The clock of notebook 11: one call's time, and a ratio of two."""

import time

from course.timing import race, seconds_of


def wait(seconds):
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_it_times_one_call_however_many_it_takes_to_see_it():
    assert 1e-3 <= min(seconds_of(lambda: wait(1e-3)) for _ in range(5)) < 4e-3
    assert 0 < min(seconds_of(lambda: None) for _ in range(5)) < 1e-4


def test_a_race_says_how_much_faster_the_new_one_is():
    assert 1.5 < race(lambda: wait(3e-3), lambda: wait(1e-3), seconds=0.05) < 6
