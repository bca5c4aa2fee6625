"""How the course's figures look: one palette, one style. All that draws imports this module, and so applies it.

Each colour stands out by 3:1 or more from a white page, from the card that figures are drawn on and from the grounds of
JupyterLab's dark theme, and they stay apart for eyes that lack the cones for red or for green (tests/test_style.py
measures both). Colour is never all: the lines of a plot differ in their dashes as well.

A figure is a light card with round corners, so that it has the same contrast on a white page and on a dark one.
"""

import sys

import matplotlib
from matplotlib import cycler
from matplotlib.patches import FancyBboxPatch

BLUE, ORANGE, GREEN, CRIMSON = "#0072B2", "#D55E00", "#0F9687", "#D21E5A"
GREY = "#76767C"  # what stands beside: limits, null distributions, rivals
INK = "#1F2328"  # text
CARD = "#F0F0EC"
COLOURS = [BLUE, ORANGE, GREEN, CRIMSON]
DASHES = ["-", (0, (5, 1.6)), (0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.2))]
MARKERS = ["o", "s", "^", "D"]  # for points, in the order of COLOURS
CORNER = 0.12  # inches

STYLE = {
    "axes.prop_cycle": cycler(color=COLOURS * 2) + cycler(linestyle=DASHES + DASHES[1:] + DASHES[:1]),
    "axes.facecolor": "none",  # the card shows
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.constrained_layout.h_pad": 0.1,  # inches from the edge of the card
    "figure.constrained_layout.w_pad": 0.1,
    "figure.facecolor": CARD,
    "figure.hooks": ["course.style:round_card"],  # for every figure that pyplot makes
    "savefig.facecolor": "auto",
    "legend.framealpha": 0.9,
    "legend.facecolor": CARD,
    "lines.linewidth": 1.8,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}


class Card(FancyBboxPatch):
    """The ground of a figure: as large as the figure is when it is drawn, with round corners."""

    def __init__(self, figure):
        """Take the place of the figure's rectangular ground."""
        super().__init__((0, 0), 1, 1, boxstyle=f"round,pad={CORNER}", facecolor=CARD, edgecolor="none")
        self.set_figure(figure)
        self.set_transform(figure.dpi_scale_trans)

    def get_path(self):
        """Return the outline, in inches."""
        width, height = self.figure.get_size_inches()
        self.set_bounds(CORNER, CORNER, width - 2 * CORNER, height - 2 * CORNER)
        return super().get_path()


def round_card(figure):
    """Draw the figure on a card with round corners; return it."""
    figure.patch = Card(figure)
    return figure


def apply():
    """Set matplotlib's defaults, and have notebooks show figures whole and sharp on dense screens."""
    matplotlib.rcParams.update(STYLE)
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        from matplotlib_inline.config import InlineBackend

        inline = InlineBackend.instance(parent=shell)
        inline.figure_formats = {"retina"}
        inline.print_figure_kwargs = {"bbox_inches": None}  # "tight" would cut the corners off


apply()
