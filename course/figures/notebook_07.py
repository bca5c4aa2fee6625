"""The drawings of notebook 07, on sampling: where a number lands, what temperature and the two cuts leave."""

import matplotlib.pyplot as plt
import numpy as np

from course.plots import visible
from course.style import BLUE, CARD, GREY, INK, ORANGE
from rnnlib import losses

SHOWN = 24  # bars


def staircase(chars, probs, u):
    """Stack the probabilities, each shifted one to the right, and show which block the number u hits."""
    ends = np.cumsum(probs)
    hit = np.searchsorted(ends, u, side="right")
    fig, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
    colours = plt.cm.cividis(np.linspace(0.1, 0.8, len(probs)))
    ax.bar(range(len(probs)), probs, 1, bottom=ends - probs, color=colours, edgecolor=CARD)
    arrow = {"arrowstyle": "->", "linestyle": "--", "lw": 1.5}
    ax.annotate("", (hit, u), (-0.5, u), arrowprops=arrow)
    ax.annotate("", (hit, 0), (hit, u), arrowprops=arrow)
    ax.text(-0.45, u + 0.03, f"u = {u}")
    ax.set(xlim=(-0.5, len(probs) - 0.5), ylim=(0, 1), xlabel="character drawn", ylabel="u, and the cumulative sums c")
    ax.set_xticks(range(len(probs)), chars)
    return fig


def _ticks(ax, order, vocab):
    ax.set_xticks(range(len(order)), [visible(vocab.chars[i]) for i in order])
    ax.set_ylabel("probability")


def one_above_the_other(rows, vocab, order):
    """Draw several distributions over the characters of `order`, one above the other; `rows` maps titles to probs."""
    fig, axes = plt.subplots(len(rows), 1, figsize=(7.5, 5.5), sharex=True, layout="constrained")
    for ax, (title, probs) in zip(axes, rows.items(), strict=True):
        ax.bar(range(len(order)), probs[order], color=BLUE)
        ax.axhline(1 / len(probs), color=INK, lw=0.8, ls=":")
        ax.set_title(title)
        _ticks(ax, order, vocab)
    axes[-1].set_xlabel("next character; dotted: all characters alike")
    return fig


def kept(ax, probs, kept_probs, vocab):
    """Draw the likeliest characters: grey, what the network says; blue, what we draw from. Return how many are left."""
    order = np.argsort(-probs, kind="stable")[:SHOWN]
    ax.bar(range(len(order)), probs[order], 0.9, color=GREY, label="the network's")
    ax.bar(range(len(order)), kept_probs[order], 0.4, color=BLUE, label="drawn from")
    _ticks(ax, order, vocab)
    some = kept_probs[kept_probs > 0]
    return f"{len(some)} left, {losses.bits(abs((some * np.log(some)).sum())):.2f} bits"


def kept_along(line, counts, constant):
    """Draw how many characters a cut keeps after each character of a line; spaces are orange."""
    fig, ax = plt.subplots(figsize=(9, 2.8), layout="constrained")
    spaces = np.array([char == " " for char in line])
    places = np.arange(len(line))
    ax.bar(places[~spaces], counts[~spaces], color=BLUE)
    ax.bar(places[spaces], counts[spaces], color=ORANGE, hatch="//", edgecolor=CARD)
    ax.axhline(constant, color=INK, ls="--", lw=0.8)
    note = f"hatched: a space; dashed: top-k {constant}"
    ax.set(ylabel="characters kept", xlabel=f"after reading this character ({note})")
    ax.set_xticks(places, [visible(char) for char in line], fontsize=8)
    return fig


def over_temperature(taus, values, ylabel, reference=None):
    """Draw a curve over the temperature; a dotted line marks what held-out text has."""
    fig, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
    ax.plot(taus, values, marker="o", color=BLUE)
    if reference is not None:
        ax.axhline(reference, color=INK, ls=":", label="held-out text")
        ax.legend()
    ax.set(xlabel="temperature", ylabel=ylabel)
    return fig


def along_text(values, xlabel, ylabel, log=False):
    """Draw one value for each character of a text."""
    fig, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
    if log:
        ax.semilogy(values, color=BLUE)
    else:
        ax.plot(range(1, len(values) + 1), values, marker="o", markersize=4, color=BLUE)
        ax.axhline(0, color=GREY, lw=0.8)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return fig


def entropies(taus, curves, ceiling):
    """Draw entropies in bits over the temperature; `curves` maps a context to its values."""
    fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for (context, bits), (colour, style) in zip(curves.items(), ((BLUE, "-"), (ORANGE, "--")), strict=True):
        ax.semilogx(taus, bits, style, color=colour, label=f"after {context!r}")
    ax.axhline(ceiling, color=INK, ls=":", lw=0.8)
    ax.axvline(1, color=GREY, lw=0.8)
    ax.set(xlabel="temperature", ylabel="entropy, bits")
    ax.legend()
    return fig


def side_by_side(texts, width=20, height=16):
    """Return texts as columns under their titles, long lines broken; `texts` maps a title to a text."""
    columns = []
    for title, text in texts.items():
        lines = [line[i : i + width] for line in text.split("\n") for i in range(0, max(1, len(line)), width)]
        columns.append([title, "-" * width, *(lines + height * [""])[:height]])
    rows = zip(*columns, strict=True)
    return "\n".join("   ".join(f"{cell:<{width}}" for cell in row).rstrip() for row in rows)
