"""What notebook 00 finds in a play is there."""

import pytest

from course import tour

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
