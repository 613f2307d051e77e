"""Which pieces make up each token, in the ``albert`` dialect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of
from annopipe.albert.pieces import Pieces


@dataclass(frozen=True)
class Alignment:
    """Pieces of tokens, as places in the columns of ``Pieces``.

    Attributes:
        first: ``[tokens]`` int64; the first piece that covers the token's first surviving character, -1 where none
            survives.
        last: ``[tokens]`` int64; one past the last piece that covers its last surviving character, -1 likewise.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]


def align(pieces: Pieces, begin: NDArray[np.int64], end: NDArray[np.int64], offsets: NDArray[np.int64]) -> Alignment:
    """Align tokens with pieces, for all texts at once.

    A piece over two tokens serves both, a bare ``▁`` none. Characters that normalisation drops (accents, control
    characters) and white space do not survive.

    Args:
        pieces: the encoded texts.
        begin, end: ``[tokens]`` int64, end exclusive, in code points of the token's text; cut to the text like a Python
            slice.
        offsets: ``[texts + 1]`` int64; text ``i`` owns the tokens ``offsets[i]:offsets[i + 1]``.
    """
    counts = lengths_of(offsets)
    start = np.repeat(pieces.starts[:-1], counts)
    stop = np.repeat(pieces.starts[1:], counts)
    begin, end = np.minimum(start + np.maximum(begin, 0), stop), np.minimum(start + np.maximum(end, 0), stop)
    survivors = np.flatnonzero(pieces.survives)
    low, high = np.searchsorted(survivors, begin), np.searchsorted(survivors, end)
    alive = low < high
    first, last = np.full(len(begin), -1, np.int64), np.full(len(begin), -1, np.int64)
    first[alive] = np.searchsorted(pieces.end, survivors[low[alive]], "right")
    least_begin = np.minimum.accumulate(pieces.begin[::-1])[::-1]
    last[alive] = np.searchsorted(least_begin, survivors[high[alive] - 1], "right")
    return Alignment(first, last)
