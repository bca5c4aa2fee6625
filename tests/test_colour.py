"""A text in colour can be read, and its colours tell the values."""

import re

import numpy as np
import pytest

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


def test_where_html_is_not_shown_there_is_a_picture():
    assert TextInColour("two\nlines", np.linspace(-1, 1, 9))._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("values", [[0.0], [[0.0, 0.0]], 0.0])
def test_as_many_values_as_characters_are_needed(values):
    with pytest.raises(ValueError, match="expected 2 values"):
        TextInColour("ab", values)
