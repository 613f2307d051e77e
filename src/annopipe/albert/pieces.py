"""Encoded texts as flat columns: piece ids and the span of each piece in its text."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of, offsets_of
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


def spans(source: Source, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Begin and end of each piece in the texts that came in, both 0 for a piece that stands for no character.

    Args:
        source: where the normalised characters come from.
        lengths: ``[pieces]`` int64, normalised characters of each piece.
    """
    bounds = offsets_of(lengths)
    before = offsets_of(source.counts.astype(np.int64))[bounds]
    first, last = before[:-1], before[1:] - 1
    spelt = first <= last
    places = np.flatnonzero(source.counts)
    begin, end = np.zeros(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
    begin[spelt] = source.begin[places[first[spelt]]]
    end[spelt] = source.end[places[last[spelt]]]
    return begin, end


def settled(pieces: Pieces) -> Pieces:
    """The same with each empty span where the piece before it ends, or the text begins."""
    bare = pieces.begin == pieces.end
    text_start = np.repeat(pieces.starts[:-1], lengths_of(pieces.offsets))
    end = np.maximum.accumulate(np.where(bare, text_start, pieces.end))
    return replace(pieces, begin=np.where(bare, end, pieces.begin), end=end)
