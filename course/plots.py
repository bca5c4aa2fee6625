"""The figures of the course. Each function draws into the axes that it is given and returns them.

Figures are drawn with matplotlib. Activations, which lie between -1 and 1, and matrices with a sign are drawn
in `RdBu_r`, centred on zero: red is positive, blue negative, white nothing. What has no sign is drawn in `viridis`,
lines and bars in the palette of `course.style`.
"""

import numpy as np

from course import style  # noqa: F401 (sets matplotlib's defaults)
from rnnlib.losses import bits

VISIBLE = {"\n": "↵", " ": "␣", "\t": "⇥"}


def visible(char):
    """Return a character that can be seen: "↵" for a line end, "␣" for a space."""
    return VISIBLE.get(char, char)


def matrix(ax, values, *, rows=None, columns=None, numbers=True, limit=None, cmap="RdBu_r"):
    """Draw a small matrix as coloured squares, with its numbers in them.

    Parameters
    ----------
    ax : matplotlib Axes
    values : ndarray of shape (R, C)
    rows, columns : sequence of str, optional
        Labels; the indices if None.
    numbers : bool, default True
        Whether to write the values into the squares.
    limit : float, optional
        The value of the strongest colour; the largest magnitude if None.
    cmap : str, default "RdBu_r"
        "viridis" and the like start at zero, "RdBu_r" is centred on it.
    """
    values = np.asarray(values)
    limit = limit or np.abs(values).max() or 1.0
    ax.imshow(values, cmap=cmap, vmin=-limit if cmap == "RdBu_r" else 0, vmax=limit, aspect="auto")
    ax.set_yticks(range(values.shape[0]), rows if rows is not None else range(values.shape[0]))
    ax.set_xticks(range(values.shape[1]), columns if columns is not None else range(values.shape[1]))
    if numbers:
        for (r, c), value in np.ndenumerate(values):
            dark = abs(value) > 0.6 * limit if cmap == "RdBu_r" else value < 0.6 * limit
            ax.text(c, r, f"{value:.3g}", ha="center", va="center", color="white" if dark else "black", fontsize=8)
    return ax


def activations(ax, h, text, *, units=None, colorbar=True):
    """Draw hidden activations over a text: a row for each unit, a column for each character.

    Parameters
    ----------
    ax : matplotlib Axes
    h : ndarray of shape (T, H)
        `h[t]` is the hidden state after reading `text[t]`.
    text : str
        T characters.
    units : sequence of int, optional
        The units to draw, in this order; all if None.
    colorbar : bool, default True
        Whether to draw the scale beside it.
    """
    units = np.arange(h.shape[1]) if units is None else np.asarray(units)
    image = ax.imshow(h[:, units].T, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    ax.set_xticks(range(len(text)), [visible(c) for c in text], fontsize=8)
    ax.set_xlabel("the text, a character a column")
    ax.set_ylabel("hidden unit")
    if len(units) <= 20:
        ax.set_yticks(range(len(units)), units)
    if colorbar:
        ax.figure.colorbar(image, ax=ax, label="activation h", pad=0.01)
    return ax


def losses(ax, steps, nats, **line):
    """Draw a loss curve in nats per character (left) and bits (right)."""
    ax.plot(steps, nats, **line)
    ax.set_xlabel("training step")
    ax.set_ylabel("loss, nats per character")
    if not ax.child_axes:
        ax.secondary_yaxis("right", functions=(bits, lambda b: b * np.log(2))).set_ylabel("bits per character")
    return ax


def probabilities(ax, probs, vocab, *, most=None, **bars):
    """Draw a distribution over the next character as bars.

    Parameters
    ----------
    ax : matplotlib Axes
    probs : ndarray of shape (V,)
    vocab : Vocab
    most : int, optional
        Draw the likeliest ones only, in falling order; all, in the vocabulary's order, if None.
    """
    order = np.arange(len(vocab)) if most is None else np.argsort(-probs, kind="stable")[:most]
    ax.bar(range(len(order)), probs[order], **bars)
    ax.set_xticks(range(len(order)), [visible(vocab.chars[i]) for i in order])
    ax.set_xlabel("next character")
    ax.set_ylabel("probability")
    return ax
