"""The drawings of notebook 08, on hidden units: a score beside chance, frozen units, a passage with a cursor, maps."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patheffects import withStroke

from course.plots import visible
from course.style import BLUE, CARD, CRIMSON, GREEN, GREY, INK, ORANGE


def unit_beside_chance(unit, values, labels, found, null):
    """Draw a unit's values inside and outside a feature, and its score beside those that chance finds."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    for mask, style in ((labels, {"color": ORANGE, "label": "in names"}),
                        (~labels, {"color": BLUE, "ls": "--", "label": "elsewhere"})):  # fmt: skip
        share = np.full(mask.sum(), 100 / mask.sum())
        left.hist(values[mask], np.linspace(-1, 1, 21), weights=share, histtype="step", lw=2, **style)
    left.set(xlabel=f"activation of unit {unit}", ylabel="% of the characters")
    left.legend()
    right.hist(null, np.linspace(0.3, 1, 71), color=GREY, label=f"{len(null)} shifts, best unit of each")
    right.axvline(found, color=ORANGE, lw=2, label=f"unit {unit}")
    right.set(xlabel="AUC on the second part", ylabel="shifts")
    right.legend(loc="upper center")
    return fig


def scores(table):
    """Draw a table of `controls.compare` as bars: AUCs left, correlations right."""
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    styles = ((BLUE, ""), (GREEN, "//"), (ORANGE, ""), (GREY, "xx"))
    for ax, kind, zero in zip(axes, ("AUC", "r"), (0.5, 0), strict=True):
        rows = [name for name, row in table.items() if row["score"] == kind]
        places = np.arange(len(rows))
        for k, (which, (colour, hatch)) in enumerate(zip([*table[rows[0]]][1:5], styles, strict=True)):
            widths = [table[name][which] - zero for name in rows]
            ax.barh(places + 0.2 * k, widths, 0.2, left=zero, label=which, color=colour, hatch=hatch, edgecolor=CARD)
        ax.set_yticks(places + 0.3, rows)
        ax.set(ylim=(len(rows) - 0.2, -0.2), xlim=(zero - 0.1, 1.01))
        ax.axvline(zero, color=INK, linewidth=1)
        ax.set_xlabel(f"{'AUC' if kind == 'AUC' else 'correlation'} on the second part")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return fig


def frozen_units(elsewhere, in_names, unit):
    """Draw a dot for each frozen unit: what it costs in names, over what it costs elsewhere."""
    fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    ax.scatter(elsewhere, in_names, s=14, color=BLUE)
    ax.scatter(elsewhere[unit], in_names[unit], s=40, color=ORANGE, marker="D")
    ax.annotate(f"unit {unit}", (elsewhere[unit], in_names[unit]), (8, 0), textcoords="offset points", va="center")
    ax.margins(x=0.15)
    ax.set(xlabel="extra bits per character elsewhere", ylabel="extra bits per character in names")
    return fig


def cursor(fig, t, text, states, unit, expected, coming, chars):
    """Draw a passage with a cursor on character t, the state after it, and what is expected next.

    Parameters
    ----------
    fig : matplotlib Figure or SubFigure
    t : int
    text : str
        The passage, N characters.
    states : ndarray of shape (N, H)
    unit : int
        The column of `states` that gets a frame.
    expected : dict
        Name of a network to its probabilities, shape (N, V); the first one's twelve likeliest are drawn.
    coming : int ndarray of shape (N,)
        The ids of the characters that come next.
    chars : str
        The vocabulary.
    """
    axes = fig.subplot_mosaic([["text", "text"], ["state", "next"]], width_ratios=[1, 2.5], height_ratios=[1, 8])
    fig.subplots_adjust(left=0.03, right=0.98, bottom=0.18, top=0.96, wspace=0.12)
    _passage(axes["text"], t, text)
    _state(axes["state"], states[t], unit)
    _expected(axes["next"], {name: probs[t] for name, probs in expected.items()}, coming[t], chars)


def _passage(ax, t, text):
    line = "".join(map(visible, text))
    for begin, part, colour in ((t, "█", ORANGE), (0, line[: t + 1], INK), (t + 1, line[t + 1 :], GREY)):
        ax.text(0, 0, " " * begin + part, family="monospace", fontsize=12, color=colour)
    ax.set_axis_off()


def _state(ax, h, unit):
    side = int(np.ceil(len(h) ** 0.5))
    squares = np.full(side**2, np.nan)
    squares[: len(h)] = h
    ax.imshow(squares.reshape(side, side), cmap="RdBu_r", vmin=-1, vmax=1)
    row, column = divmod(unit, side)
    frame = plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=2)
    frame.set_path_effects([withStroke(linewidth=5, foreground="white")])  # seen on pale and on dark squares
    ax.add_patch(frame)
    ax.set(xticks=[], yticks=[], xlabel=f"framed: {h[unit]:+.2f}")


def _expected(ax, probs, coming, chars):
    likeliest = np.argsort(-next(iter(probs.values())))[:12]
    for k, ((name, p), style) in enumerate(zip(probs.items(), ((BLUE, ""), (ORANGE, "//")), strict=True)):
        label, (colour, hatch) = f"{name}: {-np.log2(p[coming]):.2f} bits", style
        places = np.arange(len(likeliest)) + 0.4 * k
        ax.bar(places, p[likeliest], 0.4, label=label, color=colour, hatch=hatch, edgecolor=CARD)
    ax.set_xticks(np.arange(len(likeliest)) + 0.2, [visible(chars[i]) for i in likeliest])
    ax.set(ylim=(0, 1), xlabel=f"next character; it will be {visible(chars[coming])}", ylabel="probability")
    ax.legend(loc="upper right")


def saturation(moments):
    """Draw histograms of activations side by side; `moments` maps a title to states, shape (T, H)."""
    fig, axes = plt.subplots(1, len(moments), figsize=(9, 2.6), sharey=True, layout="constrained")
    for ax, (moment, h) in zip(axes, moments.items(), strict=True):
        ax.hist(h.ravel(), np.linspace(-1, 1, 21), weights=np.full(h.size, 100 / h.size), color=BLUE)
        ax.set_title(f"{moment}\n{(np.abs(h) > 0.95).mean():.0%} saturated", fontsize=10)
        ax.set_xlabel("activation h")
    axes[0].set_ylabel("% of activations, a bar")
    return fig


def maps(planes, classes, names):
    """Draw points in the plane, one panel for each entry of `planes`, with a colour and a marker for each class."""
    looks = zip((ORANGE, BLUE, INK, GREY, CRIMSON, GREEN), "ov+x^D", names, strict=True)
    styles = [{"color": colour, "marker": marker, "label": name} for colour, marker, name in looks]
    fig, axes = plt.subplots(2, 2, figsize=(8, 7), layout="constrained")
    for ax, (title, points) in zip(axes.T.flat, planes.items(), strict=True):
        for k, style in enumerate(styles):
            shown = points[classes == k]
            ax.scatter(shown[:, 0], shown[:, -1], s=16, linewidths=0.9, **style)
        ax.set(title=title, xlabel="first component", ylabel="second component")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=6, markerscale=2)
    return fig
