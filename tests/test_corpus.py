import hashlib
import re

import numpy as np
import pytest

from rnnlib import corpus


@pytest.fixture
def write(tmp_path):
    def write(raw):
        path = tmp_path / "text.txt"
        path.write_bytes(raw)
        return path

    return write


@pytest.mark.parametrize("name", corpus.NAMES)
def test_a_shipped_text_is_the_one_whose_sum_the_readme_gives(name):
    readme = (corpus.DATA / "README.md").read_text(encoding="utf-8")
    sums = {file: digest for digest, file in re.findall(r"^([0-9a-f]{64})  (\S+)$", readme, re.MULTILINE)}
    assert hashlib.sha256((corpus.DATA / f"{name}.txt").read_bytes()).hexdigest() == sums[f"{name}.txt"]


def test_every_text_in_the_data_folder_has_a_name():
    assert sorted(path.stem for path in corpus.DATA.glob("*.txt")) == sorted(corpus.NAMES)


@pytest.mark.parametrize(("name", "characters", "distinct"), [("shakespeare", 1_188_786, 64), ("werther", 108_166, 82)])
def test_a_shipped_text_is_read_by_name(name, characters, distinct):
    text = corpus.read_text(name)
    assert (len(text), len(set(text))) == (characters, distinct)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain\n", "plain\n"),
        ("Gruß, \N{SNOWMAN} \U0001f600".encode(), "Gruß, \N{SNOWMAN} \U0001f600"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"a\r\nb\rc\nd\r\n\r\n", "a\nb\nc\nd\n\n"),
        ("a\ufeffb\u2028c\x0cd".encode(), "a\ufeffb\u2028c\x0cd"),  # only a mark at the start is a mark
    ],
    ids=["plain", "beyond ASCII", "byte-order mark", "line ends", "left alone"],
)
def test_a_file_is_read_as_the_text_it_holds(write, raw, text):
    path = write(raw)
    assert corpus.read_text(path) == text
    assert corpus.read_text(str(path)) == text


def test_bytes_that_are_not_utf8_are_reported_with_their_offset(write):
    with pytest.raises(ValueError, match=r"text\.txt is not UTF-8: byte 0xe9 at offset 6 "):
        corpus.read_text(write("grüß".encode() + "é!".encode("latin-1")))


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf"], ids=["no bytes", "only a mark"])
def test_an_empty_file_is_refused(write, raw):
    with pytest.raises(ValueError, match=r"text\.txt is empty"):
        corpus.read_text(write(raw))


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        corpus.read_text(tmp_path)


def test_a_missing_file_is_named_and_the_shipped_texts_with_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.txt.*shakespeare"):
        corpus.read_text(tmp_path / "absent.txt")


@pytest.mark.parametrize(("length", "first"), [(0, 0), (1, 0), (9, 8), (10, 9), (1000, 900), (1_188_786, 1_069_907)])
def test_the_first_nine_tenths_are_for_training_and_the_order_is_kept(length, first):
    ids = np.arange(length)
    train, validation = corpus.split(ids)
    assert len(train) == first
    np.testing.assert_array_equal(np.concatenate([train, validation]), ids)


def test_a_string_is_split_like_its_ids():
    assert corpus.split("abcd", train_fraction=0.5) == ("ab", "cd")
