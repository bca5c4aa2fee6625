"""The figures of notebook 10: the memory task, the gradient that arrives, gates over a text, planted bugs."""

import matplotlib.pyplot as plt
import numpy as np

from course.plots import visible
from course.style import BLUE, GREEN, GREY, INK, ORANGE

STYLES = {
    "vanilla": {"color": BLUE, "marker": "o", "linestyle": "-"},
    "GRU": {"color": ORANGE, "marker": "s", "linestyle": "--"},
    "LSTM": {"color": GREEN, "marker": "^", "linestyle": "-."},
}


def accuracies(recalled):
    """Draw the accuracy on the memory task: a marker for each network, side by side at each gap.

    Parameters
    ----------
    recalled : dict
        (name of the cell, gap, trial) -> accuracy, for the cells of STYLES.
    """
    fig, ax = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
    gaps = sorted({gap for _, gap, _ in recalled})
    for k, (name, style) in enumerate(STYLES.items()):
        points = [(gaps.index(gap), score) for (cell, gap, _), score in recalled.items() if cell == name]
        x, y = np.array(points).T
        beside = x + 0.16 * (k - 1) + 0.05 * (-1) ** np.arange(len(x))
        ax.plot(beside, y, style["marker"], color=style["color"], label=name, clip_on=False)
    ax.axhline(1 / 8, color=GREY, linestyle=":", label="guessing")
    ax.set(xlabel="gap, fillers", ylabel="share named correctly", ylim=(0, 1.03), xlim=(-0.5, len(gaps) - 0.5))
    ax.set_xticks(range(len(gaps)), gaps)
    ax.legend(loc="lower left")
    return fig


def gradient_reach(shares, distances, titles):
    """Draw the share of the gradient that arrives against the distance, a panel for each title.

    Parameters
    ----------
    shares : dict
        Name of the cell -> a list of arrays, one for each panel, of shape (len(distances),).
    distances : list of int
    titles : list of str
    """
    fig, axes = plt.subplots(1, len(titles), figsize=(8.5, 3.5), layout="constrained", sharey=True)
    for k, (ax, title) in enumerate(zip(axes, titles, strict=True)):
        for name, panels in shares.items():
            ax.semilogy(distances, panels[k], label=name, **STYLES[name])
        ax.set(title=title, xlabel="distance, time steps")
    axes[0].set_ylabel("share of the gradient that arrives")
    axes[0].legend(loc="lower left")
    return fig


def gates_over_text(gates, text, height=3.5):
    """Draw gates over a text, one panel above the other: a row for each unit, a column for each character.

    Parameters
    ----------
    gates : dict
        Name of the gate -> values of shape (len(text), units), from 0 to 1.
    text : str
    height : float
        Of each panel, in inches.
    """
    size = 10, height * len(gates)
    fig, axes = plt.subplots(len(gates), figsize=size, layout="constrained", sharex=True, squeeze=False)
    for ax, (name, values) in zip(axes[:, 0], gates.items(), strict=True):
        image = ax.imshow(values.T, vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        ax.set(yticks=[], ylabel=f"{values.shape[1]} units")
        ax.tick_params(axis="x", length=0)
        fig.colorbar(image, ax=ax, label=f"{name} gate", pad=0.01)
    letters = [visible(char) for char in text]
    ax.set_xticks(range(len(text)), letters, fontsize=11, family="monospace")
    ax.set_xlabel("the text, one character per column")
    return fig


def largest_errors(found, limit):
    """Draw the largest error that each planted bug causes, on a logarithmic axis, and the limit.

    Parameters
    ----------
    found : dict
        "lstm: name of the bug" or "gru: name of the bug" -> largest relative error.
    limit : float
    """
    fig, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    cells = ["LSTM" if name.startswith("lstm") else "GRU" for name in found]
    ax.barh(range(len(found)), found.values(), color=[STYLES[cell]["color"] for cell in cells])
    ax.axvline(limit, color=INK, linestyle=":")
    ax.set_yticks(range(len(found)), found, fontsize=9)
    ax.invert_yaxis()
    ax.set(xscale="log", xlim=(limit / 10, None), xlabel="largest relative error found; dotted: the limit")
    return fig
