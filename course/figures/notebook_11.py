"""The figures of notebook 11: where each version stands, what a model predicts for it, and the roofline."""

import matplotlib.pyplot as plt
import numpy as np

from course.style import BLUE, CARD, GREY, INK, ORANGE


def times(took, limits):
    """Draw how long each version takes, as dots on a logarithmic axis, and the limits as lines.

    Parameters
    ----------
    took, limits : dict
        Milliseconds, by the version's name and by the limit's.
    """
    fig, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    ax.plot(list(took.values()), list(took), "o", color=BLUE, markersize=9)
    for name, milliseconds in took.items():
        ax.annotate(f"{milliseconds:.2f} ms", (milliseconds, name), (8, 0), textcoords="offset points", va="center")
    for (label, limit), style in zip(limits.items(), ("--", ":"), strict=True):
        ax.axvline(limit, color=INK, linestyle=style, label=label)
    ax.invert_yaxis()
    ax.set(xscale="log", xlabel="milliseconds per block", xlim=(min(limits.values()) / 2, max(took.values()) * 3))
    ax.grid(axis="y", alpha=0.5)
    ax.legend(loc="lower right")
    return fig


def model(parts, took):
    """Draw what the model predicts for each version, as bars of two parts, and what was measured, as circles.

    Parameters
    ----------
    parts : dict
        Name to (time for calls, time for moving or multiplying), in microseconds per character.
    took : dict
        Name to measured time, in microseconds per character.
    """
    fig, ax = plt.subplots(figsize=(8, 3), layout="constrained")
    names, (calls, rest) = list(parts), np.transpose(list(parts.values()))
    ax.barh(names, calls, color=BLUE, label="predicted: calls")
    ax.barh(names, rest, left=calls, color=ORANGE, hatch="//", edgecolor=CARD, label="predicted: moving or multiplying")
    ax.plot([took[name] for name in names], names, "o", color=CARD, mec=INK, label="measured")
    ax.invert_yaxis()
    ax.set_xlabel("microseconds per character")
    ax.legend(loc="lower right")
    return fig


def roofline(intensity, speed, roofs):
    """Draw the roofline: speed against intensity, a point for each version, a grey line for each roof.

    Parameters
    ----------
    intensity, speed : dict
        FLOP per byte and FLOP per second, by the version's name.
    roofs : dict
        Label to (peak in FLOP per second, bandwidth in bytes per second).
    """
    fig, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
    across = np.geomspace(min(intensity.values()) / 3, max(intensity.values()) * 8, 200)
    for (label, (peak, bandwidth)), style in zip(roofs.items(), ("-", "--", "-.", ":"), strict=True):
        roof = np.minimum(peak, across * bandwidth)
        ax.loglog(across, roof / 1e9, style, color=GREY, label=f"roof: {label}")
    for place, (name, marker) in enumerate(zip(intensity, "os^Dv<P*X", strict=False)):
        colour = plt.cm.viridis(place / 10)
        at = intensity[name], speed[name] / 1e9
        ax.plot(*at, marker, color=colour, markersize=8, label=name)
        ax.annotate(name[:1] if name[0].isdigit() else name, at, (6, -4), textcoords="offset points")
    ax.set(xlabel="FLOP per byte moved", ylabel="GFLOP/s")
    fig.legend(loc="outside right center", fontsize=9)
    return fig
