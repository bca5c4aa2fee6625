"""A text as the user has it: its encoding, its form of Unicode, characters that the network does not know."""

import re
import unicodedata
from collections import Counter

from .. import corpus
from ..files import naming
from .mistakes import Mistake

SHOWN = 5  # kinds of character in a message


def read(args, vocab=None):
    """Read the texts that the arguments name.

    Composed (Unicode NFC) unless --no-nfc says not to, or unless the network knows more of it in another form.

    Returns
    -------
    text : str
    accents : str
        What that has done to them, empty if nothing.
    """
    try:
        text = corpus.read_text(*args.text, encoding=args.encoding)
    except ValueError as error:
        raise ValueError(re.sub("encoding='([^']*)'", r"--encoding \1", str(error))) from None
    except OSError as error:  # while it is read: the system's message names no file
        raise error if error.filename or not error.errno else naming(name(args), error) from None
    fit = text if args.no_nfc else fitting(text, vocab)
    if fit == text:
        return text, ""
    return fit, "composed (NFC)" if unicodedata.is_normalized("NFC", fit) else "decomposed (NFD)"


def fitting(text, vocab=None):
    """Return a text in the form that the network knows most of: composed, else as it is, else decomposed."""
    composed = unicodedata.normalize("NFC", text)
    if vocab is None or not unknown(composed, vocab):
        return composed
    return min((composed, text, unicodedata.normalize("NFD", text)), key=lambda form: len(unknown(form, vocab)))


def name(args):
    """Return what the texts are called in messages."""
    first = "standard input" if args.text[0] == "-" else args.text[0]
    return first if len(args.text) == 1 else f"{first} and {len(args.text) - 1} more"


def unknown(text, vocab):
    """Return how often each character of the text that is not in the vocabulary stands in it, most frequent first."""
    strange = set(text) - set(vocab.chars)
    counts = Counter(text) if len(strange) > SHOWN else {char: text.count(char) for char in strange}
    return dict(sorted(((char, counts[char]) for char in strange), key=lambda pair: (-pair[1], pair[0])))


def describe_unknown(text, counts):
    """Name unknown characters, with their count and first place."""
    char, place = next(iter(counts)), text.index(next(iter(counts)))
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    more = ", ".join(f"{show(other)} {times(count)}" for other, count in [*counts.items()][1:SHOWN])
    total = sum(counts.values())
    return (
        f"{total:,} character{'s' * (total > 1)} that the network does not know: {show(char)} {times(counts[char])}, "
        f"first in line {line:,}, column {column:,}" + (f"; {more}" if more else "")
        + (f"; {len(counts) - SHOWN:,} other kinds" if len(counts) > SHOWN else "")
    )  # fmt: skip


def times(count):
    """Return a number of times in words."""
    return f"{count:,} times" if count > 1 else "once"


def show(char):
    """Return a character between quotes; a combining or invisible one by its number and name."""
    if unicodedata.combining(char) or not char.isprintable():
        return f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"
    return repr(char)


def known(text, vocab, what, args):
    """Return the text as far as the network knows it; refuse the rest unless --skip-unknown says to leave it out.

    Returns
    -------
    text : str
    note : str
        What was left out; empty if nothing.
    """
    counts = unknown(text, vocab)
    if not counts:
        return text, ""
    described = describe_unknown(text, counts)
    if not args.skip_unknown:
        raise Mistake(f"{what} has {described}; leave them out with --skip-unknown")
    return text.translate(dict.fromkeys(map(ord, counts))), f"{what}: left out {described}"


def typed(text, vocab):
    r"""Return what was meant by a prompt: with a network that knows no backslash, \n and \t are line end and tab."""
    text = fitting(text, vocab)
    return text if "\\" in vocab.chars else text.replace("\\n", "\n").replace("\\t", "\t")
