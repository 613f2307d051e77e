"""Windows over long texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annopipe.albert.windows import Windows, token_windows

sizes_of_texts = st.lists(st.integers(0, 60), min_size=1, max_size=6)
lengths = st.integers(3, 20)


def obvious_windows(size: int, length: int) -> list[range]:
    """Windows over one text: the whole if it fits, else every half window one, until the text ends."""
    room = length - 2
    stride = max(1, room // 2)
    windows = [range(min(room, size))]
    while windows[-1].stop < size:
        begin = windows[-1].start + stride
        windows.append(range(begin, min(begin + room, size)))
    return windows


def depth(window: range, place: int) -> int:
    """Distance to the nearer edge."""
    return min(place - window.start, window.stop - 1 - place)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, [(0, 0)]), (8, [(0, 8)]), (9, [(0, 8), (4, 5)]), (12, [(0, 8), (4, 8)]), (13, [(0, 8), (4, 8), (8, 5)])],
)
def test_windows_of_ten(size: int, expected: list[tuple[int, int]]) -> None:
    windows = Windows.cut(np.array([0, size]), 10)
    assert list(zip(windows.first.tolist(), windows.size.tolist(), strict=True)) == expected


@given(sizes=sizes_of_texts, length=lengths)
def test_pieces_come_from_the_deepest_window(sizes: list[int], length: int) -> None:
    offsets = np.cumsum([0, *sizes])
    windows = Windows.cut(offsets, length)
    piece = np.arange(offsets[-1])
    best = windows.best(piece, np.repeat(np.arange(len(sizes)), sizes))
    at = 0
    for number, size in enumerate(sizes):
        obvious = obvious_windows(size, length)
        own = range(windows.offsets[number], windows.offsets[number + 1])
        assert [range(windows.first[w] - at, windows.first[w] - at + windows.size[w]) for w in own] == obvious
        assert set(windows.text[own.start : own.stop].tolist()) == {number}
        for place in range(size):
            deepest = max((w for w in obvious if place in w), key=lambda w: (depth(w, place), -w.start))
            assert obvious[best[at + place] - own.start] == deepest
        at += size


@given(size=st.integers(1, 60), length=lengths, data=st.data())
def test_a_token_has_one_window_if_any_holds_it(size: int, length: int, data: st.DataObject) -> None:
    windows = Windows.cut(np.array([0, size]), length)
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first + 1, size))
    chosen = int(token_windows(windows, np.array([first]), np.array([last]), np.array([0]))[0])
    obvious = obvious_windows(size, length)
    best = max((w for w in obvious if first in w), key=lambda w: (depth(w, first), -w.start))
    holding = [w for w in obvious if w.start <= first and last <= w.stop]
    if not holding:
        assert chosen == -1
    elif best in holding:
        assert obvious[chosen] == best
    else:
        assert obvious[chosen] in holding


def test_many_windows_cost_little() -> None:
    windows = Windows.cut(np.array([0, 2_000_000]), 512)
    piece = np.arange(2_000_000)
    best = windows.best(piece, np.zeros(2_000_000, np.int64))
    assert np.all(np.diff(best) >= 0)
    assert best[-1] == len(windows.first) - 1
