import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import vocab
from rnnlib.vocab import Vocab

ANY_TEXT = st.text(st.characters(categories=None))  # lone surrogates too


@given(ANY_TEXT)
def test_any_text_survives_the_round_trip(text):
    known = Vocab.from_text(text + "a")
    assert known.decode(known.encode(text)) == text


@given(ANY_TEXT, ANY_TEXT)
def test_ids_are_the_places_in_the_sorted_list_of_distinct_characters(text, more):
    known = Vocab.from_text(text + more + "a")
    assert list(known.chars) == sorted({*text, *more, "a"})
    assert known.encode(text).tolist() == [known.chars.index(char) for char in text]


def test_hello():
    hello = Vocab.from_text("hello")
    assert (hello.chars, len(hello)) == ("ehlo", 4)
    assert hello.encode("hello").tolist() == [1, 0, 2, 2, 3]
    assert hello.decode([1, 0, 2, 2, 3]) == "hello"


def test_a_text_longer_than_a_chunk_is_encoded_whole(monkeypatch):
    monkeypatch.setattr(vocab, "CHUNK", 3)
    text = "abcdefgabcdefg"
    assert Vocab.from_text(text).encode(text).tolist() == [*range(7), *range(7)]


@pytest.mark.parametrize(("size", "dtype"), [(1, np.uint8), (256, np.uint8), (257, np.uint16)])
def test_ids_take_the_smallest_type_that_holds_them(size, dtype):
    chars = "".join(chr(0x100 + i) for i in range(size))
    ids = Vocab(chars).encode(chars)
    assert ids.dtype == dtype
    assert ids.tolist() == list(range(size))


@pytest.mark.parametrize("char", ["a", "k", "é", "\U0001f600"], ids=["below", "between", "above", "far above"])
def test_an_unknown_character_is_named_with_those_that_are_known(char):
    with pytest.raises(ValueError, match=rf"'{char}'.*4 characters 'ehlo'"):
        Vocab("ehlo").encode("hell" + char)


def test_one_hot_rows_have_their_one_at_the_id():
    ids = np.array([[2, 0], [1, 2]])
    rows = Vocab("abc").one_hot(ids)
    assert rows.tolist() == [[[0, 0, 1], [1, 0, 0]], [[0, 1, 0], [0, 0, 1]]]


@pytest.mark.parametrize(("chars", "complaint"), [("", "at least one character"), ("abcb", "'b' stands twice")])
def test_a_list_that_is_no_vocabulary_is_refused(chars, complaint):
    with pytest.raises(ValueError, match=complaint):
        Vocab(chars)


def test_a_vocabulary_cannot_be_changed_and_equals_its_like():
    known = Vocab("abc")
    assert known == Vocab.from_text("cabbage"[:4])
    with pytest.raises(dataclasses.FrozenInstanceError):
        known.chars = "abcd"
