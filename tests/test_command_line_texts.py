"""Texts as people have them: any encoding, any length, any alphabet; one unknown character stops nothing."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from command_line import SMALL, TEXT, run, trained

from rnnlib import checkpoint, corpus

ACCENTED = "Où est l'été, où est la forêt ? Là-bas, à côté.\n" * 60


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "model.npz").write_bytes(trained())
    return tmp_path


def same_network(a, b):
    a, b = (checkpoint.load_model(name) for name in (a, b))
    assert a.vocab == b.vocab
    np.testing.assert_equal(a.params, b.params)


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        (b"\xef\xbb\xbf" + ACCENTED.replace("\n", "\r\n").encode(), []),
        (ACCENTED.encode("utf-16"), []),
        (b"\xfe\xff" + ACCENTED.encode("utf-16-be"), []),
        (ACCENTED.encode("utf-16-le"), ["--encoding", "utf-16-le"]),
        (ACCENTED.encode("cp1252"), ["--encoding", "cp1252"]),
        (unicodedata.normalize("NFD", ACCENTED).encode(), []),
    ],
    ids=["windows", "UTF-16", "big-endian", "UTF-16 without mark", "cp1252", "decomposed"],
)
def test_whatever_the_file_the_same_text_trains_the_same_network(folder, raw, options):
    (folder / "a.txt").write_bytes(ACCENTED.encode())
    (folder / "b.txt").write_bytes(raw)
    assert run("train", "a.txt", *SMALL)[0] == 0
    code, out, err = run("train", "b.txt", *SMALL, *options)
    assert (code, err) == (0, "")
    same_network("a.npz", "b.npz")
    composed = raw == unicodedata.normalize("NFD", ACCENTED).encode()
    assert ("accents composed (NFC)" in out) == composed
    assert ("NFC" in run("evaluate", "a.npz", "b.txt", *options)[2]) == composed
    assert run("train", "b.txt", "--resume", "b.npz", "--steps", 45, *options)[0] == 0


def test_accents_are_left_alone_when_asked_and_a_network_of_that_kind_is_still_read(folder):
    decomposed = unicodedata.normalize("NFD", ACCENTED)
    (folder / "b.txt").write_text(decomposed, encoding="utf-8")
    assert run("train", "b.txt", *SMALL, "--no-nfc")[0] == 0
    assert "\u0301" in checkpoint.load_model("b.npz").vocab.chars
    assert run("evaluate", "b.npz", "b.txt")[::2] == (0, "")
    assert run("train", "b.txt", "--resume", "b.npz", "--steps", 45)[0] == 0


def test_several_files_a_folder_and_the_standard_input_are_one_text(folder):
    (folder / "book").mkdir()
    for name, part in (("1.txt", TEXT[:1000]), ("2.txt", TEXT[1000:])):
        (folder / "book" / name).write_bytes(b"\xef\xbb\xbf" + part.encode())
    (folder / "book" / "notes.md").write_text("not this: @@@", encoding="utf-8")
    joined = TEXT if TEXT[999] == "\n" else TEXT[:1000] + "\n" + TEXT[1000:]
    (folder / "joined.txt").write_text(joined, encoding="utf-8")
    assert run("train", "joined.txt", *SMALL)[0] == 0
    assert run("train", "book", *SMALL)[0] == 0
    assert run("train", "book/1.txt", "book/2.txt", *SMALL)[0] == 0
    assert run("train", "-", *SMALL, stdin=joined.encode())[0] == 0
    for name in ("book.npz", "1.npz", "stdin.npz"):
        same_network("joined.npz", name)


@pytest.mark.parametrize("length", [200, 300, 900, 2052, 2200])
def test_a_short_text_shrinks_streams_and_blocks_and_says_so(folder, length):
    (folder / "short.txt").write_text(TEXT[:length], encoding="utf-8")
    code, out, err = run("train", "short.txt", *SMALL)
    assert (code, err) == (0, "") and "the text is short" in out
    recipe = checkpoint.load_run("short.npz")[0].recipe
    assert recipe.batch_size * recipe.block_length < 0.9 * length
    assert run("train", "short.txt", "--resume", "short.npz", "--steps", 45)[0] == 0


def test_sizes_that_were_asked_for_are_never_changed(folder):
    (folder / "short.txt").write_text(TEXT[:1000], encoding="utf-8")
    assert "too short" in run("train", "short.txt", *SMALL, "--batch-size", 50, "--block-length", 50)[2]
    assert run("train", "short.txt", *SMALL, "--block-length", 100)[0] == 0
    assert checkpoint.load_run("short.npz")[0].recipe.block_length == 100


@pytest.mark.parametrize(
    "text", ["a" * 3000, "ab" * 1500, "hello" * 1000, "0 0 0\n" * 500, "\x1b\0\n " * 800, "\u200e\u202f\u0301x" * 800],
    ids=["one character", "two", "hello", "zeros", "control characters", "invisible"],
)  # fmt: skip
def test_odd_texts_train_and_write(folder, text):
    (folder / "odd.txt").write_text(text, encoding="utf-16")
    code, out, err = run("train", "odd.txt", *SMALL)
    assert (code, err) == (0, "") and "\x1b" not in out and "\0" not in out
    assert run("sample", "odd.npz", "--length", 20)[0] == run("evaluate", "odd.npz", "odd.txt")[0] == 0


def test_a_vocabulary_of_thousands_is_shown_short(folder):
    text = "".join(map(chr, np.random.default_rng(0).integers(0x4E00, 0x5E00, 6000)))
    (folder / "chinese.txt").write_text(text, encoding="utf-8")
    code, out, _ = run("train", "chinese.txt", "--hidden-size", 8, "--steps", 2)
    assert code == 0 and max(map(len, out.split("\n\n")[0].splitlines())) <= 80
    for arguments in (["evaluate", "chinese.npz", "text.txt"], ["sample", "chinese.npz", "--prompt", "x"]):
        assert len(run(*arguments)[2]) < 300


def test_unknown_characters_are_named_and_left_out_when_asked(folder):
    (folder / "other.txt").write_text(TEXT + "3 pigs,\n1 X, 3 X\n", encoding="utf-8")
    code, _, err = run("evaluate", "model.npz", "other.txt")
    assert code == 2 and "6 characters that the network does not know: '3' 2 times, first in line 61, column 1" in err
    code, out, err = run("evaluate", "model.npz", "other.txt", "--skip-unknown")
    assert code == 0 and out.count("bits per character") == 3 and "left out 6 characters" in err
    (folder / "known.txt").write_text(TEXT + " igs,\n ,  \n", encoding="utf-8")
    assert run("evaluate", "model.npz", "known.txt")[1] == out
    assert run("sample", "model.npz", "--prompt", "the 3", "--skip-unknown", "--length", 0)[1] == "the \n"


def test_a_prompt_and_a_text_are_read_in_the_form_of_unicode_that_the_network_knows(folder):
    composed = "crème brûlée à la carte\n" * 200
    decomposed = unicodedata.normalize("NFD", composed)
    Path("composed.txt").write_text(composed, encoding="utf-8")
    Path("decomposed.txt").write_text(decomposed, encoding="utf-8")
    run("train", "composed.txt", *SMALL)
    run("train", "decomposed.txt", *SMALL, "--no-nfc")
    for name in ("composed", "decomposed"):
        written = [
            run("sample", f"{name}.npz", "--prompt", prompt, "--stop", unicodedata.normalize("NFC", "è"), "--seed", 1)
            for prompt in ("crème brûlé", unicodedata.normalize("NFD", "crème brûlé"))
        ]
        assert written[0][0] == 0 and written[0] == written[1]
    code, out, err = run("evaluate", "decomposed.npz", "composed.txt")
    assert (code, err) == (0, "warning: composed.txt: accents decomposed (NFD); --no-nfc leaves them as they are\n")
    assert out == run("evaluate", "decomposed.npz", "decomposed.txt")[1]


def test_a_text_that_cannot_be_read_to_its_end_is_named(folder, monkeypatch):
    def fail(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(corpus, "_bounded", fail)
    assert run("train", "text.txt")[::2] == (2, "error: text.txt: Input/output error\n")
