"""The figures of notebook 01: streams and blocks, the table of bigrams, the ladder of n-gram models."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import PowerNorm

from course.plots import visible
from course.style import BLUE, CARD, CRIMSON, GREEN, GREY, INK, ORANGE


def streams(sentence, B, T):
    """Draw a sentence as one line, and below it as B streams cut into blocks of T characters, a colour a block."""
    N = len(sentence)
    S = (N - 1) // B
    block_of = np.full(N, np.nan)  # the number of each character's block; nan: in none
    for b in range(B):
        block_of[b * S : b * S + S // T * T] = np.arange(S // T).repeat(T)
    fig, (above, below) = plt.subplots(2, 1, figsize=(9, 3.6), height_ratios=[1, 3], layout="constrained")
    _letters(above, [sentence], block_of[np.newaxis])
    above.set_xticks(np.arange(B) * S, np.arange(B) * S)
    above.set_yticks([])
    above.set_xlabel("place in the text; a line where a stream begins")
    above.vlines(np.arange(B) * S - 0.5, -0.5, 0.5, color=CRIMSON, linewidth=2, clip_on=False, zorder=3)
    _letters(below, [sentence[b * S : (b + 1) * S] for b in range(B)], block_of[: B * S].reshape(B, S))
    ends = np.arange(1, S // T + 1) * T
    below.set_xticks(ends - (T + 1) / 2, [f"block {m}" for m in range(S // T)])
    below.set_yticks(range(B), [f"stream {b}" for b in range(B)])
    below.tick_params(length=0)
    below.vlines(ends - 0.5, -0.5, B - 0.5, color=CARD, linewidth=4)
    below.set_xlabel("time runs to the right; without a colour the tail, which is dropped")
    return fig


def _letters(ax, rows, blocks):
    """Write rows of letters, each on the colour of its block, if it is in one."""
    ax.imshow(blocks, cmap="viridis", aspect="auto")
    for (row, column), block in np.ndenumerate(blocks):
        colour = CARD if block == 0 else INK
        letter = rows[row][column].replace(" ", "␣")
        ax.text(column, row, letter, ha="center", va="center", color=colour, family="DejaVu Sans Mono", fontsize=12)


def bigrams(table, chars):
    """Draw the probability of each next character after each current one; small ones can be told apart.

    Parameters
    ----------
    table : ndarray of shape (K, K)
        A row for each current character, a column for each next one.
    chars : str
        These K characters.
    """
    fig, ax = plt.subplots(figsize=(8, 6.6), layout="constrained")
    image = ax.imshow(table, cmap="viridis", norm=PowerNorm(0.5, vmin=0, vmax=1))
    ax.set_xticks(range(len(chars)), [visible(char) for char in chars])
    ax.set_yticks(range(len(chars)), [visible(char) for char in chars])
    ax.set_xlabel("next character")
    ax.set_ylabel("current character")
    fig.colorbar(image, ax=ax, label="probability of the next, given the current", ticks=[0, 0.01, 0.05, 0.2, 0.5, 1])
    return fig


def ladder(uniform, held_out, on_training):
    """Draw bits per character by the order of the n-gram model: bars for held-out text, dots for the training text.

    Parameters
    ----------
    uniform : float
        The bits of guessing blindly.
    held_out, on_training : dict
        Order -> bits.
    """
    best = min(held_out, key=held_out.get)
    fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
    ax.bar_label(ax.bar(0, uniform, color=GREY), fmt="%.2f", padding=3)
    bars = ax.bar(list(held_out), list(held_out.values()), color=BLUE)
    lowest = bars[list(held_out).index(best)]
    lowest.set(facecolor=GREEN, hatch="//", edgecolor=CARD)
    ax.bar_label(bars, fmt="%.2f", padding=3)
    (dots,) = ax.plot(list(on_training), list(on_training.values()), "o", ms=10, color=ORANGE, mec=CARD, mew=1.5)
    ax.set_xticks([0, *held_out], ["uniform", *held_out])
    ax.set_ylim(0, 1.1 * uniform)
    ax.set_xlabel("order of the n-gram model")
    ax.set_ylabel("bits per character")
    ax.legend([bars, lowest, dots], ["held-out tenth", "held-out tenth, the best order", "training text"])
    return fig
