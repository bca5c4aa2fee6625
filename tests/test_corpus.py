import hashlib
import io
import os
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
        ("a\u2028b\x0cc".encode(), "a\u2028b\x0cc"),
        (b"one\n\xef\xbb\xbftwo", "one\ntwo"),
        ("Gruß\r\n".encode("utf-16"), "Gruß\n"),
        (b"\xfe\xff" + "Gruß".encode("utf-16-be"), "Gruß"),
        ("Gruß".encode("utf-32"), "Gruß"),
    ],
    ids=["plain", "beyond ASCII", "mark", "line ends", "left alone", "joined", "UTF-16", "big-endian", "UTF-32"],
)
def test_a_file_is_read_as_the_text_it_holds(write, raw, text):
    path = write(raw)
    assert corpus.read_text(path) == text
    assert corpus.read_text(str(path)) == text


def test_bytes_that_are_not_utf8_are_reported_with_their_offset(write):
    with pytest.raises(ValueError, match=r"is not UTF-8: byte 0xe9 at offset 8, line 2, column 5 .*encoding='cp1252'"):
        corpus.read_text(write("\r\ngrüß".encode() + "é!".encode("latin-1")))
    with pytest.raises(ValueError, match="line 1, column 1 .*encoding='cp1251'"):
        corpus.read_text(write("Евгений Онегин".encode("cp1251")))


def test_another_encoding_is_read_by_its_name(write):
    assert corpus.read_text(write("Grüße, “you’re”".encode("cp1252")), encoding="cp1252") == "Grüße, “you’re”"
    with pytest.raises(ValueError, match="is not ASCII: byte 0xfc at offset 2"):
        corpus.read_text(write("Grüße".encode("cp1252")), encoding="ascii")


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "rot13", "undefined", "punycode\0"])
def test_what_is_no_encoding_of_a_text_is_refused(write, encoding):
    with pytest.raises(ValueError, match=r"cannot read .*text\.txt in encoding"):
        corpus.read_text(write(b"plain"), encoding=encoding)


def test_utf16_without_its_mark_is_noticed(write):
    with pytest.raises(ValueError, match="UTF-16 without its mark"):
        corpus.read_text(write("plain".encode("utf-16-le")))


def test_several_files_and_a_folder_are_joined(tmp_path):
    for name, raw in (("b.txt", b"\xef\xbb\xbfsecond"), ("a.txt", b"first"), ("c.md", b"not this"), ("d.txt", b"")):
        (tmp_path / name).write_bytes(raw)
    assert corpus.read_text(tmp_path) == "first\nsecond"
    assert corpus.read_text(tmp_path / "b.txt", tmp_path / "c.md") == "second\nnot this"


def test_a_dash_is_the_standard_input(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"first\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("grüß\r\n".encode())))
    assert corpus.read_text(tmp_path / "a.txt", "-", tmp_path / "a.txt") == "first\ngrüß\nfirst\n"
    with pytest.raises(ValueError, match="- is empty"):
        corpus.read_text("-")
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(ValueError, match="is closed"):
        corpus.read_text("-")


def test_a_text_without_end_is_read_up_to_a_limit(write, monkeypatch):
    monkeypatch.setattr(corpus, "LIMIT", 1000)
    assert len(corpus.read_text(write(b"x" * 1000))) == 1000
    with pytest.raises(ValueError, match="more than 1,000 bytes"):
        corpus.read_text(write(b"x" * 1001))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_devices_and_pipes_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(OSError, match="a device or a pipe"):
            corpus.read_text(path)


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf"], ids=["no bytes", "only a mark"])
def test_an_empty_file_is_refused(write, raw):
    with pytest.raises(ValueError, match=r"text\.txt is empty"):
        corpus.read_text(write(raw))


def test_a_folder_without_texts_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no \.txt file in the folder"):
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
