"""What keeps the first pages of the course short: what there is to find in a play, and in what a network writes.

Notebook 08 searches for what a network's units follow, with controls.
"""

import re

import numpy as np

SPEAKER = re.compile(r"^([A-Z][A-Z ]+):$", re.MULTILINE)  # a line of capitals with a colon at its end


def speakers(play):
    """Return the set of names that stand alone on a line, in capitals, with a colon after them."""
    return set(SPEAKER.findall(play))


def in_a_name(play):
    """Mark the characters of the lines that name a speaker: bools of shape (len(play),)."""
    marks, before = [], ""
    for line in play.split("\n"):
        marks += [before == "" and line.endswith(":")] * len(line) + [False]
        before = line
    return np.array(marks[: len(play)])


def longest_copy(written, source):
    """Return the longest stretch of one text that stands in another, word for word."""
    length, best = 0, ""
    for start in range(len(written)):
        while start + length < len(written) and written[start : start + length + 1] in source:
            length += 1
            best = written[start : start + length]
    return best
