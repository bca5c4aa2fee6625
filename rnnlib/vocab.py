"""The vocabulary: text to ids and back, and the one-hot rows that a network reads.

A network computes with numbers, a text is characters. The vocabulary lists the distinct characters once;
a character's *id* is its place in that list, and its *one-hot row* is all zeros with a single 1 at that place.
Built by hand in notebook 01.
"""

from dataclasses import dataclass

import numpy as np

CHUNK = 1 << 20  # characters encoded at a time, so that a large text never stands in memory four times over


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
        if not self.chars:
            raise ValueError("a vocabulary needs at least one character, got none")
        if len(set(self.chars)) != len(self.chars):
            twice = next(char for char in self.chars if self.chars.count(char) > 1)
            raise ValueError(f"character {twice!r} stands twice in the vocabulary {self.chars!r}")

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
        codes = _code_points(self.chars)
        ids_of = np.full(codes.max() + 2, -1, dtype=np.int32)  # the last entry stands for all larger codes
        ids_of[codes] = np.arange(len(self))
        ids = np.empty(len(text), dtype=np.min_scalar_type(len(self) - 1))
        for start in range(0, len(text), CHUNK):
            chunk = text[start : start + CHUNK]
            found = ids_of[np.minimum(_code_points(chunk), codes.max() + 1)]
            if found.min() < 0:
                raise ValueError(f"character {chunk[found.argmin()]!r} is not in the vocabulary: {self.describe()}")
            ids[start : start + CHUNK] = found
        return ids

    def decode(self, ids):
        """Turn ids into text: with Vocab("ehlo"), [1, 0, 2, 2, 3] -> "hello"."""
        return "".join(self.chars[i] for i in ids)

    def one_hot(self, ids):
        """Return the one-hot rows of `ids`, shape (..., V): all zeros, with a 1 at the character's id."""
        return np.eye(len(self))[ids]

    def describe(self):
        """Name the characters for an error message, as in "4 characters 'ehlo'"."""
        return f"{len(self)} characters {self.chars!r}"


def _code_points(text):
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
