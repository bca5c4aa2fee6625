"""Figures of notebook 05: chord and tangent, errors over the step, checks against mistakes, loss curves."""

import matplotlib.pyplot as plt
import numpy as np

from course import plots
from course.style import BLUE, CARD, COLOURS, GREY, INK, ORANGE

_LABELS = ["central difference", "complex step"]
_LINES = ("-", "--", ":", "-.", (0, (1, 1)))


def chord_and_tangent(f, w, slope, s):
    """Draw a function of one weight with its tangent at w and the chord of a central difference with step s."""
    fig, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
    ws = w + np.linspace(-2.5, 2.5, 101)
    ax.plot(ws, [f(x) for x in ws], color=INK, label="loss f")
    ax.plot(ws, f(w) + slope * (ws - w), color=BLUE, label="tangent: backpropagation")
    ax.plot([w - s, w + s], [f(w - s), f(w + s)], "o--", color=ORANGE, label=f"chord: central difference, s = {s}")
    ax.set(xlabel="the weight w", ylabel="loss, nats per character")
    ax.legend()
    return fig


def errors_of_both(steps, errors):
    """Draw the relative errors of both formulas, of shape (len(steps), 2), over the step."""
    fig, ax = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
    for column, style, label in zip(errors.T, ("o-", "s--"), _LABELS, strict=True):
        ax.loglog(steps, np.maximum(column, 1e-17), style, markersize=4, label=label)
    ax.invert_xaxis()
    ax.set(xlabel="step s, smaller to the right", ylabel="relative error of the derivative", ylim=(1e-17, 10))
    ax.legend(loc="center right")
    return fig


def errors_of_all_weights(curves):
    """Draw the worst relative error over the step, and the two slopes that are expected; k stands for the step 10^-k.

    Parameters
    ----------
    curves : dict of dict
        "float64", "float32" and "complex": k to error.
    """
    fig, ax = plt.subplots(figsize=(9, 4.8), layout="constrained")
    styles = {"float32": ("^-", "central differences, float32"), "float64": ("o-", "central differences, float64"),
              "complex": ("s-", "complex step")}  # fmt: skip
    for name, (style, label) in styles.items():
        k, error = np.array(list(curves[name].items())).T
        ax.loglog(10.0**-k, np.maximum(error, 1e-17), style, markersize=5, label=label)
    left, right = np.array([1e-1, 1e-6]), np.array([1e-4, 1e-13])
    ax.loglog(left, curves["float64"][2] * (left / 1e-2) ** 2, ":", color=INK, label="truncation: slope 2")
    ax.loglog(right, curves["float64"][9] * 1e-9 / right, "--", color=INK, label="rounding: slope −1")
    ax.invert_xaxis()
    ax.set(xlabel="step s, smaller to the right", ylabel="relative error of the gradient", ylim=(1e-17, 10))
    ax.legend(loc="center right")
    return fig


def draw_step(ax, k, steps, errors, values):
    """Draw the errors of both formulas over the step, a line at the step 10^-k, and in words what is measured there.

    Parameters
    ----------
    ax : matplotlib Axes
    k : int
    steps, errors : ndarrays of shape (N,) and (N, 2)
    values : sequence of three floats
        By central difference, by complex step, and by backpropagation.
    """
    logs = np.log10(np.maximum(errors, 1e-16))
    for column, style, label in zip(logs.T, ("-", "--"), _LABELS, strict=True):
        ax.plot(np.log10(steps), column, style, label=label)
    ax.axvline(-k, color=GREY, ls="-")
    ax.set(xlim=(-0.5, -20.5), ylim=(-17, 1), xticks=[-1, -5, -10, -15, -20], yticks=[-15, -10, -5, 0])
    ax.set_xlabel("log₁₀ of the step, smaller to the right")
    names = ("central ", "complex ", "backprop")
    lines = [f"{name} {value:+.15f}" for name, value in zip(names, values, strict=True)]
    ax.set_title("\n".join([f"s = 1e-{k}", *lines]), family="monospace", fontsize=9, loc="left")


def two_checks(blind, good, limit):
    """Draw what two checks see of each backward pass; both are dicts, name to error. A tick is an alarm."""
    fig, ax = plt.subplots(figsize=(7, 6.4), layout="constrained")
    columns = ["one step, tiny weights,\nstate of zeros", "six steps, weights of 0.5,\nrandom state"]
    image = _ticks(ax, np.array([list(blind.values()), list(good.values())]).T, limit, columns)
    ax.set_yticks(range(len(good)), good)
    ax.xaxis.tick_top()
    fig.colorbar(image, ax=ax, label="log₁₀ of the relative error", shrink=0.7)
    return fig


def all_checks(errors, rulers, names, problems):
    """Draw every measurement's error on every problem: a panel each, backward passes by rows, problems by columns.

    Parameters
    ----------
    errors : dict of ndarray of shape (len(names), len(problems))
    rulers : dict
        Name to (method, limit).
    names : sequence of str
    problems : sequence of (T, scale, whether the state is random)
    """
    fig, axes = plt.subplots(1, len(rulers), figsize=(10, 8.2), sharey=True, layout="constrained")
    columns = [f"{T}\n{0.5 * scale:.2g}\n{'rand' if state else 'zero'}" for T, scale, state in problems]
    for ax, (name, (_, limit)) in zip(axes, rulers.items(), strict=True):
        image = _ticks(ax, errors[name], limit, columns)
        ax.set_title(f"{name}\nalarm from {limit:.0e}", fontsize=9)
    axes[0].set_yticks(range(len(names)), names, fontsize=9)
    axes[0].set_xlabel("from top: T, weights, state")
    fig.colorbar(image, ax=axes, label="log₁₀ of the relative error", shrink=0.5)
    return fig


def _ticks(ax, errors, limit, columns):
    """Draw errors as colours, 1e-16 dark and 1 bright, with a tick where they reach the limit and a dash elsewhere."""
    log = np.log10(np.clip(errors, 1e-16, 1))
    image = ax.imshow(log, cmap="viridis", vmin=-16, vmax=0, aspect="auto")
    for (r, c), value in np.ndenumerate(errors):
        colour = CARD if log[r, c] < -5 else INK
        ax.text(c, r, "✓" if value >= limit else "–", ha="center", va="center", color=colour)
    ax.set_xticks(range(len(columns)), columns, fontsize=8)
    return image


def loss_curves(curves, window):
    """Draw loss curves, a letter and a line style each, and one curve a seed.

    Parameters
    ----------
    curves : sequence of ndarray of shape (seeds, steps)
        Means over the last `window` steps.
    """
    fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for k, (letter, runs, line) in enumerate(zip("ABCDE", curves, _LINES, strict=True)):
        for i, run in enumerate(runs):
            steps = window + np.arange(len(run))
            plots.losses(ax, steps, run, label=None if i else letter, linestyle=line, color=[*COLOURS, INK][k])
    ax.set_ylim(top=1.15 * max(run[0] for runs in curves for run in runs))  # a curve that rises leaves the figure
    ax.legend(loc="upper right")
    return fig
