"""Figures of notebook 04: the unrolled network, rounds of the loop, losses against copies."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from course import plots
from course.diagrams.parts import DARK
from course.style import BLUE, ORANGE

_FACTORS = {"W_hy": "h_{now}ᵀ dz_{now}", "b_y": "dz_{now}", "W_hh": "h_{before}ᵀ δ_{now}",
            "W_xh": "x_{now}ᵀ δ_{now}", "b_h": "δ_{now}"}  # fmt: skip


def unrolled():
    """Draw the network over three time steps, an arrow for each number forwards and for each gradient backwards."""
    fig, ax = plt.subplots(figsize=(8.5, 5), layout="constrained")
    for t in range(4):
        for name, y in (("x", 0), ("h", 1), ("z", 2), ("L", 3)) if t else (("h", 1),):
            ax.text(2 * t, y, f"${name}_{t}$", ha="center", va="center", fontsize=17)
    for t in (1, 2, 3):
        _arrows(ax, (2 * t - 2, 1), (2 * t, 1), f"$W_{{hh}}^{{({t})}}$")
        _arrows(ax, (2 * t, 0), (2 * t, 1), f"$W_{{xh}}^{{({t})}}$")
        _arrows(ax, (2 * t, 1), (2 * t, 2), f"$W_{{hy}}^{{({t})}}$")
        _arrows(ax, (2 * t, 2), (2 * t, 3))
    ax.text(-0.9, 2.75, "solid: numbers, forwards", color=DARK[BLUE], fontsize=12)
    ax.text(-0.9, 2.4, "dashed: gradients, backwards", color=DARK[ORANGE], fontsize=12)
    ax.set(xlim=(-0.95, 6.7), ylim=(-0.25, 3.25))
    ax.set_axis_off()
    return fig


def _arrows(ax, start, end, name=""):
    """Draw a solid arrow from start to end, a dashed one back beside it, and a name."""
    start, end = np.array(start, float), np.array(end, float)
    along = (end - start) / np.hypot(*(end - start))
    beside = 0.07 * np.array([-along[1], along[0]])  # so that the two do not cover each other
    tail, head = start + 0.3 * along, end - 0.3 * along
    ax.annotate("", head + beside, tail + beside, arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2})
    backwards = {"arrowstyle": "->", "color": ORANGE, "lw": 2, "linestyle": "--"}
    ax.annotate("", tail - beside, head - beside, arrowprops=backwards)
    x, y = (start + end) / 2 + np.array([0.17, 0.2]) * along[::-1]
    ax.text(x, y, name, ha="left" if along[1] else "center", va="center", fontsize=12)


def draw_round(axes, k, added, so_far, strongest, chars):
    """Draw one round of the backward loop over nine time steps.

    Parameters
    ----------
    axes : array of Axes, of shape (2, 5)
        Above, what the round adds to each gradient; below, the sums so far.
    k : int
        Time steps back from the last.
    added, so_far : dict of ndarray
    strongest : dict of float
        The value of the strongest colour, for each gradient.
    chars : sequence of str
        The names of the rows of W_xh.
    """
    products = {name: "+ " + factors.format(now=9 - k, before=8 - k) for name, factors in _FACTORS.items()}
    sums = {name: f"{name} so far" for name in _FACTORS}
    for row, arrays, titles in ((axes[0], added, products), (axes[1], so_far, sums)):
        for ax, (name, title) in zip(row, titles.items(), strict=True):
            ax.imshow(arrays[name], cmap="RdBu_r", vmin=-strongest[name], vmax=strongest[name], aspect="auto")
            ax.set_title(title, fontsize=10)
            ax.set(xticks=[], yticks=[])
    axes[0, 3].set_yticks(range(len(chars)), chars)


def losses_against_copies(sizes, text):
    """Draw how much each loss (row) contributes to each copy of W_hh (column), logarithmically; zero is white."""
    fig, ax = plt.subplots(figsize=(6.8, 5.4), layout="constrained")
    shown = np.where(sizes > 0, np.maximum(sizes / sizes.max(), 1e-4), np.nan)
    image = ax.imshow(shown, cmap="viridis", norm=LogNorm(1e-4, 1))
    ax.set_xticks(range(len(sizes)), [plots.visible(char) for char in text[:-1]])
    ax.set_yticks(range(len(sizes)), [plots.visible(char) for char in text[1:]])
    ax.set_xlabel("copy of W_hh (the character read there)")
    ax.set_ylabel("loss (the character to predict there)")
    fig.colorbar(image, label="size of the contribution, largest = 1")
    return fig
