"""Sentences of any lengths packed along one axis of tokens, as the graph takes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """Sentences laid end to end; neighbours of equal length form a run, over which attention goes at once.

    Attributes:
        ids: [tokens] piece ids of all sentences.
        lengths: [sentences] pieces of each, none of them 0.
    """

    ids: Ints
    lengths: Ints

    @classmethod
    def of(cls, ids: Ints) -> "Packed":
        """Sentences of equal length, [sentences, pieces]: one run."""
        sentences, pieces = ids.shape
        return cls(ids.reshape(-1), np.full(sentences, pieces, np.int64))

    def feeds(self, hidden_size: int) -> dict[str, Ints]:
        """The graph's inputs by name.

        ``ids`` and ``positions`` [tokens]; ``runs``, their number; ``run_begin`` and ``run_end`` [runs, 1], in tokens;
        ``run_shape`` [runs, 3]: sentences, pieces, and the numbers of query, key and value together.
        """
        starts = np.cumsum(self.lengths) - self.lengths
        first = np.flatnonzero(np.diff(self.lengths, prepend=0))
        counts = np.diff(first, append=len(self.lengths))
        pieces = self.lengths[first]
        begin = starts[first]
        return {
            "ids": self.ids,
            "positions": np.arange(len(self.ids)) - np.repeat(starts, self.lengths),
            "runs": np.array(len(first), np.int64),
            "run_begin": begin[:, np.newaxis],
            "run_end": (begin + counts * pieces)[:, np.newaxis],
            "run_shape": np.stack([counts, pieces, np.full_like(counts, 3 * hidden_size)], axis=1),
        }
