import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib import vocab
from rnnlib.vocab import Vocab, quoted

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


def test_an_unknown_character_after_the_first_chunk_is_found(monkeypatch):
    monkeypatch.setattr(vocab, "CHUNK", 3)
    for place in range(8):
        text = "ababababab"[:place] + "x" + "abab"
        with pytest.raises(ValueError, match="'x' is not in the vocabulary: 2 characters 'ab'$"):
            Vocab("ab").encode(text)


@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_in_a_long_text_the_first_place_and_the_number_of_unknown_characters_are_told(monkeypatch, chunk):
    monkeypatch.setattr(vocab, "CHUNK", chunk)
    text = "aba\n" * 40 + "ab?a\n!?" + "ab" * 20
    with pytest.raises(ValueError) as error:
        Vocab("ab\n").encode(text)
    assert str(error.value) == (
        r"character '?' is not in the vocabulary: 3 characters 'ab\n'; "
        "it stands in line 41, column 3, the first of 3 unknown characters (2 different)"
    )
    with pytest.raises(ValueError, match="in line 1, column 1, the first of 200 unknown characters .1 different"):
        Vocab("ab").encode("c" * 200)


def test_a_million_unknown_characters_are_counted_soon():
    began = time.process_time()
    with pytest.raises(ValueError, match="the first of 1000000 unknown"):
        Vocab("".join(map(chr, range(0x4E00, 0x9000)))).encode("a" * 1_000_000)
    assert time.process_time() - began < 10


def test_a_large_vocabulary_shows_its_size_and_a_few_characters():
    large = Vocab("".join(map(chr, range(0x4E00, 0x5E00))))
    assert large.describe() == f"4096 characters, the first {large.chars[:20]!r}"
    for complain in (lambda: large.encode("a"), lambda: large.encode("a" * 1000), lambda: Vocab(large.chars + "一")):
        with pytest.raises(ValueError) as error:
            complain()
        assert "4096 characters" in str(error.value) or "4097 characters" in str(error.value)
        assert len(str(error.value)) < 300
    whole = Vocab(large.chars[:120])
    assert whole.describe() == f"120 characters {whole.chars!r}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a", "'a'"), ("é", "'é'"), ("中", "'中'"), (" ", "' '"), ("'", '"\'"'), ("\n", r"'\n'"), ("\0", r"'\x00'"),
        ("\x1b", r"'\x1b'"), ("\ud800", r"'\ud800'"),
        ("\u0301", r"'\u0301' (COMBINING ACUTE ACCENT)"), ("\u200e", r"'\u200e' (LEFT-TO-RIGHT MARK)"),
        ("\u202f", r"'\u202f' (NARROW NO-BREAK SPACE)"), ("\U000e0100", r"'\U000e0100' (VARIATION SELECTOR-17)"),
        ("\u0903", r"'\u0903' (DEVANAGARI SIGN VISARGA)"), ("e\u0301", r"'e\u0301'"),
    ],
)  # fmt: skip
def test_a_character_is_shown_so_that_a_person_can_see_it(text, shown):
    assert quoted(text) == shown


@given(ANY_TEXT)
def test_what_is_shown_is_printable_and_gives_the_text_back(text):
    shown = quoted(text) if len(text) != 1 else quoted(text).split(" (")[0]
    assert shown.isprintable()
    assert eval(shown) == text


@pytest.mark.parametrize("wrong", [["a", "b"], b"ab", None, 3, np.array(["a"])], ids=repr)
def test_what_is_no_string_is_no_text(wrong):
    with pytest.raises(TypeError, match=f"expected a text .str., got {type(wrong).__name__}"):
        Vocab(wrong)
    with pytest.raises(TypeError, match=f"expected a text .str., got {type(wrong).__name__}"):
        Vocab("ab").encode(wrong)


def test_decode_takes_a_generator_and_refuses_what_has_no_character():
    assert Vocab("abc").decode(i for i in (2, 0)) == "ca"
    assert Vocab("abc").decode([]) == ""
    for wrong in ([-1], [3]):
        with pytest.raises(ValueError, match=r"ids in 0\.\.2"):
            Vocab("abc").decode(wrong)
        with pytest.raises(ValueError, match=r"ids in 0\.\.2"):
            Vocab("abc").one_hot(wrong)


def test_ids_and_rows_have_their_types():
    assert Vocab("abc").encode("").dtype == np.uint8
    assert Vocab("abc").one_hot([1, 2]).dtype == np.float64
    assert Vocab("abc").one_hot(2).tolist() == [0, 0, 1]
