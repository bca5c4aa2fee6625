"""The figures of notebook 06: one step and many, clipping, truncation, streams, two recipes, and what lies deeper."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator

from course import plots
from course.style import BLUE, CARD, CRIMSON, GREEN, GREY, INK, ORANGE
from rnnlib import losses

OPTIMISERS = {
    "SGD": {"color": BLUE, "linestyle": "-", "marker": "o"},
    "Adagrad": {"color": ORANGE, "linestyle": "--", "marker": "s"},
    "RMSprop": {"color": GREEN, "linestyle": "-.", "marker": "^"},
    "Adam": {"color": CRIMSON, "linestyle": (0, (1.2, 1.2)), "marker": "D"},
}
NATS = "loss, nats per character"


def _panels(columns=1, size=(7, 3.2), **shared):
    return plt.subplots(1, columns, figsize=size, layout="constrained", **shared)


def recent_mean(values, width):
    """Return the places and the values of the running mean over the last `width` values."""
    mean = np.convolve(values, np.ones(width) / width, mode="valid")
    return np.arange(len(mean)) + width - 1, mean


def word(nats):
    """Draw the loss over the steps on two logarithmic axes, with ln 4 as a dotted line."""
    fig, ax = _panels(size=(6, 3))
    ax.loglog(range(1, len(nats) + 1), nats, color=BLUE, label="the loss")
    ax.axhline(np.log(4), color=GREY, linestyle=":", label="ln 4: four characters equally likely")
    ax.set(xlabel="training step, from 1", ylabel=NATS)
    ax.legend(loc="lower left")
    return fig


def one_step(rates, line, promised):
    """Draw the loss after one step over the learning rate, and the straight line that the gradient promises."""
    fig, ax = _panels(size=(6, 3))
    ax.plot(rates, line, color=BLUE, label="the loss after the step")
    ax.plot(rates, promised, "--", color=GREY, label="what (6.1) promises")
    ax.set(xlabel="learning rate of a single step", ylabel="loss of the block, nats")
    ax.set_ylim(min(line) - 0.3, max(line) + 0.3)
    ax.legend(loc="upper left")
    return fig


def classic_losses(raw, smooth, log_v):
    """Draw each block's loss, the smoothed loss and the mean of the last 200 blocks, in nats and bits."""
    fig, ax = _panels(size=(8, 3.6))
    plots.losses(ax, range(len(raw)), raw, color=GREY, linewidth=0.4, label="each block")
    plots.losses(ax, range(len(raw)), smooth, color=BLUE, linewidth=2, label="smoothed, as printed")
    plots.losses(ax, *recent_mean(raw, 200), color=ORANGE, linestyle="--", label="mean of the last 200 blocks")
    ax.axhline(log_v, color=INK, linestyle=":", label="ln V")
    ax.legend(loc="upper right")
    return fig


def clipped_vectors(g, by_value, by_norm):
    """Draw a gradient of two elements and its two clipped versions, from the origin."""
    fig, ax = _panels(size=(6, 2.4))
    for vector, line, colour, name in (
        (g, "o:", GREY, "g"),
        (by_value, "s--", ORANGE, "by value"),
        (by_norm, "o-", BLUE, "by norm"),
    ):
        ax.plot([0, vector[0]], [0, vector[1]], line, color=colour, linewidth=2, label=name)
    ax.set(xlabel="first element", ylabel="second element", xlim=(-0.3, 10.5), ylim=(-0.3, 3.5), aspect="equal")
    ax.legend(loc="lower right")
    return fig


def exploding(runs, log_v):
    """Draw the loss (means of ten steps) and the first 30 gradient norms of three runs: a dict, name to records."""
    fig, (left, right) = _panels(2, size=(9, 3.4))
    looks = (("-", ORANGE), ("-", BLUE), (":", INK))
    for (name, records), (style, colour) in zip(runs.items(), looks, strict=True):
        means = np.array([record.loss for record in records]).reshape(-1, 10).mean(axis=1)
        left.semilogy(np.arange(5, 10 * len(means), 10), means, style, color=colour, label=name)
        right.semilogy([record.grad_norm for record in records[:30]], style, color=colour, label=name)
    left.axhline(log_v, color=GREY, linewidth=0.8, label="ln V")
    left.set(xlabel="training step", ylabel=f"{NATS} (means of 10)")
    right.set(xlabel="training step (the first 30)", ylabel="gradient norm before clipping")
    left.legend(loc="center right")
    right.legend(loc="upper right")
    return fig


