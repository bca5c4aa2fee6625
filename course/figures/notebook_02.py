"""The figures of notebook 02, and how it prints an array: the unrolled network, tanh, states that grow or fade."""

import matplotlib.pyplot as plt
import numpy as np

from course import plots
from course.diagrams.parts import DARK
from course.style import BLUE, CARD, GREEN, GREY, INK, MARKERS, ORANGE


def show(name, array):
    """Print the name, the shape and the numbers of an array; of a large one, the first six rows and columns."""
    corner = array[tuple(slice(6) for _ in array.shape)]
    note = "" if corner.size == array.size else ", a corner of it"
    print(f"{name} {array.shape}{note}\n{corner.round(4) + 0.0}\n")  # + 0.0 makes 0 of -0


def unrolled(word):
    """Draw the network folded, on the left, and unrolled over a word."""
    fig, ax = plt.subplots(figsize=(9, 2.7), layout="constrained")
    node = {"ha": "center", "va": "center", "bbox": {"boxstyle": "round,pad=0.5", "fc": CARD, "ec": INK}, "zorder": 3}

    def arrow(start, end, label, at, curve="arc3"):
        ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "connectionstyle": curve})
        ax.text(*at, label, ha="center", va="center", color=DARK[BLUE])

    for place, name, char in [(-1.6, "t", ""), *((t, t, f'  "{char}"') for t, char in enumerate(word, 1))]:
        ax.text(place, 0, f"$x_{name}${char}", **node)
        ax.text(place, 1, f"$h_{name}$", **node)
        arrow((place, 0.2), (place, 0.8), "$W_{xh}$", (place + 0.23, 0.5))
    ax.text(0, 1, "$h_0$", **node)
    for t in range(len(word)):
        arrow((t + 0.2, 1), (t + 0.8, 1), "$W_{hh}$", (t + 0.5, 1.17))
    arrow((-1.45, 1.15), (-1.75, 1.15), "$W_{hh}$", (-1.6, 1.66), curve="arc3,rad=1.8")
    ax.set(xlim=(-2.4, len(word) + 0.5), ylim=(-0.3, 1.8), frame_on=False, xticks=[], yticks=[])
    return fig


def tanh(*, slope=False):
    """Draw tanh, and its slope if asked; beyond the dotted lines a unit is called saturated."""
    a = np.linspace(-5, 5, 201)
    fig, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
    ax.plot(a, np.tanh(a), color=INK, label="state h = tanh(a)")
    if slope:
        ax.plot(a, 1 - np.tanh(a) ** 2, "--", color=BLUE, label="slope 1 − h²")
    for side in (-1, 1):
        ax.axvline(side * np.arctanh(0.95), color=GREY, ls=":", label="h = ±0.95" if side > 0 else None)
    ax.set(xlabel="pre-activation a", ylabel="state and slope" if slope else "state h")
    ax.legend(loc="upper left", fontsize=8)
    return fig


def fading(shares):
    """Draw what share of a change the state still shows after each character: name -> ndarray of shape (T,)."""
    fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
    looks = zip([INK, BLUE, ORANGE, GREEN], ["", *MARKERS], ["-", "-", "--", ":"], strict=False)
    for (name, share), (colour, marker, dashes) in zip(shares.items(), looks, strict=False):
        ax.semilogy(range(1, 36), share[:35], marker=marker, ls=dashes, color=colour, ms=4, lw=1.2, label=name)
    ax.axhline(0.01, color=GREY, lw=0.8)
    ax.text(35, 0.011, "1 %", ha="right", va="bottom", color=INK)
    ax.set(xlabel="characters read, the changed one included", ylabel="share still visible", ylim=(1e-6, 1.5))
    ax.legend()
    return fig


def lengths(without, with_tanh, H):
    """Draw the length of the state at each step, without tanh and with it: spectral radius -> ndarray of shape (T,)."""
    fig, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for ax, runs, steps in zip(axes, (without, with_tanh), (None, 50), strict=True):
        for (radius, norms), style in zip(runs.items(), (":", "--", "-"), strict=True):
            ax.plot(np.arange(len(norms[:steps])) + 1, norms[:steps], style, lw=1.5, label=f"radius {radius}")
        ax.set_ylabel("length of the state")
    axes[0].set(title="without tanh", xlabel="characters read", yscale="log")
    axes[1].set(title="with tanh", xlabel="characters read (the first 50)", ylim=(0, 1.6 * np.sqrt(H)))
    axes[1].axhline(np.sqrt(H), color=GREY, ls="-", lw=1, label="√H")
    axes[1].legend(loc="upper right", ncols=2, fontsize=8)
    axes[0].legend()
    return fig


def memory(axes, states, text, named, baseline):
    """Draw the states over a text, and beside them how often each character of the past can be named from them.

    Parameters
    ----------
    axes : two matplotlib Axes
    states : ndarray of shape (T, H)
    text : str
        T characters.
    named : ndarray of shape (K,)
        The share named rightly, 0, 1, 2, ... characters ago.
    baseline : float
        The share that always naming the commonest character gets.
    """
    H = states.shape[1]
    plots.activations(axes[0], states, text, colorbar=False)
    axes[0].set_title(f"{H} unit{'s' * (H > 1)}, from −1 (blue) to 1 (red)", fontsize="medium")
    axes[1].bar(range(len(named)), named, color=BLUE)
    axes[1].axhline(baseline, color=GREY, lw=1)
    axes[1].set(xlabel="k, characters ago", ylabel="share named", ylim=(0, 1.02), xticks=range(len(named)))
