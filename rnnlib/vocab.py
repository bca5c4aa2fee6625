"""The vocabulary: text to ids and back, and the one-hot rows that a network reads.

A network computes with numbers, a text is characters. The vocabulary lists the distinct characters once;
a character's *id* is its place in that list, and its *one-hot row* is all zeros with a single 1 at that place.
Built by hand in notebook 01.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

from . import expect

CHUNK = 1 << 20  # characters encoded at a time, so that a large text never stands in memory four times over
SHOWN = 120  # a vocabulary with more characters shows the first few alone


@dataclass(frozen=True)
class Vocab:
    """The distinct characters of a text; a character's id is its index in `chars`.

    Parameters
    ----------
    chars : str
        The V characters, each once, in the order of their ids.

    Raises
    ------
    ValueError
        If there is no character, or one stands twice.
    """

    chars: str

    def __post_init__(self):
        """Refuse a list that gives no id, or two ids to one character."""
        _expect_text(self.chars)
        if not self.chars:
            raise ValueError("a vocabulary needs at least one character, got none")
        char, count = Counter(self.chars).most_common(1)[0]
        if count > 1:
            raise ValueError(f"character {quoted(char)} stands twice in the vocabulary: {self.describe()}")

    @classmethod
    def from_text(cls, text):
        """Return the vocabulary of `text`, sorted: "hello" -> Vocab("ehlo")."""
        return cls("".join(sorted(set(text))))

    def __len__(self):
        """Return V, the number of characters."""
        return len(self.chars)

    def encode(self, text):
        """Turn text into ids: with Vocab("ehlo"), "hello" -> [1, 0, 2, 2, 3].

        Returns
        -------
        ids : ndarray of shape (len(text),)
            In the smallest unsigned integer type that holds V - 1. Such small integers wrap around
            in arithmetic: convert with `ids.astype(int)` before you multiply or add.

        Raises
        ------
        ValueError
            If a character is not in the vocabulary.
        """
        _expect_text(text)
        codes = _code_points(self.chars)
        ids_of = np.full(codes.max() + 2, -1, dtype=np.int32)  # the last entry stands for all larger codes
        ids_of[codes] = np.arange(len(self))
        ids = np.empty(len(text), dtype=np.min_scalar_type(len(self) - 1))
        for start in range(0, len(text), CHUNK):
            chunk = text[start : start + CHUNK]
            found = ids_of[np.minimum(_code_points(chunk), codes.max() + 1)]
            if found.min() < 0:
                raise ValueError(self._complain(text, start + int(found.argmin())))
            ids[start : start + CHUNK] = found
        return ids

    def decode(self, ids):
        """Turn ids into text: with Vocab("ehlo"), [1, 0, 2, 2, 3] -> "hello"."""
        ids = expect.ids(ids if hasattr(ids, "__len__") else list(ids), len(self), axes="N")
        return "".join([self.chars[i] for i in ids.tolist()])

    def one_hot(self, ids):
        """Return the one-hot rows of `ids`, shape (..., V): all zeros, with a 1 at the character's id."""
        return np.eye(len(self))[expect.ids(ids, len(self))]

    def describe(self):
        """Name the characters for an error message, as in "4 characters 'ehlo'"; of a large number, the first few."""
        if len(self) <= SHOWN:
            return f"{len(self)} characters {quoted(self.chars)}"
        return f"{len(self)} characters, the first {quoted(self.chars[: SHOWN // 6])}"

    def _complain(self, text, first):
        """Say which character has no id, the first of them at this place; in a long text, where, and how many more."""
        message = f"character {quoted(text[first])} is not in the vocabulary: {self.describe()}"
        if len(text) <= SHOWN:
            return message
        line, column = text.count("\n", 0, first) + 1, first - text.rfind("\n", 0, first)
        unknown = Counter(text) - Counter(dict.fromkeys(self.chars, len(text)))
        return (
            f"{message}; it stands in line {line}, column {column}, the first of {unknown.total()} unknown characters "
            f"({len(unknown)} different)"
        )


def quoted(text):
    r"""Return text in quotes with every character to be seen: as itself, or as an escape such as \n or \u0301.

    An escape that stands alone is named: "'\u0301' (COMBINING ACUTE ACCENT)".
    """
    marks = {ord(c): c.encode("unicode_escape").decode() for c in set(text) if unicodedata.category(c)[0] == "M"}
    shown = repr(text).translate(marks)
    name = unicodedata.name(text, "") if len(text) == 1 and text not in shown else ""
    return f"{shown} ({name})" if name else shown


def _expect_text(text):
    if not isinstance(text, str):
        raise TypeError(f"expected a text (str), got {type(text).__name__}")


def _code_points(text):
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
