"""Windows through the encoder in batches, and only the rows that are wanted into the result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.batches import plan
from annopipe.albert.codepoints import within
from annopipe.albert.pooling import Takes
from annopipe.albert.windows import SPECIALS

Floats: TypeAlias = NDArray[np.float32]

States: TypeAlias = Callable[[NDArray[np.int64]], Floats]
"""The encoder with a choice of layers: ``[n, length]`` ids to ``[n, length, width]`` states."""


@dataclass(frozen=True)
class Sequences:
    """What goes through the encoder: runs of pieces, each between ``[CLS]`` and ``[SEP]``.

    Attributes:
        ids: ``[pieces]`` int32, of all texts end to end.
        first, size: ``[sequences]`` int64, the run of each.
        cls_id, sep_id: ids of the special pieces.
    """

    ids: NDArray[np.int32]
    first: NDArray[np.int64]
    size: NDArray[np.int64]
    cls_id: int
    sep_id: int

    def rows(self, which: NDArray[np.int64]) -> NDArray[np.int64]:
        """``[n, length]`` ids of sequences of equal size."""
        size = int(self.size[which[0]])
        rows = np.empty((len(which), size + SPECIALS), np.int64)
        rows[:, 0] = self.cls_id
        rows[:, 1:-1] = self.ids[self.first[which, np.newaxis] + np.arange(size)]
        rows[:, -1] = self.sep_id
        return rows

    def encoded(
        self, which: NDArray[np.int64], states: States, max_sentences: int | None
    ) -> Iterator[tuple[NDArray[np.int64], Floats]]:
        """For each batch its sequences and their ``[n, length, width]`` states; together each of ``which`` once."""
        for batch in plan(self.size[which] + SPECIALS, max_sentences=max_sentences):
            if len(batch):
                yield which[batch], states(self.rows(which[batch]))


def gather(
    sequences: Sequences, parts: Sequence[Takes], states: States, out: Floats, max_sentences: int | None = None
) -> None:
    """Fill the vectors of tokens.

    Only sequences that a token takes from are encoded, and no states are kept from one batch to the next.

    Args:
        sequences: the windows that takes name.
        parts: what each token takes; the first part fills the first ``width`` columns, and so on.
        states: the encoder.
        out: ``[tokens, parts * width]`` float32 of zeros, written in place.
        max_sentences: sequences of one batch at most.
    """
    needed = np.unique(np.concatenate([takes.window for takes in parts]))
    width = out.shape[1] // len(parts)
    for which, hidden in sequences.encoded(needed, states, max_sentences):
        for place, takes in enumerate(parts):
            _put(takes, which, hidden, out[:, place * width : (place + 1) * width])


def _put(takes: Takes, which: NDArray[np.int64], hidden: Floats, out: Floats) -> None:
    """What tokens take from one batch."""
    begin = np.searchsorted(takes.window, which)
    counts = np.searchsorted(takes.window, which, "right") - begin
    taken = np.repeat(begin, counts) + within(counts)
    if not len(taken):
        return
    rows = hidden[np.repeat(np.arange(len(which)), counts), takes.row[taken]]
    target = takes.target[taken]
    if takes.weight is None:
        out[target] = rows
        return
    changes = np.flatnonzero(np.diff(target, prepend=-1))
    sums = np.add.reduceat(rows * takes.weight[taken, np.newaxis], changes, axis=0)
    if takes.scattered:
        np.add.at(out, target[changes], sums)
    else:
        out[target[changes]] = sums
