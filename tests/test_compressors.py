"""The compressors of notebook 12: what a text costs alone, and after a text that is known."""

import bz2
import lzma
import zlib

import pytest

from course import compressors

KNOWN = "".join(f"{n} little words of which each line has a few {n * n % 97}\n" for n in range(400)).encode()
TEXT = KNOWN[5000:8000]


def test_zlib_is_everywhere_and_whatever_is_not_here_is_named():
    assert compressors.NAMES[0] == "zlib"
    assert sorted(compressors.NAMES + compressors.MISSING) == ["bz2", "lzma", "zlib", "zstandard"]


@pytest.mark.parametrize("name", compressors.NAMES)
def test_a_text_is_small_alone_and_nearly_free_for_who_has_it(name):
    alone = compressors.size(name, TEXT)
    assert 0 < compressors.size(name, TEXT, KNOWN) < alone < len(TEXT)


def test_the_sizes_are_those_of_the_compressors_themselves():
    assert compressors.size("zlib", TEXT) == len(zlib.compress(TEXT, 9))
    assert compressors.size("bz2", TEXT) == len(bz2.compress(TEXT))
    assert compressors.size("bz2", TEXT, KNOWN) == len(bz2.compress(KNOWN + TEXT)) - len(bz2.compress(KNOWN))
    assert compressors.size("lzma", TEXT) < len(lzma.compress(TEXT))


def test_zlib_forgets_what_is_further_back_than_its_window():
    far = TEXT + b"".join(bytes([n % 251, n * 7 % 241]) for n in range(20_000))
    assert compressors.size("zlib", TEXT, far) > 2 * compressors.size("zlib", TEXT, TEXT)
