import random
import unicodedata

import made_texts
import numpy as np
import pytest
from matplotlib import font_manager

from course import fonts, texts
from rnnlib import corpus


def remarks(text):
    train, held = corpus.split(text)
    return " ".join(texts.remarks(train, *corpus.split(held, 0.5), rng=np.random.default_rng(0)))


def random_text(rng, longest):
    return "".join(rng.choice("abß字") for _ in range(rng.randrange(longest)))


@pytest.mark.parametrize("seed", range(100))
def test_stretches_are_what_a_search_for_every_piece_finds(seed):
    rng = random.Random(seed)
    piece, source, n = random_text(rng, 30), random_text(rng, 90), rng.randrange(1, 8)
    expected = np.zeros(len(piece), bool)
    for start in range(len(piece) - n + 1):
        if piece[start : start + n] in source:
            expected[start : start + n] = True
    np.testing.assert_array_equal(texts.stretches(piece, source, n), expected)


@pytest.mark.parametrize("seed", range(100))
def test_repeats_are_what_stands_earlier(seed):
    rng = random.Random(seed)
    text, n = random_text(rng, 60), rng.randrange(1, 8)
    expected = np.zeros(len(text), bool)
    for start in range(len(text) - n + 1):
        if text.find(text[start : start + n]) < start:
            expected[start : start + n] = True
    np.testing.assert_array_equal(texts.repeats(text, n), expected)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("names, sorted", "lines are sorted"),
        ("lines shuffled", "list in no order"),
        ("a sentence, 900 times", "The text repeats itself: 100%"),
        ("a sentence, 900 times", "100% of *judge* stands in *training*"),
        ("a table of zeros", "The text repeats itself"),
        ("hello, 1000 times", "The text repeats itself"),
        ("held-out part in training", "100% of *judge* stands in *training*"),
        ("one distinct character", "nothing to predict"),
        ("120 characters", "*judge* has 6 characters"),
    ],
)
def test_a_text_with_a_flaw_is_told_so(kind, said):
    assert said in remarks(made_texts.KINDS[kind]())


@pytest.mark.parametrize("name", ["shakespeare", "python", "werther"])
def test_a_shipped_text_in_its_own_order_has_no_flaw(name):
    assert remarks(corpus.read_text(name)) == ""


def test_half_a_judge_from_training_is_said_to_be_half():
    train, choose, judge = (made_texts.prose(made_texts.ENGLISH, 4000, seed) for seed in (1, 2, 3))
    said = texts.remarks(train, choose, judge[:2000] + train[:2000], rng=np.random.default_rng(0))
    assert any(remark.startswith("50% of *judge* stands in *training*") for remark in said)


def test_lines_in_their_order_are_told_from_lines_at_random():
    lines = [line for line in corpus.read_text("werther").split("\n") if line]
    assert texts.neighbours_alike(lines, rng=np.random.default_rng(0)) < 0.01
    ps = [
        texts.neighbours_alike(random.Random(seed).sample(lines, 300), rng=np.random.default_rng(seed))
        for seed in range(20)
    ]
    assert 0.2 < np.mean(ps) < 0.8 and min(ps) < 0.5 < max(ps)  # as often small as large


@pytest.mark.parametrize("lines", [[], ["one"], ["same"] * 30])
def test_nothing_to_compare_is_no_number(lines):
    assert np.isnan(texts.neighbours_alike(lines, rng=np.random.default_rng(0)))


def words(text):
    """The words that `places` leaves between its ends."""
    ends = texts.places(text)["word"]
    return "".join(" " if end else char for char, end in zip(text, ends, strict=True)).split()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He's 3.14 years, snake_case.x", ["He's", "3.14", "years", "snake_case", "x"]),
        ("'tis the dogs' 1,5", ["tis", "the", "dogs", "1", "5"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया"]),
        ("Привет, мир!", ["Привет", "мир"]),
        ("牀前明月光，ひらがな", []),
        (unicodedata.normalize("NFD", "Zoë häkelt"), [unicodedata.normalize("NFD", w) for w in ("Zoë", "häkelt")]),
        ("السلام عليكم", ["السلام", "عليكم"]),
        ("", []),
    ],
)
def test_words_in_many_scripts(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is 3.14. Is it? Yes!", 3),
        ('He said "no." Then he left.', 2),
        ("np.tanh(x.T) is a call", 0),
        ("1,0.25,0.75\n2,0.50,1.25\n", 0),
        ("Wait... what? e.g. this one. Well... Yes?!", 3),
        ("床前明月光。疑是地上霜！对？", 3),
        ("यह है। वह है॥", 2),
        ("كيف حالك؟ بخير.", 2),
        ("A heading\n\nand text", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_readers_end_them(text, count):
    assert np.count_nonzero(texts.places(text)["sentence"]) == count


def test_characters_since_the_last_end():
    assert texts.since(np.array([1, 0, 0, 1, 0])).tolist() == [0, 1, 2, 0, 1]


def test_pieces_are_pages_lines_or_none():
    pages = texts.pieces("x" * 20_500)
    assert pages[999] == 0 and pages[1000] == 1 and pages[-1] == 20
    assert texts.pieces("ab\n" * 20).tolist() == [k // 3 for k in range(60)]
    assert texts.pieces("ab\n" * 19) is None and texts.pieces("") is None


def test_what_cannot_be_seen_is_listed_so_that_it_can():
    assert texts.listed(" \n\x00\u200ea\u0301", most=5) == "␣ ↵ U+0000 U+200E a …"
    assert texts.listed("\u093e") == "◌\u093e"


def test_marks_and_joiners_stay_with_their_letter():
    assert texts.clusters("नदी 👩‍💻e\u0301\n") == ["न", "दी", " ", "👩‍💻", "e\u0301", "\n"]


def test_chinese_takes_twice_the_room():
    assert texts.columns("牀前明月光，\n") == 44 and texts.columns("moonlight before my bed") == 88


def test_latin_greek_and_cyrillic_need_no_other_font():
    families, missing = fonts.families_for("Grüße, Ελλάς, Москва…\n")
    assert families == ["DejaVu Sans Mono", "DejaVu Sans"] and missing == ""


def test_what_no_font_has_is_named_and_what_one_has_is_found(monkeypatch):
    has = {"DejaVu Sans Mono": "ab", "DejaVu Sans": "abc", "Han": "牀前", "Both": "牀前明न", "Late": "x"}
    monkeypatch.setattr(fonts, "_characters", lambda name: set(map(ord, has.get(name, ""))))
    monkeypatch.setattr(font_manager, "get_font_names", lambda: list(has))
    families, missing = fonts.families_for("abc 牀前明न\u0007☃\n")
    assert families == ["DejaVu Sans Mono", "DejaVu Sans", "Both"] and missing == "\u0007☃"


def test_a_family_that_is_not_there_has_no_characters():
    assert fonts._characters("No Such Font At All") == set()
