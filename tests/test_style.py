"""The palette stands out on light and dark, for every eye; figures lie on their card, whole and sharp in a notebook."""

import ast
import base64
import io
import itertools
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.colors import CSS4_COLORS, to_rgb
from PIL import Image

from course import plots, style
from course.diagrams import parts

GROUNDS = {"page": "white", "card": style.CARD, "JupyterLab, dark": "#111111", "its cells": "#212121"}
LINES = [*style.COLOURS, style.GREY]
DRAWING = [path for folder in ("figures", "explorers")
           for path in sorted((Path(style.__file__).parent / folder).glob("notebook_*.py"))]  # fmt: skip
ON_COLOUR = {"white", "black"}  # for letters and frames that lie on a heat map
A_COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}|[01]?\.\d+|tab:\w+|[bgrcmykw][-:.os^D]+")  # hex, a grey, "k--"


def luminance(colour):
    """WCAG 2.2's relative luminance."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.005)  # the lightest grey for text on white


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("colour", LINES)
def test_every_line_stands_out_on_every_ground(colour, ground):
    assert contrast(colour, GROUNDS[ground]) >= 3


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_figure_takes_its_colours_from_the_palette(path):
    """It names none itself; those of the palette stand out, as the test above measures."""
    strings = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if is_string(node)]
    assert [text for text in strings if A_COLOUR.fullmatch(text) or text in CSS4_COLORS.keys() - ON_COLOUR] == []


def is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("colour", [style.INK, *parts.DARK.values()])
@pytest.mark.parametrize("ground", [style.CARD, *parts.TINTS.values()])
def test_text_can_be_read(colour, ground):
    assert contrast(colour, ground) >= 4.5


@pytest.mark.parametrize("kind", [None, "deuteranomaly", "protanomaly"])
def test_colours_stay_apart_for_every_eye(kind):
    """By 15 in CAM02-UCS, where 1 can just be seen side by side, with the cones for green or red missing altogether."""
    from colorspacious import cspace_convert, deltaE

    space = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100} if kind else "sRGB1"
    seen = [np.clip(cspace_convert(to_rgb(colour), space, "sRGB1"), 0, 1) for colour in style.COLOURS]
    apart = [deltaE(one, other, input_space="sRGB1") for one, other in itertools.combinations(seen, 2)]
    assert min(apart) >= 15


def test_lines_differ_in_more_than_colour():
    cycle = list(matplotlib.rcParams["axes.prop_cycle"])
    first = cycle[: len(style.COLOURS)]
    assert [entry["color"] for entry in first] == style.COLOURS
    assert len({str(entry["linestyle"]) for entry in first}) == len(style.COLOURS)
    assert len({(entry["color"], str(entry["linestyle"])) for entry in cycle}) == len(cycle)
    assert len(set(style.MARKERS)) == len(style.COLOURS)


def test_a_figure_lies_on_a_card_with_round_corners_whatever_its_size():
    figure, ax = plt.subplots(figsize=(3, 2))
    ax.plot([0, 1])
    for size in ((3, 2), (5, 4)):
        figure.set_size_inches(size)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())
        corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
        assert (corners[:, 3] == 0).all() or (corners[:, :3] == 255).all()
        middle_of_sides = pixels[[0, -1, pixels.shape[0] // 2], [pixels.shape[1] // 2, pixels.shape[1] // 2, 0]]
        assert np.abs(middle_of_sides[:, :3] - np.rint(255 * np.array(to_rgb(style.CARD)))).max() <= 1
    plt.close(figure)


@pytest.mark.parametrize(
    "first", ["import matplotlib.pyplot as plt\nfrom course import plots", "from course import plots"]
)
def test_a_notebook_shows_figures_whole_and_sharp_whichever_is_imported_first(first):
    """In the stored output the picture has twice the pixels that it is shown with, and none are cut off."""
    source = f"{first}\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(4, 3))\n_ = ax.plot([0, 1])"
    cell = nbformat.v4.new_code_cell(source)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    [output] = notebook.cells[0].outputs
    assert output.metadata["image/png"] == {"width": 400, "height": 300}
    assert "needs_background" not in output.metadata  # JupyterLab would lay a slab under it
    image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    assert image.size == (800, 600) and image.mode == "P"


def test_few_colours_are_enough():
    """Packed, a picture with lines and a heat map differs from the one that was drawn by what nobody can see."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.plot(np.random.default_rng(0).standard_normal((20, 4)))
    plots.activations(right, np.linspace(-1, 1, 200).reshape(20, 10), "a" * 20)
    figure.savefig(drawn := io.BytesIO(), dpi=200)
    packed, _ = style.picture(figure)
    plt.close(figure)
    images = [
        np.asarray(Image.open(file).convert("RGBA"), int) for file in (drawn, io.BytesIO(base64.b64decode(packed)))
    ]
    off = np.abs(images[0] - images[1])
    assert np.quantile(off, 0.999) <= 16 and off.mean() < 1.5
    assert len(base64.b64decode(packed)) < 0.5 * len(drawn.getvalue())
