"""The drawings of notebook 09, on gradients over distance: how much arrives, a cliff, what a memory task needs."""

import matplotlib.pyplot as plt
import numpy as np

from course import plots
from course.style import BLUE, GREY, INK, ORANGE

LENGTH = "length of the gradient,\nas a share of what it started with"
STYLES = "o", "s", "^", "D", "v"


def products(over):
    """Draw derivatives of a later state with respect to the first; `over` maps a number of steps to a matrix (H, H)."""
    fig, axes = plt.subplots(1, len(over), figsize=(9, 3.2), layout="constrained", sharey=True)
    for ax, (steps, matrix) in zip(axes, over.items(), strict=True):
        plots.matrix(ax, matrix, numbers=False, limit=1)
        ax.set(title=f"from $h_0$ to $h_{steps}$", xlabel="unit that answers")
    axes[0].set_ylabel("unit that was nudged")
    return fig


def over_distance(curves):
    """Draw the gradient's length over distance, with its bound, for each radius; `curves` maps a radius to lengths."""
    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    colours = plt.cm.viridis(np.linspace(0, 0.6, len(curves)))
    for (rho, curve), colour, marker in zip(curves.items(), colours, STYLES, strict=False):
        ax.semilogy(curve, color=colour, marker=marker, markevery=10, label=f"{rho}")
        ax.semilogy(float(rho) ** np.arange(len(curve)), ":", color=colour)
    ax.axhline(1, color=GREY, linewidth=0.8)
    ax.set(xlabel="distance, time steps back", ylabel=LENGTH, ylim=(1e-20, 1e12))
    ax.legend(title="radius ρ", loc="lower left")
    return fig


def walks(loss, paths):
    """Draw the steps of gradient descent on a curve; `paths` maps a title to the values of b, in order."""
    fig, axes = plt.subplots(1, len(paths), figsize=(9, 3.4), layout="constrained", sharey=True)
    line = np.linspace(-1.2, 1.0, 2001)
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        ax.plot(line, loss(line), color=GREY)
        ax.plot(path, loss(path), ".-", color=ORANGE, linewidth=0.7)
        ax.plot(path[0], loss(path[0]), "o", color=INK, label="start")
        ax.set(title=name, xlabel="b")
    axes[0].set_ylabel("loss")
    axes[0].legend()
    return fig


def recall(runs, guess=1 / 8):
    """Draw accuracy over the gap; `runs` maps a label to (gaps, scores of shape (gaps, networks))."""
    fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
    for (label, (gaps, scores)), (style, colour) in zip(runs.items(), (("o-", BLUE), ("s--", ORANGE)), strict=True):
        ax.semilogx(gaps, scores, style[0], color=colour, alpha=0.4)
        ax.semilogx(gaps, scores.mean(axis=1), style, color=colour, label=label)
    ax.axhline(guess, color=GREY, linestyle=":", label="a guess")
    ax.set(xlabel="gap N, fillers between symbol and question", ylabel="accuracy at gap N", ylim=(0, 1.05))
    ticks = sorted({gap for gaps, _ in runs.values() for gap in gaps})
    ax.set_xticks(ticks, ticks)
    ax.minorticks_off()
    ax.legend(loc="lower left")
    return fig
