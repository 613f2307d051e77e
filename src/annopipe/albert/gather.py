"""Windows through the encoder in batches, and only the rows that are wanted into the result."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.batches import pack
from annopipe.albert.codepoints import offsets_of, within
from annopipe.albert.finite import check_finite, met_at
from annopipe.albert.pooling import Takes
from annopipe.albert.windows import SPECIALS

Floats: TypeAlias = NDArray[np.float32]

States: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]
"""The encoder with a choice of layers: packed ids ``[rows]`` and their lengths to ``[rows, width]`` states."""


@dataclass(frozen=True)
class Encoded:
    """Some sequences through the encoder.

    Attributes:
        which: ``[n]`` int64, the sequences.
        begin: ``[n]`` int64, first row of each, that of ``[CLS]``.
        states: ``[rows, width]`` float32, sequence after sequence.
    """

    which: NDArray[np.int64]
    begin: NDArray[np.int64]
    states: Floats


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

    def packed(self, which: NDArray[np.int64]) -> NDArray[np.int64]:
        """``[rows]`` ids of sequences, end to end, each between its special pieces."""
        size = self.size[which]
        places = within(size + SPECIALS)
        last = np.repeat(size + 1, size + SPECIALS)
        rows = np.where(places == 0, self.cls_id, self.sep_id).astype(np.int64)
        rows[(places > 0) & (places < last)] = self.ids[np.repeat(self.first[which], size) + within(size)]
        return rows

    def encoded(self, which: NDArray[np.int64], states: States, max_sentences: int | None) -> Iterator[Encoded]:
        """Yield batch after batch of ``which``, together each once; an error of one bears its number."""
        for batch in pack(self.size[which] + SPECIALS, max_sentences=max_sentences):
            chosen = which[batch]
            lengths = self.size[chosen] + SPECIALS
            with met_at(chosen.__getitem__):
                found = states(self.packed(chosen), lengths)
            yield Encoded(chosen, offsets_of(lengths)[:-1], found)


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

    Raises:
        VectorsNotFinite: the ``row`` is a token that takes from what overflowed.
    """
    needed = np.flatnonzero(np.bincount(np.concatenate([takes.window for takes in parts])))
    width = out.shape[1] // len(parts)
    with met_at(partial(_taker, parts)):
        for batch in sequences.encoded(needed, states, max_sentences):
            for place, takes in enumerate(parts):
                _put(takes, batch, out[:, place * width : (place + 1) * width])
    check_finite(out)


def _taker(parts: Sequence[Takes], sequence: int) -> int:
    """A token that takes from a sequence which is encoded because one does."""
    return next(int(takes.target[takes.window == sequence][0]) for takes in parts if (takes.window == sequence).any())


def _put(takes: Takes, batch: Encoded, out: Floats) -> None:
    """What tokens take from one batch."""
    begin = np.searchsorted(takes.window, batch.which)
    counts = np.searchsorted(takes.window, batch.which, "right") - begin
    taken = np.repeat(begin, counts) + within(counts)
    if not len(taken):
        return
    rows = batch.states[np.repeat(batch.begin, counts) + takes.row[taken]]
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
