"""Each figure is drawn: what stands on the axes is what was given, in the colours that its scale promises."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course import plots
from rnnlib.vocab import Vocab

BITS = 1 / np.log(2)


@pytest.fixture
def ax():
    """Axes of a figure that is painted at the end: whatever was drawn can be."""
    figure = Figure()
    canvas = FigureCanvasAgg(figure)
    yield figure.add_subplot()
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())
    assert (pixels[..., :3] != 255).any()


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def colour(image, value):
    return to_rgb(image.cmap(image.norm(value)))


def assert_diverging(image, limit):
    """Red above zero, blue below, white in the middle, and the strongest at the limit."""
    assert image.get_clim() == (-limit, limit)
    (r, _, b), (r0, g0, b0), (r1, _, b1) = (colour(image, x) for x in (-limit, 0, limit))
    assert b > 2 * r and r1 > 2 * b1 and min(r0, g0, b0) > 0.95


@pytest.mark.parametrize(("char", "seen"), [("\n", "↵"), (" ", "␣"), ("\t", "⇥"), ("a", "a"), ("é", "é")])
def test_a_character_without_ink_gets_some(char, seen):
    assert plots.visible(char) == seen


def test_a_matrix_is_drawn_with_its_numbers_and_labels(ax):
    values = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -0.25]])
    before = values.copy()
    assert plots.matrix(ax, values, rows=["up", "down"], columns=list("abc")) is ax
    [image] = ax.images
    np.testing.assert_array_equal(image.get_array(), values)
    assert_diverging(image, 4)
    assert labels(ax.yaxis) == ["up", "down"] and labels(ax.xaxis) == ["a", "b", "c"]
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(c, r): f"{value:.3g}" for (r, c), value in np.ndenumerate(values)}
    np.testing.assert_array_equal(values, before)


def test_numbers_stand_out_from_their_square(ax):
    values = np.linspace(-1, 1, 9)[None]
    plots.matrix(ax, values)
    for text, value in zip(ax.texts, values[0], strict=True):
        square = np.dot(colour(ax.images[0], value), [0.3, 0.6, 0.1])
        assert abs(np.mean(to_rgb(text.get_color())) - square) > 0.35


def test_a_matrix_may_go_without_numbers_and_have_another_limit(ax):
    plots.matrix(ax, np.array([[1, 2], [3, -4]]), numbers=False, limit=10)
    assert not ax.texts and ax.images[0].get_clim() == (-10, 10)
    assert labels(ax.xaxis) == labels(ax.yaxis) == ["0", "1"]


def test_what_has_no_sign_starts_at_zero(ax):
    plots.matrix(ax, [[0.0, 3.0]], cmap="viridis")
    assert ax.images[0].get_clim() == (0, 3) and ax.images[0].cmap.name == "viridis"
    dark, light = ax.texts
    assert np.mean(to_rgb(dark.get_color())) > np.mean(to_rgb(light.get_color()))  # viridis is dark at zero


def test_a_matrix_of_zeros_can_be_drawn(ax):
    plots.matrix(ax, np.zeros((2, 2)))
    assert ax.images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize("units", [None, [3, 0], np.array([2])], ids=str)
def test_activations_are_a_row_for_each_unit_and_a_column_for_each_character(ax, rng, units):
    h = rng.uniform(-1, 1, size=(5, 4))
    assert plots.activations(ax, h, "ab\nc ", units=units) is ax
    rows = range(4) if units is None else units
    np.testing.assert_array_equal(ax.images[0].get_array(), h[:, list(rows)].T)
    assert_diverging(ax.images[0], 1)
    assert labels(ax.xaxis) == ["a", "b", "↵", "c", "␣"]
    assert labels(ax.yaxis) == [str(unit) for unit in rows]
    assert len(ax.figure.axes) == 2 and ax.figure.axes[1].get_ylabel()  # the scale
    assert ax.get_xlabel() and ax.get_ylabel()


def test_activations_may_go_without_a_scale_and_many_units_without_numbers(ax, rng):
    plots.activations(ax, rng.uniform(-1, 1, size=(3, 50)), "abc", colorbar=False)
    assert ax.figure.axes == [ax]
    assert len(ax.get_yticks()) < 50


def test_a_loss_curve_has_nats_on_the_left_and_bits_on_the_right(ax):
    steps, nats = [0, 100, 200], np.array([4.0, 2.0, 1.0])
    assert plots.losses(ax, steps, nats, label="one", color="black") is ax
    plots.losses(ax, steps, nats / 2, label="two")
    one, two = ax.lines
    assert (one.get_label(), one.get_color(), two.get_label()) == ("one", "black", "two")
    np.testing.assert_array_equal(one.get_xydata(), np.transpose([steps, nats]))
    [right] = ax.child_axes  # one scale, however many curves
    ax.figure.canvas.draw()
    np.testing.assert_allclose(right.get_ylim(), BITS * np.array(ax.get_ylim()))
    assert "nats" in ax.get_ylabel() and "bits" in right.get_ylabel() and ax.get_xlabel() == "training step"


def test_probabilities_are_bars_in_the_vocabularys_order_or_the_likeliest_first(ax):
    vocab, probs = Vocab("\n abc"), np.array([0.1, 0.2, 0.4, 0.05, 0.25])
    before = probs.copy()
    assert plots.probabilities(ax, probs, vocab, color="grey") is ax
    assert [bar.get_height() for bar in ax.patches] == probs.tolist()
    assert labels(ax.xaxis) == ["↵", "␣", "a", "b", "c"]
    assert to_rgb(ax.patches[0].get_facecolor()[:3]) == to_rgb("grey")
    other = Figure().add_subplot()
    plots.probabilities(other, probs, vocab, most=3)
    assert [bar.get_height() for bar in other.patches] == [0.4, 0.25, 0.2]
    assert labels(other.xaxis) == ["a", "c", "␣"]
    np.testing.assert_array_equal(probs, before)
