"""The figures of notebook 12: a word narrows an interval, and the race of the compressors."""

import matplotlib.pyplot as plt
import numpy as np

from course.diagrams.parts import TINTS
from course.style import BLUE, GREY, INK


def narrowing(word, chars, p, C, interval):
    """Draw a bar for each letter of a word: its interval so far, cut into shares, the chosen one dark.

    Parameters
    ----------
    word, chars : str
        Each letter of the word is one of the characters.
    p, C : sequence of number
        The width of each character's share, and where in [0, 1] it begins.
    interval : function
        From ids to (low, width).
    """
    fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    ids = [chars.index(char) for char in word]
    for row, i in enumerate(ids):
        low, width = map(float, interval(ids[:row]))
        for k, char in enumerate(chars):
            fill, ink = (BLUE, "white") if k == i else (TINTS[GREY], INK)
            ax.barh(-row, float(p[k]), 0.5, float(C[k]), color=fill, edgecolor=GREY)
            ax.text(float(C[k] + p[k] / 2), -row, char, ha="center", va="center", color=ink)
        ax.text(-0.01, -row, f"{low:.5f}", ha="right", va="center")
        ax.text(1.01, -row, f"{low + width:.5f}", ha="left", va="center")
        for edge, end in ((C[i], 0), (C[i] + p[i], 1)) if row + 1 < len(ids) else ():
            ax.plot([float(edge), end], [-row - 0.25, -row - 0.75], "--", color=GREY, linewidth=0.8)
    ax.set(xlim=(-0.12, 1.12))
    ax.set_axis_off()
    return fig


def race(alone, primed, sees, characters, spread=None):
    """Draw each file's bits per character as a bar: grey with the text alone, blue with another text known.

    Parameters
    ----------
    alone, primed : dict
        Bytes, by the name of who wrote the file.
    sees : dict
        How much of the other text it has read, by name; "all of it" if it is not there.
    characters : int
        The length of the text.
    spread : dict, optional
        Name to several sizes in bytes: their range is drawn over the end of that bar.
    """
    files = [(f"{name}, alone", size, GREY) for name, size in alone.items()]
    labels = {name: f"{name}, has read {sees.get(name, 'all of it')}" for name in primed}
    files += [(labels[name], size, BLUE) for name, size in primed.items()]
    labelled, sizes, colours = zip(*sorted(files, key=lambda file: file[1]), strict=True)
    bits = 8 * np.array(sizes) / characters
    fig, ax = plt.subplots(figsize=(8, 3.8), layout="constrained")
    ax.bar_label(ax.barh(labelled, bits, color=colours), fmt="%.2f", padding=14)
    for name, several in (spread or {}).items():
        ends = 8 * np.array([min(several), max(several)]) / characters
        ax.plot(ends, [labelled.index(labels[name])] * 2, color=INK, linewidth=3)
    ax.invert_yaxis()
    ax.set(xlabel="bits per character, first act of The Tempest", xlim=(0, 1.15 * bits.max()))
    return fig
