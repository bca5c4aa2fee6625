"""A text in colour as text: every character on the colour of its value, in its own lines, to be read and selected.

In a browser it is HTML. The colours are see-through, so that they suit a light page and a dark one, and the letters
keep the page's own colour. Where HTML is not shown, the same text is there as a picture.
"""

import html
import io
from itertools import groupby

import numpy as np

from course import fonts, texts
from course.plots import visible

LEVELS = 8  # of either sign: what differs in its last digits between two machines looks the same on both
HIGH, LOW = "178, 24, 43", "33, 102, 172"  # the ends of RdBu_r
STYLE = "white-space: pre-wrap; font-family: monospace; line-height: 1.55; overflow-wrap: anywhere"


class TextInColour:
    """What a notebook shows of a text and the value of each of its characters.

    Parameters
    ----------
    text : str, or list of str
        Each entry of a list is one character to the eye: a letter with its accents, say (`texts.clusters`).
    values : ndarray of shape (len(text),)
        In -1..1; what lies beyond gets the strongest colour.
    title : str, optional
        Stands above the text.
    scale : tuple of three str
        What the strongest blue, no colour and the strongest red mean.

    Raises
    ------
    ValueError
        If there is not one value for each character.
    """

    def __init__(self, text, values, *, title="", scale=("−1", "0", "+1")):
        """Round the values to the levels that are drawn."""
        values = np.asarray(values, dtype=float)
        if values.shape != (len(text),):
            raise ValueError(f"expected {len(text)} values, one a character, got an array of shape {values.shape}")
        self.text, self.title, self.scale = text, title, scale
        self.levels = np.rint(LEVELS * np.clip(np.nan_to_num(values), -1, 1)).astype(int)

    def __repr__(self):
        """Return the text alone."""
        return "".join(self.text)

    def _repr_html_(self):
        spans = []
        for level, run in groupby(zip(self.levels, self.text, strict=True), key=lambda pair: pair[0]):
            spans.append(_span(level, "".join(char for _, char in run)))
        title = f"<strong>{html.escape(self.title)}</strong>\n\n" if self.title else ""
        bar = "".join(_span(level, "\u2002") for level in range(-LEVELS, LEVELS + 1, 2))
        low, middle, high = map(html.escape, self.scale)
        legend = f'<small>{low} <span aria-hidden="true">{bar}</span> {high} (no colour: {middle})</small>'
        return f'<div class="text-in-colour" style="{STYLE}">{title}{"".join(spans)}\n\n{legend}</div>'

    def _repr_png_(self):
        from matplotlib.figure import Figure

        cells, rows = _places(self.text, texts.columns("".join(self.text)))
        figure = Figure(figsize=(9, 0.3 + 0.22 * rows), layout="constrained")
        ax = figure.subplots()
        ax.set_title(self.title)
        _draw(ax, self.text, self.levels / LEVELS, cells)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=100)
        return picture.getvalue()


def _places(text, columns):
    """Return the row and column of each character, longer lines broken, and the number of rows."""
    cells, row, column = [], 0, 0
    for char in text:
        cells.append((row, column))
        column += 1
        if char == "\n" or column == columns:
            row, column = row + 1, 0
    return np.array(cells).reshape(-1, 2), row + 1


def _draw(ax, text, values, cells):
    """Write each character at its place on the colour of its value, in fonts that have it."""
    families, missing = fonts.families_for("".join(text))
    ax.set_axis_off()
    if not len(cells):
        return
    grid = np.full(cells.max(axis=0) + 1, np.nan)
    grid[tuple(cells.T)] = values
    ax.imshow(grid, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    for (r, c), char, value in zip(cells, text, values, strict=True):
        if char != " ":
            shown = "".join(fonts.NO_FONT if part in missing else part for part in visible(char))
            colour = "white" if abs(value) > 0.7 else "black"
            ax.text(c, r, shown, ha="center", va="center", family=families, fontsize=8, color=colour)


def _span(level, text):
    """Return a run of characters on one colour; a line end is shown, since it has a value too."""
    text = html.escape(text).replace("\n", "↵\n")
    if level == 0:
        return text
    colour = f"rgba({HIGH if level > 0 else LOW}, {0.75 * abs(level) / LEVELS:.2f})"
    return f'<span style="background-color: {colour}">{text}</span>'
