import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlib.batches import blocks, count_blocks


@st.composite
def texts(draw, partial=False):
    """(N, B, T) with at least one block; the text is 0, 1, 2, ... so that an id is its own place."""
    B, T = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    return draw(st.integers(B * (1 if partial else T) + 1, 150)), B, T


def slow_blocks(N, B, T, partial):
    """Stream b holds the places b L .. b L + L - 1; a block takes T of each, as long as there are T (or any)."""
    L = (N - 1) // B
    for first in range(0, L, T):
        times = range(first, min(first + T, L))
        if len(times) == T or partial:
            yield [[b * L + t for b in range(B)] for t in times]


@pytest.mark.parametrize("partial", [False, True])
@given(data=st.data())
def test_blocks_are_the_streams_read_side_by_side(partial, data):
    N, B, T = data.draw(texts(partial))
    got = list(blocks(np.arange(N), B, T, partial=partial))
    assert [inputs.tolist() for inputs, _ in got] == list(slow_blocks(N, B, T, partial))


@given(texts())
def test_a_target_is_the_next_character_and_never_wraps(sizes):
    N, B, T = sizes
    for inputs, targets in blocks(np.arange(N), B, T, partial=True):
        np.testing.assert_array_equal(targets, inputs + 1)


@given(texts())
def test_row_b_of_the_next_block_continues_row_b_of_this_one(sizes):
    N, B, T = sizes
    got = [inputs for inputs, _ in blocks(np.arange(N), B, T)]
    for this, following in zip(got, got[1:], strict=False):
        np.testing.assert_array_equal(following[0], this[-1] + 1)


@given(texts(), st.integers(0, 8))
def test_reading_can_start_in_the_middle(sizes, start):
    N, B, T = sizes
    whole = [inputs.tolist() for inputs, _ in blocks(np.arange(N), B, T)]
    assert [inputs.tolist() for inputs, _ in blocks(np.arange(N), B, T, start=start)] == whole[start:]


@given(texts())
def test_the_number_of_blocks_is_known_beforehand(sizes):
    N, B, T = sizes
    count = count_blocks(np.arange(N), B, T)
    assert count == len(list(blocks(np.arange(N), B, T)))
    assert isinstance(count, int)


def test_blocks_index_and_count_like_python_integers():
    ids = np.full(4, 200, dtype=np.uint8)
    inputs, targets = next(blocks(ids, 1, 3))
    assert (inputs + targets).max() == 400


def test_the_shortest_text_that_holds_a_block():
    [(inputs, targets)] = blocks(np.arange(7), 2, 3)
    assert inputs.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert targets.tolist() == [[1, 4], [2, 5], [3, 6]]


@pytest.mark.parametrize(("partial", "expected"), [(False, 7), (True, 3)])
def test_a_shorter_text_is_refused_with_the_length_it_needs(partial, expected):
    with pytest.raises(ValueError, match=f"{expected - 1} characters is too short.*expected at least {expected}"):
        next(blocks(np.arange(expected - 1), 2, 3, partial=partial))


@pytest.mark.parametrize(("batch_size", "block_length"), [(0, 3), (2, 0), (-1, 3)])
def test_sizes_below_one_are_refused(batch_size, block_length):
    with pytest.raises(ValueError, match=f"of at least 1, got {min(batch_size, block_length)}"):
        next(blocks(np.arange(100), batch_size, block_length))


def test_blocks_are_copies_and_the_text_is_left_as_it_was():
    for dtype in (np.uint8, np.intp):
        ids = np.arange(9, dtype=dtype)
        for inputs, targets in blocks(ids, 2, 2):
            assert inputs.dtype == targets.dtype == np.intp
            inputs[:], targets[:] = 0, 0
        assert ids.tolist() == [*range(9)] and ids.dtype == dtype


def test_a_start_is_a_whole_number_from_zero():
    with pytest.raises(ValueError, match="start of at least 0, got -1"):
        next(blocks(np.arange(9), 1, 2, start=-1))
    with pytest.raises(TypeError, match="whole number for start"):
        next(blocks(np.arange(9), 1, 2, start=1.0))
