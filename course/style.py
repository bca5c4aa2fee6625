"""How the course's figures look: one palette, one style. All that draws imports this module, and so applies it.

Each colour stands out by 3:1 or more from a white page, from the card that figures are drawn on and from the grounds of
JupyterLab's dark theme, and they stay apart for eyes that lack the cones for red or for green (tests/test_style.py
measures both). Colour is never all: the lines of a plot differ in their dashes as well.

A figure is a light card with round corners, so that it has the same contrast on a white page and on a dark one.
"""

import binascii
import importlib
import io
import sys

import matplotlib
from matplotlib import cycler
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from PIL import Image  # comes with matplotlib

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


def picture(figure):
    """Return a figure for a notebook: a PNG with two pixels for each that is shown, and the size to show it in.

    256 colours are enough, and make the file a quarter as large.
    """
    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=2 * figure.dpi)
    image = Image.open(drawn).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.save(packed, format="png", optimize=True)
    size = {"width": image.width // 2, "height": image.height // 2}
    return binascii.b2a_base64(packed.getvalue(), newline=False).decode("ascii"), size


def apply():
    """Set matplotlib's defaults; in a notebook, show figures as `picture` draws them."""
    matplotlib.rcParams.update(STYLE)
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
        importlib.import_module(
            "matplotlib_inline.backend_inline"
        )  # registers a formatter of its own: so it goes first
        shell.display_formatter.formatters["image/png"].for_type(Figure, picture)


apply()
