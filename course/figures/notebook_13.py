"""The figure of notebook 13: two trainings of one network, and the best of counting."""

import matplotlib.pyplot as plt

from course import plots
from course.style import BLUE, GREY, INK, ORANGE


def two_trainings(histories, level, label):
    """Draw the losses of a short and a long training on the training text and on *choose*, the lowest in a ring.

    Parameters
    ----------
    histories : dict
        "short" and "long" to an ndarray of shape (stops, 3): step, training loss and loss on *choose*, in nats.
    level : float
        A loss in nats to draw as a dashed line, that of counting.
    label : str
        What the dashed line is.
    """
    fig, ax = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
    for (name, rows), line in zip(histories.items(), (":", "-"), strict=True):
        steps, seen, chosen = rows.T
        blue = {"color": BLUE, "label": f"{name}: training, since the last point"}
        plots.losses(ax, steps, seen, linestyle=line, marker=".", **blue)
        orange = {"color": ORANGE, "label": f"{name}: choose, lowest in a ring"}
        plots.losses(ax, steps, chosen, linestyle=line, marker="s", markersize=4, **orange)
        ax.plot(steps[chosen.argmin()], chosen.min(), "o", color=INK, markersize=12, fillstyle="none")
    ax.axhline(level, color=GREY, linestyle="--", label=label)
    ax.legend(fontsize=9)
    return fig