def truncation(lengths, errors, cosines):
    """Draw the relative error of the truncated gradient, and its cosine with the full one, over the block length."""
    fig, (left, right) = _panels(2, size=(9, 3))
    left.semilogx(lengths, errors, "o-", color=BLUE)
    left.set(ylabel="relative error", ylim=(0, None))
    right.semilogx(lengths, cosines, "o-", color=BLUE)
    right.set(ylabel="cosine with the full gradient", ylim=(min(0.5, min(cosines)) - 0.05, 1.02))
    for ax in (left, right):
        ax.set(xlabel="T, characters in a block", xticks=lengths, xticklabels=lengths)
        ax.minorticks_off()
    return fig


def positions(carried, reset):
    """Draw the loss at each position of a block, the state carried and reset."""
    fig, ax = _panels(size=(7, 3))
    places = range(1, len(carried) + 1)
    ax.plot(places, reset, "s--", color=ORANGE, label="state reset at each block")
    ax.plot(places, carried, "o-", color=BLUE, label="state carried")
    ax.set(xlabel="position in the block", ylabel=NATS, xticks=places)
    ax.legend(loc="upper right")
    return fig


def streams(sizes, noise, expected, speed):
    """Draw the gradient's noise, with what is expected, and the characters a second over the number of streams."""
    fig, (left, right) = _panels(2, size=(9, 3.2))
    left.loglog(sizes, noise, "o", color=BLUE, label="60 draws each")
    left.loglog(sizes, expected, "-", color=GREY, label="σ²/B, from (6.11)")
    left.set(ylabel="squared noise / squared gradient")
    left.legend(loc="upper right")
    right.semilogx(sizes, np.array(speed) / 1000, "o-", color=BLUE)
    right.set(ylabel="thousand characters a second", ylim=(0, None))
    for ax in (left, right):
        ax.set(xlabel="B, parallel streams", xticks=sizes, xticklabels=sizes)
        ax.minorticks_off()
    return fig


def schedule(rates):
    """Draw the learning rate over the steps."""
    fig, ax = _panels(size=(6, 2.4))
    ax.plot(rates, color=BLUE)
    ax.set(xlabel="training step", ylabel="learning rate")
    return fig


def race(rows):
    """Draw held-out bits over characters and over seconds; a dict, name to rows (characters, seconds, nats)."""
    fig, (left, right) = _panels(2, size=(9, 3.4), sharey=True)
    for (name, of_one), style, colour in zip(rows.items(), ("s--", "o-"), (ORANGE, BLUE), strict=True):
        read, spent, nats = of_one.T
        left.semilogx(read, losses.bits(nats), style, color=colour, markersize=3, label=name)
        right.plot(spent, losses.bits(nats), style, color=colour, markersize=3, label=name)
    left.set(xlabel="characters read", ylabel="held-out loss, bits per character")
    left.xaxis.set(major_locator=LogLocator(subs=(1, 2, 4)), major_formatter="{x:,.0f}", minor_formatter="")
    right.set(xlabel="seconds of training")
    for ax in (left, right):
        ax.legend(loc="upper right")
    return fig


def ladder(bits):
    """Draw a bar for each model, the best at the bottom; `bits` is a dict, name to bits per character."""
    fig, ax = _panels(size=(8, 4.6))
    ordered = sorted(bits.items(), key=lambda item: item[1])
    kinds = {"uniform": (GREY, ""), "gram": (ORANGE, "//"), "classic": (BLUE, ".."), "modern": (INK, "")}
    for place, (model, height) in enumerate(ordered):
        colour, hatch = next(look for kind, look in kinds.items() if kind in model)
        ax.barh(place, height, color=colour, hatch=hatch, edgecolor=CARD)
        ax.text(height + 0.03, place, f"{height:.2f}", va="center", fontsize=9)
    ax.set_yticks(range(len(ordered)), [model for model, _ in ordered])
    ax.set(xlabel="bits per character on held-out text", xlim=(0, 6.6))
    return fig


