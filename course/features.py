"""What a hidden unit could follow: labels for each character of a text, in words that a regular expression can check.

Notebook 08 labels a play with them, and the source of Python, whose rules are exact.
"""

import re

import numpy as np

PYTHON = re.compile(
    r"""#[^\n]*"""  # a comment
    r"""|(\"{3}|'{3})(?:\\.|.)*?\1"""  # a string in three quotes
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",  # in one
    re.DOTALL,
)


def mark(pattern, text):
    """Return True for each character of the text inside a match of the pattern: shape (len(text),)."""
    marks = np.zeros(len(text), dtype=bool)
    for match in re.finditer(pattern, text):
        marks[match.start() : match.end()] = True
    return marks


def count(marks):
    """Count the marks since the last gap: [0, 1, 1, 0, 1] -> [0, 1, 2, 0, 1]."""
    places = np.arange(len(marks))
    return places - np.maximum.accumulate(np.where(marks, -1, places))


def strings_and_comments(source):
    """Label Python source: which characters are inside quotes, inside three quotes, inside a comment.

    A string is *inside* from its opening quote up to the character before the closing one.

    Parameters
    ----------
    source : str

    Returns
    -------
    quoted, triple, comment : bool ndarrays of shape (len(source),)
    """
    quoted, triple, comment = np.zeros((3, len(source)), dtype=bool)
    for match in PYTHON.finditer(source):
        if match[0].startswith("#"):
            comment[match.start() : match.end()] = True
        else:
            (triple if match[1] else quoted)[match.start() : match.end() - 1] = True
    return quoted, triple, comment


def indent(source):
    """Count the spaces at the beginning of the line, as far as it has been read."""
    counts = []
    for line in source.split("\n"):
        spaces = len(line) - len(line.lstrip(" "))
        counts += [min(i, spaces) for i in range(1, len(line) + 2)]
    return np.array(counts[: len(source)])


def of_python(source):
    """Label each character of Python source.

    Returns
    -------
    features : dict
        Seven labels by name, bool (inside ...) or counts, each of shape (len(source),).
    closing : bool ndarray of shape (len(source),)
        The brackets of the code that close.
    """
    quoted, triple, comment = strings_and_comments(source)
    code = ~(quoted | triple | comment)
    opening, closing = (mark(pattern, source) & code for pattern in (r"[(\[{]", r"[)\]}]"))
    features = {
        "inside quotes": quoted,
        "inside three quotes": triple,
        "inside a comment": comment,
        "string or comment": ~code,
        "inside brackets": np.cumsum(opening.astype(int) - closing) > 0,
        "indent": indent(source),
        "line position": count(mark(r"[^\n]", source)),
    }
    return features, closing


def table(text, features):
    """Return the labels under the text, a line for each feature; of a number, its last digit."""
    shown = text.replace("\n", "↵").replace(" ", "␣")
    lines = [f"{'':18}{' '.join(shown)}"]
    lines += [f"{name:18}{' '.join(str(int(y))[-1] for y in labels)}" for name, labels in features.items()]
    return "\n".join(lines)
