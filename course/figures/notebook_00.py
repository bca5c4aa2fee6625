"""The figures of notebook 00: what a network expects, what it scores, how its loss falls."""

import matplotlib.pyplot as plt
import numpy as np

from course import plots
from course.style import BLUE, GREY, INK


def expectations(expected, vocab):
    """Draw what may come after each beginning: the eight likeliest next characters, as bars.

    Parameters
    ----------
    expected : dict
        The probabilities of the next character, an array of shape (V,), after each beginning, a str; up to four.
    vocab : Vocab
    """
    fig, axes = plt.subplots(2, 2, figsize=(8, 4.5), sharey=True, layout="constrained")
    for ax, (beginning, probs) in zip(axes.flat, expected.items(), strict=False):
        plots.probabilities(ax, probs, vocab, most=8)
        ax.set_title(f"after {beginning!r}")
    return fig


def scores(bits):
    """Draw bits per character, name -> bits, as bars; the last one is the network's."""
    fig, ax = plt.subplots(figsize=(7, 2.2), layout="constrained")
    bars = ax.barh(list(bits), list(bits.values()), color=[GREY] * (len(bits) - 1) + [BLUE])
    ax.bar_label(bars, fmt="%.2f", padding=3)
    ax.invert_yaxis()
    ax.set_xlim(0, 1.1 * max(bits.values()))
    ax.set_xlabel("bits per character on held-out text (shorter is better)")
    return fig


def learning(losses, blind):
    """Draw the loss of each training step, in nats, and as a dotted line the loss of a blind guess."""
    fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    plots.losses(ax, np.arange(1, len(losses) + 1), losses, lw=0.8)
    ax.axhline(blind, color=INK, ls=":", lw=1)
    ax.set_title("dotted: all characters equally likely", fontsize="medium")
    return fig