def valley(paths, height):
    """Draw the paths of the optimisers over the valley's contour lines, and the height at each step."""
    fig, (left, right) = _panels(2, size=(9, 3.6))
    x, y = np.meshgrid(np.linspace(-4.5, 4.5, 100), np.linspace(-2.4, 1.3, 100))
    heights = height(np.stack([x, y], axis=-1))
    left.contour(x, y, heights, levels=[0.1, 0.5, 2, 5, 10, 20], colors=GREY, linewidths=0.5)
    for name, path in paths.items():
        left.plot(*path.T, **OPTIMISERS[name], markersize=3, linewidth=1, label=name)
        right.semilogy(height(path) + 1e-6, **OPTIMISERS[name], markevery=6, markersize=4, label=name)
    left.set(xlabel="x", ylabel="y", xlim=(-4.5, 4.5), ylim=(-2.4, 1.3))
    right.set(xlabel="step", ylabel="height f + 0.000001")
    left.legend(fontsize=8, loc="lower right")
    right.legend(fontsize=8, loc="upper right")
    return fig


def learning_rates(rates, final, curves, best_rate, log_v):
    """Draw the final loss over the learning rate, and each optimiser's curve at its best rate, means over seeds."""
    fig, (left, right) = _panels(2, size=(9, 3.6))
    for name, look in OPTIMISERS.items():
        ends = np.array([final[name, rate] for rate in rates])
        left.semilogx(rates, ends.mean(axis=1), label=name, **look)
        left.fill_between(rates, ends.min(axis=1), ends.max(axis=1), color=look["color"], alpha=0.2)
        places, means = recent_mean(curves[name, best_rate[name]].mean(axis=0), 5)
        label = f"{name}, rate {best_rate[name]:g}"
        right.plot(places, means, markevery=len(places) // 5 or 1, markersize=4, label=label, **look)
    left.axhline(log_v, color=GREY, linewidth=0.8, label="ln V")
    left.set(xlabel="learning rate", ylabel=f"{NATS}, at the end", ylim=(1.9, 5))
    right.set(xlabel="training step", ylabel=NATS, ylim=(1.9, 4.4))
    left.legend(fontsize=8, loc="lower right")
    right.legend(fontsize=8, loc="upper right")
    return fig


def gradient_norms(clipped, free):
    """Draw the gradients' norms of two sets of runs as histograms on logarithmic axes."""
    fig, ax = _panels()
    bins = np.geomspace(min(*clipped, *free), max(*clipped, *free) * 1.01, 50)
    ax.hist(clipped, bins, alpha=0.5, color=BLUE, label="clipped at ±5")
    ax.hist(free, bins, histtype="step", color=INK, label="not clipped")
    ax.set(xscale="log", yscale="log", ylabel="steps", xlabel="norm of the gradient before clipping (summed loss)")
    ax.legend(loc="upper right")
    return fig


def wild_block(curves, wild):
    """Draw the mean loss of the last 50 blocks of two runs, and the step of the wild block."""
    fig, ax = _panels()
    for (name, curve), style, colour in zip(curves.items(), ("-", "--"), (BLUE, ORANGE), strict=True):
        ax.plot(*recent_mean(curve, 50), style, color=colour, label=name)
    ax.axvline(wild, color=GREY, linestyle=":", label="the wild block")
    ax.set(xlabel="training step", ylabel=f"{NATS} (mean of 50)")
    ax.legend(loc="upper right")
    return fig


def hidden_sizes(axes, curves, ends, chosen):
    """Draw the loss curves of all sizes, and where each seed ends; the chosen sizes in colour.

    Parameters
    ----------
    axes : pair of matplotlib Axes
    curves : dict
        Hidden size -> losses of shape (seeds, steps).
    ends : dict
        Hidden size -> the loss at the end of each seed.
    chosen : sequence of int
    """
    left, right = axes
    looks = dict(zip(chosen, ((BLUE, "-"), (ORANGE, "--"), (INK, "-.")), strict=False))
    for place, (size, curve) in enumerate(curves.items()):
        means = curve.mean(axis=0).reshape(-1, 10).mean(axis=1)
        colour, style = looks.get(size, (GREY, "-"))
        order, label = 2 + (size in chosen), f"{size} units" if size in chosen else None
        steps = range(5, curve.shape[1], 10)
        left.plot(steps, means, style, color=colour, label=label, zorder=order)
        right.plot(len(ends[size]) * [place], ends[size], "o", markersize=4, color=colour, zorder=order)
    left.set(xlabel="training step", ylabel=NATS, ylim=(1.8, 4.3))
    left.legend(loc="upper right")
    right.set(xlabel="hidden units", ylabel="loss at the end, nats", ylim=(1.8, 3.4))
    right.set_xticks(range(len(curves)), curves)


def logged_runs(runs, characters, counting):
    """Draw the held-out bits of the logged runs over the characters read, a panel for each recipe."""
    fig, axes = _panels(2, size=(9, 3.6), sharex=True, sharey=True)
    looks = {16: ("o:", ORANGE), 64: ("s--", GREEN), 100: ("v-.", BLUE), 128: ("^-", INK), 256: ("D-", CRIMSON)}
    for (name, size), entries in sorted(runs.items()):
        for entry in entries:
            steps, bits = np.transpose(entry["curve"])
            label = f"{size} units" if entry is entries[0] else None
            style, colour = looks[size]
            read = steps * characters[name] / 1e6
            axes[int(name == "modern")].plot(read, bits, style, ms=3, lw=0.8, color=colour, label=label)
    for ax, name in zip(axes, ("classic", "modern"), strict=True):
        ax.axhline(counting, color=INK, linestyle=":", label="best n-gram")
        ax.set(title=name, xlabel="characters read, millions")
        ax.legend(fontsize=8, loc="upper right")
    axes[0].set_ylabel("held-out loss, bits per character")
    return fig


def overfitting(epochs, seen, unseen):
    """Draw the loss on names trained on and on unseen ones, over the epochs, and the lowest point of the latter."""
    fig, ax = _panels()
    lowest = int(np.argmin(unseen))
    ax.plot(epochs, seen, color=BLUE, label="names it is trained on")
    ax.plot(epochs, unseen, "--", color=ORANGE, label="names it has not seen")
    ax.plot(epochs[lowest], unseen[lowest], "o", color=INK, label="the time to stop")
    ax.set(xlabel="epoch", ylabel=NATS)
    ax.legend(loc="upper right")
    return fig


def twelfth_decimal(distances):
    """Draw the largest difference between two runs over the steps; a dict, what was changed to distances."""
    fig, ax = _panels(size=(7, 3.4))
    looks = ("-", INK), ("--", BLUE), ("-.", GREEN), (":", ORANGE), ((0, (6, 6)), GREY)
    for (name, far), (style, colour) in zip(distances.items(), looks, strict=True):
        ax.semilogy(far, linestyle=style, color=colour, label=name)
    ax.set(xlabel="training step", ylabel="largest difference\nbetween two parameters", ylim=(1e-13, 10))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return fig


def two_lives(by_thousand, opposite):
    """Draw the loss of each thousand characters of two readings, and how many units stand on opposite sides."""
    fig, (left, right) = _panels(2, size=(9, 3.2))
    for (name, bits), style, colour in zip(by_thousand.items(), ("o--", "s-"), (ORANGE, BLUE), strict=True):
        left.plot(np.arange(len(bits)) + 0.5, bits, style, ms=4, color=colour, label=f"from {name}")
    left.axhline(6, color=GREY, linestyle=":", label="knowing nothing")
    left.set(xlabel="thousand characters read", ylabel="loss, bits per character", ylim=(0, 6.5))
    left.legend(loc="lower left")
    right.plot(opposite, color=INK)
    right.set(xlabel="characters read", ylabel="units on opposite sides", ylim=(0, 64))
    return fig
