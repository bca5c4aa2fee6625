"""Explorer of notebook 03: four logits, and what follows from them."""

import numpy as np

from course import plots
from course.style import BLUE, INK, ORANGE
from rnnlib import losses

from . import axes_of, buttons, explore, set_heights, slider


def four_logits(chars, logits, target):
    """Move each logit and watch p, the loss and p − y.

    Parameters
    ----------
    chars : str
        The characters, one for each logit.
    logits : sequence of float
        Where the sliders stand at first.
    target : int
        The id of the character that came, at first.
    """
    chars, places = list(chars), np.arange(len(chars))
    figure, axes = axes_of(2.6, 3, left=0.07, bottom=0.1, wspace=0.3)
    titles = "logits z", "probabilities p and one-hot y", "gradient p − y"
    bars = []
    for ax, title, low, high in zip(axes, titles, (-6, 0, -1.05), (6, 1.05, 1.05), strict=True):
        bars.append(ax.bar(places, 0 * places, color=BLUE))
        ax.axhline(0, color=INK, lw=0.8)
        ax.set(title=title, ylim=(low, high))
        ax.set_xticks(places, [plots.visible(char) for char in chars])
    (came,) = axes[1].plot([], [], "D", color=ORANGE, label="y: 1 for what came")
    axes[1].legend(loc="upper left", fontsize=8)

    def update(came_next, **moved):
        z = np.array(list(moved.values()))
        y = chars.index(came_next)
        p = losses.softmax(z)
        gradient = p - np.eye(len(z))[y]
        for each, heights in zip(bars, (z, p, gradient), strict=True):
            set_heights(each, heights)
        came.set_data([y], [1])
        nats = -losses.log_softmax(z)[y]
        row = "  ".join(f"{char} {number:+.3f}" for char, number in zip(chars, gradient, strict=True))
        return f"loss = −log p_{came_next} = {nats:.3f} nats = {losses.bits(nats):.3f} bits\np − y:  {row}"

    sliders = {f"z{k}": slider(f"logit of {char}", -5, 5, 0.1, logits[k]) for k, char in enumerate(chars)}
    alt = (
        "Bars for every character in each of three panels: the logits, the softmax probabilities with a mark at "
        "the character that came, and the gradient p − y. Its bar is negative for the character that came and "
        "positive for the others; these bars sum to zero."
    )
    explore(figure, update, alt=alt, lines=2, came_next=buttons("what came", chars, chars[target]), **sliders)
