"""The labels of notebook 08 are what they say: compared with labels by hand, and with Python's own tokenizer."""

import io
import re
import tokenize

import numpy as np
import pytest

from course import features
from rnnlib import corpus


@pytest.mark.parametrize(("pattern", "marks"), [("b+", "011001"), ("z", "000000"), (".", "111111")])
def test_what_lies_in_a_match_is_marked(pattern, marks):
    assert "".join(str(int(y)) for y in features.mark(pattern, "abbcab")) == marks


@pytest.mark.parametrize("marks", [[0, 1, 1, 0, 1], [1, 1, 0], [0], [], [1, 1]])
def test_marks_are_counted_since_the_last_gap(marks):
    counts, last = [], 0
    for mark in marks:
        last = last + 1 if mark else 0
        counts.append(last)
    assert features.count(np.array(marks, dtype=bool)).tolist() == counts


def test_strings_and_comments_are_those_of_pythons_tokenizer():
    """Asked about two whole files of the part that no network has read."""
    source = corpus.read_text("python")
    quoted, triple, comment = features.strings_and_comments(source)
    at = source.index("# file: types.py")
    assert at >= len(corpus.split(source)[0])
    rest = source[at:]
    lines = np.cumsum([0] + [len(line) + 1 for line in rest.split("\n")])
    asked = {kind: np.zeros(len(rest), bool) for kind in (tokenize.COMMENT, tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(rest).readline):
        if token.type in asked:
            begin, end = (lines[row - 1] + column for row, column in (token.start, token.end))
            if token.type == tokenize.STRING:
                begin += re.match("[a-zA-Z]*", token.string).end()  # after its r
                end -= 1
            asked[token.type][begin:end] = True
    assert (asked[tokenize.COMMENT] == comment[at:]).all()
    assert (asked[tokenize.STRING] == (quoted | triple)[at:]).all()


def test_python_source_gets_its_labels():
    source = 'if f(a[1], "(") > 0:  # (\n    x = 1\n'
    labels, closing = features.of_python(source)
    assert {len(y) for y in labels.values()} == {len(source)}
    assert [i for i in range(len(source)) if closing[i]] == [8, 14]
    assert labels["inside brackets"].nonzero()[0].tolist() == list(range(4, 14))
    assert labels["indent"].tolist()[-11:] == [0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4][:11]
    assert (labels["string or comment"] == labels["inside quotes"] | labels["inside a comment"]).all()


def test_every_bracket_of_the_shipped_source_is_closed():
    source = corpus.read_text("python")
    _, closing = features.of_python(source)
    code = ~np.logical_or.reduce(features.strings_and_comments(source))
    depth = np.cumsum((features.mark(r"[(\[{]", source) & code).astype(int) - closing)
    assert depth.min() == 0 and depth[-1] == 0


def test_labels_stand_under_their_text():
    text = "a b\n"
    assert features.table(text, {"letter": features.mark("[a-z]", text)}).split("\n") == [
        f"{'':18}a ␣ b ↵", f"{'letter':18}1 0 1 0",
    ]  # fmt: skip
