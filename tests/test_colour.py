"""A text in colour can be read, and its colours tell the values."""

import re
import warnings

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from course import colour, plots
from course.colour import LEVELS, TextInColour


def visible_text(shown):
    """What a reader selects in the page: the HTML without its tags, up to the scale below it."""
    body = shown._repr_html_().split("<small>")[0]
    plain = re.sub(r"<[^>]*>", "", body)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").removesuffix("\n\n")


def opacities(shown):
    spans = re.findall(r"rgba\((\d+), \d+, \d+, ([\d.]+)\)\">([^<]*)", shown._repr_html_().split("<small>")[0])
    return {text: (1 if red == "178" else -1) * float(opacity) for red, opacity, text in spans}


@pytest.mark.parametrize("text", ["ROMEO:\nAy <me> & so\n", "a  b", "", "né 東"])
def test_the_text_can_be_read_and_selected_as_it_is(text):
    shown = TextInColour(text, np.linspace(-1, 1, len(text)))
    assert visible_text(shown).replace("↵\n", "\n") == text
    assert repr(shown) == text


def test_red_is_high_blue_is_low_and_the_middle_has_no_colour():
    seen = opacities(TextInColour("abcde", [1.0, 0.5, 0.0, -0.5, -1.0]))
    assert seen["a"] > seen["b"] > 0 > seen["d"] > seen["e"]
    assert "c" not in seen


def test_neighbours_of_one_level_share_a_span_and_last_digits_do_not_show():
    values = np.array([0.5, 0.5, 0.5, -0.5])
    shown = TextInColour("abcd", values)
    assert list(opacities(shown)) == ["abc", "d"]
    assert TextInColour("abcd", values + 1e-9)._repr_html_() == shown._repr_html_()


def test_what_is_beyond_the_scale_gets_the_strongest_colour_and_nan_none():
    shown = TextInColour("abc", [7.0, -7.0, np.nan])
    assert shown.levels.tolist() == [LEVELS, -LEVELS, 0]


def test_letters_keep_the_colour_of_the_page():
    assert not re.search(r"[ ;\"]color:", TextInColour("ab", [1, -1])._repr_html_())


def test_a_letter_keeps_its_accents():
    clusters = ["n", "e\u0301", "\n"]
    shown = TextInColour(clusters, [1, -1, 0], title="a <title>")
    assert repr(shown) == "ne\u0301\n"
    assert list(opacities(shown)) == ["n", "e\u0301"]
    assert "<strong>a &lt;title&gt;</strong>" in shown._repr_html_()


@pytest.mark.parametrize("text", ["two\nlines", "", ["e\u0301", "\n", "字"], "né 東 हि \x07"])
def test_where_html_is_not_shown_there_is_a_picture(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that is missing
        assert TextInColour(text, np.linspace(-1, 1, len(text)), title="t")._repr_png_().startswith(b"\x89PNG")


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.mark.parametrize(
    ("text", "columns", "places"),
    [
        ("abc", 80, [(0, 0), (0, 1), (0, 2)]),
        ("ab\ncd", 80, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]),
        ("abcde", 2, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]),
        ("a\n\nb", 80, [(0, 0), (0, 1), (1, 0), (2, 0)]),
        (["a", "\n", "b"], 80, [(0, 0), (0, 1), (1, 0)]),
    ],
    ids=repr,
)
def test_in_the_picture_characters_stand_in_their_lines_on_their_values(ax, text, columns, places):
    values = np.linspace(-1, 1, len(text))
    cells, rows = colour._places(text, columns)
    assert rows == places[-1][0] + 1 and list(map(tuple, cells.tolist())) == places
    colour._draw(ax, text, values, cells)
    [image] = ax.images
    grid = np.ma.filled(image.get_array(), np.nan)
    assert [grid[place] for place in places] == values.tolist()
    assert np.isfinite(grid).sum() == len(text)
    assert image.get_clim() == (-1, 1) and image.get_cmap().name == "RdBu_r"
    written = {(t.get_position()[1], t.get_position()[0]): t.get_text() for t in ax.texts}
    assert written == dict(zip(places, map(plots.visible, text), strict=True))


def test_in_the_picture_letters_on_strong_colours_are_white_and_spaces_are_left_out(ax):
    colour._draw(ax, "a bc", [0.9, 0.0, -0.9, 0.2], colour._places("a bc", 80)[0])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]
    assert [np.mean(to_rgb(text.get_color())) > 0.5 for text in ax.texts] == [True, True, False]


@pytest.mark.parametrize("values", [[0.0], [[0.0, 0.0]], 0.0])
def test_as_many_values_as_characters_are_needed(values):
    with pytest.raises(ValueError, match="expected 2 values"):
        TextInColour("ab", values)
