"""Encoded texts as flat columns: piece ids and the span of each piece in its text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import offsets_of
from annopipe.albert.piece_source import Source


@dataclass(frozen=True)
class Pieces:
    """Pieces of several texts, end to end. Positions count code points of the texts laid end to end.

    Attributes:
        ids: ``[pieces]`` int32.
        begin, end: ``[pieces]`` int64; the piece stands for the characters in ``[begin, end)``, those that did not
            survive normalisation around it left out. A bare ``▁`` stands for none: ``begin == end``. ``end`` never
            decreases.
        offsets: ``[texts + 1]`` int64; text ``i`` owns the pieces ``offsets[i]:offsets[i + 1]``.
        survives: ``[characters]`` bool; False for white space and what normalisation drops.
        starts: ``[texts + 1]`` int64; text ``i`` owns the characters ``starts[i]:starts[i + 1]``.
    """

    ids: NDArray[np.int32]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    offsets: NDArray[np.int64]
    survives: NDArray[np.bool_]
    starts: NDArray[np.int64]

    def spans(self, text: int) -> list[tuple[int, int]]:
        """Spans of one text's pieces, in code points of that text."""
        own = slice(self.offsets[text], self.offsets[text + 1])
        start = self.starts[text]
        return list(zip((self.begin[own] - start).tolist(), (self.end[own] - start).tolist(), strict=True))


def spans(
    source: Source, lengths: NDArray[np.int64], text_starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Begin and end of each piece in the texts that came in.

    Args:
        source: where the normalised characters come from.
        lengths: ``[pieces]`` int64, normalised characters of each piece.
        text_starts: ``[pieces]`` int64, where the piece's text begins.
    """
    bounds = offsets_of(lengths)
    before = offsets_of(source.counts.astype(np.int64))[bounds]
    first, last = before[:-1], before[1:] - 1
    spelt = first <= last
    places = np.flatnonzero(source.counts)
    end = text_starts.copy()
    end[spelt] = source.end[places[last[spelt]]]
    end = np.maximum.accumulate(end)
    begin = end.copy()
    begin[spelt] = source.begin[places[first[spelt]]]
    return begin, end
