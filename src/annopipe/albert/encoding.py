"""The ``albert`` dialect: texts to SentencePiece ids, each piece with its span in the text as it was given."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from annopipe.albert.codepoints import CodePoints, lengths_of, offsets_of
from annopipe.albert.normalise import FoldingRules, fold
from annopipe.albert.piece_source import CharacterClasses, trace
from annopipe.albert.piece_table import PieceTable, Split
from annopipe.albert.pieces import Pieces, settled, spans
from annopipe.albert.segmentation import segment

PASS_CHARACTERS = 1 << 18
"""Characters that are normalised at once: bounds the memory of the arrays between."""

SEGMENT_CHARACTERS = 1 << 15
"""A longer text is encoded in parts, cut at spaces: SentencePiece's single-precision sums wear out over a book."""


class Encoding:
    """One vocabulary with one choice of normalisation, as a function of texts."""

    def __init__(self, processor: SentencePieceProcessor, table: PieceTable, rules: FoldingRules) -> None:
        """Prepare; nothing is read or encoded yet."""
        self._processor = processor
        self._table = table
        self._rules = rules
        self._classes = CharacterClasses(processor)

    def encode(self, texts: Sequence[str]) -> Pieces:
        """Encode texts of any length and content; time and memory are linear in the characters."""
        segments, first_segments = self._segments(texts)
        passes = [self._encode_pass(part) for part in _passes(segments)]
        starts = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
        return settled(_joined(passes, first_segments, starts))

    def _segments(self, texts: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
        """All texts in parts of bounded length, and for each text (and the end) the number of parts before it."""
        if max(map(len, texts), default=0) <= SEGMENT_CHARACTERS or not (
            self._table.separable and self._rules.remove_space
        ):
            return list(texts), np.arange(len(texts) + 1, dtype=np.int64)
        parts = [list(_cut_at_spaces(text)) for text in texts]
        return list(chain.from_iterable(parts)), offsets_of(np.fromiter(map(len, parts), np.int64, len(parts)))

    def _encode_pass(self, texts: list[str]) -> Pieces:
        """Encode texts that fit in one pass."""
        points = CodePoints.of(texts)
        folded = fold(points, self._rules)
        strings = folded.strings()
        found: list[list[str]] = segment(self._processor, strings, str)
        counts = np.fromiter(map(len, found), np.int64, len(found))
        surfaces = list(chain.from_iterable(found))
        ids = self._table.ids(surfaces, len(surfaces))
        lengths = self._table.lengths[ids]
        unknown = np.flatnonzero(ids == self._table.unknown)
        lengths[unknown] = np.fromiter((len(surfaces[place]) for place in unknown.tolist()), np.int64, len(unknown))
        totals = lengths_of(offsets_of(lengths)[offsets_of(counts)])
        source = trace(self._processor, self._classes, folded, strings, totals)
        ids, lengths, counts = self._split_commas(ids, lengths, counts, surfaces, unknown)
        begin, end = spans(source, lengths)
        return Pieces(ids, begin, end, offsets_of(counts), source.survivors(len(points.points)), points.offsets)

    def _split_commas(
        self,
        ids: NDArray[np.int32],
        lengths: NDArray[np.int64],
        counts: NDArray[np.int64],
        surfaces: list[str],
        unknown: NDArray[np.intp],
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """The digit-comma rule on all pieces: ids, lengths and pieces per text after it."""
        table = self._table
        splits: dict[int, Split] = {
            place: table.comma_splits[int(ids[place])] for place in np.flatnonzero(table.is_comma_piece[ids]).tolist()
        }
        for place in unknown.tolist():
            split = table.split_comma(surfaces[place])
            if split is not None:
                splits[place] = split
        if not splits:
            return ids, lengths, counts
        text = np.repeat(np.arange(len(counts)), counts)
        sizes = np.ones(len(ids), np.int64)
        for place, split in splits.items():
            sizes[place] = len(split.ids)
        new_ids, new_lengths, starts = np.repeat(ids, sizes), np.repeat(lengths, sizes), offsets_of(sizes)
        for place, split in splits.items():
            new_ids[starts[place] : starts[place + 1]] = split.ids
            new_lengths[starts[place] : starts[place + 1]] = split.lengths
        return new_ids, new_lengths, np.bincount(np.repeat(text, sizes), minlength=len(counts)).astype(np.int64)


def _cut_at_spaces(text: str) -> Iterator[str]:
    """Parts of a text, each but the last cut before a space near the longest length allowed."""
    begin = 0
    while len(text) - begin > SEGMENT_CHARACTERS:
        cut = text.rfind(" ", begin + 1, begin + SEGMENT_CHARACTERS)
        if cut < 0:
            cut = text.find(" ", begin + SEGMENT_CHARACTERS)
        if cut < 0:
            break
        yield text[begin:cut]
        begin = cut
    yield text[begin:]


def _passes(texts: list[str]) -> Iterator[list[str]]:
    """Runs of texts with at most ``PASS_CHARACTERS`` together, or one text."""
    lengths = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
    begin = 0
    while begin < len(texts):
        end = int(np.searchsorted(lengths, lengths[begin] + PASS_CHARACTERS, "right")) - 1
        end = max(end, begin + 1)
        yield texts[begin:end]
        begin = end


def _joined(passes: list[Pieces], first_segments: NDArray[np.int64], starts: NDArray[np.int64]) -> Pieces:
    """The pieces of all passes as those of the texts whose parts they are."""
    if not passes:
        empty = np.zeros(0, np.int64)
        return Pieces(empty.astype(np.int32), empty, empty, np.zeros(1, np.int64), empty.astype(np.bool_), starts)
    bases = offsets_of(np.array([len(part.survives) for part in passes], np.int64)).tolist()
    counts = np.concatenate([lengths_of(part.offsets) for part in passes])
    return Pieces(
        np.concatenate([part.ids for part in passes]),
        np.concatenate([part.begin + base for part, base in zip(passes, bases, strict=False)]),
        np.concatenate([part.end + base for part, base in zip(passes, bases, strict=False)]),
        offsets_of(counts)[first_segments],
        np.concatenate([part.survives for part in passes]),
        starts,
    )
