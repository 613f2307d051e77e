"""What is to be known of each piece of a vocabulary: id, length, and ALBERT's rule for pieces such as ``▁9,``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

SPACE_MARK = "▁"
COMMA = ","
SPECIAL_PIECES = ("[CLS]", "[SEP]", "<pad>", "<unk>", "[MASK]")


@dataclass(frozen=True)
class Split:
    """What a piece turns into: ids, and the characters of the normalised text that each stands for."""

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]


class PieceTable:
    """The pieces of one SentencePiece model as text that was encoded can contain them.

    Special, control and unknown pieces have no entry: text that spells ``[SEP]`` is text, never the separator.
    """

    def __init__(self, processor: SentencePieceProcessor) -> None:
        """Read all pieces of a loaded model."""
        self._processor = processor
        numbers = list(range(processor.get_piece_size()))
        self.names = processor.id_to_piece(numbers)
        self.unknown: int = processor.unk_id()
        self._ids = {name: number for number, name in enumerate(self.names)}
        for name, control in zip(self.names, processor.is_control(numbers), strict=True):
            if control or name in SPECIAL_PIECES:
                del self._ids[name]
        self._ids.pop(self.names[self.unknown], None)
        self.lengths = np.fromiter(map(len, self.names), np.int64, len(numbers))
        for number in np.flatnonzero(processor.is_byte(numbers)).tolist():
            self.lengths[number] = _byte_length(self.names[number])

    def ids(self, surfaces: Iterable[str], count: int) -> NDArray[np.int32]:
        """``[count]`` int32 ids of pieces that SentencePiece found; the unknown id where the vocabulary has none."""
        return np.fromiter(map(self._ids.get, surfaces, repeat(self.unknown)), np.int32, count)

    @cached_property
    def comma_splits(self) -> dict[int, Split]:
        """The pieces of the vocabulary that ALBERT's digit-comma rule takes apart, and into what."""
        found = {number: self.split_comma(name) for name, number in self._ids.items() if name.endswith(COMMA)}
        return {number: split for number, split in found.items() if split is not None}

    @cached_property
    def is_comma_piece(self) -> NDArray[np.bool_]:
        """``[pieces]``: True for the keys of ``comma_splits``."""
        table = np.zeros(len(self.names), np.bool_)
        table[list(self.comma_splits)] = True
        return table

    def split_comma(self, surface: str) -> Split | None:
        """ALBERT's rule for a piece that ends in a digit and a comma: the rest encoded anew, then the comma.

        From google-research's ``encode_pieces``: numbers are pieces of their own although the vocabulary glues commas
        to some.
        """
        if len(surface) < 2 or surface[-1] != COMMA or not surface[-2].isdigit():
            return None
        rest: list[str] = self._processor.encode(surface[:-1].replace(SPACE_MARK, ""), out_type=str)
        if rest and surface[0] != SPACE_MARK and rest[0][0] == SPACE_MARK:
            rest = rest[1:] if len(rest[0]) == 1 else [rest[0][1:], *rest[1:]]
        lengths = [len(part) for part in rest]
        if sum(lengths) != len(surface) - 1:
            lengths = [len(surface) - 1, *([0] * (len(rest) - 1))]
        return Split(self.ids([*rest, COMMA], len(rest) + 1), np.array([*lengths, 1], np.int64))

    @cached_property
    def separable(self) -> bool:
        """True if no piece reaches over white space, so that a text may be encoded in parts cut at spaces."""
        probe: Callable[..., str] = self._processor.Normalize
        return probe("a  b ") == "▁a▁b" and not any(SPACE_MARK in name[1:] for name in self.names)


def _byte_length(name: str) -> int:
    """Characters that a byte piece such as ``<0xE2>`` begins: 0 for a continuation byte of UTF-8."""
    return int(int(name[3:5], 16) & 0xC0 != 0x80)
