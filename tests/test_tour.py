"""What notebook 00 finds in a play is there."""

import numpy as np
import pytest

from course import tour
from rnnlib import language_model

PLAY = "ROMEO:\nAy me:\nsad hours\n\nFRIAR JOHN:\nHo!\n\nLady:\nNo"


def test_speakers_are_the_names_in_capitals():
    assert tour.speakers(PLAY) == {"ROMEO", "FRIAR JOHN"}


def test_a_name_is_marked_where_a_speech_begins_and_nowhere_else():
    marks = tour.in_a_name(PLAY)
    assert marks.shape == (len(PLAY),)
    assert "".join(char for char, mark in zip(PLAY, marks, strict=True) if mark) == "ROMEO:FRIAR JOHN:Lady:"


@pytest.mark.parametrize(
    ("written", "copy"), [("xthe cat saty", "the cat sat"), ("the cat", "the cat"), ("zzz", ""), ("", "")]
)
def test_the_longest_copy_is_found(written, copy):
    assert tour.longest_copy(written, "on the mat the cat sat down") == copy


def test_the_network_that_comes_with_the_course_fits_its_vocabulary():
    vocab, params = tour.network(256, seed=0)
    assert params["W_hh"].shape == (256, 256) and params["W_xh"].shape[0] == len(vocab) == 64
    assert all(array.dtype == np.float64 for array in params.values())


def test_a_network_of_another_size_has_learned_something():
    vocab, params = tour.network(3, seed=1)
    ids = vocab.encode("the king and the queen")
    assert params["W_hh"].shape == (3, 3)
    assert language_model.evaluate(params, ids) < np.log(len(vocab)) - 0.5
