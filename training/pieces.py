"""Texts as the student reads them, and the units that both tokenisations share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sentencepiece

from training.teacher import UNKNOWN, Encoded

PAD, UNK, CLS, SEP = 0, 1, 2, 3
LONGEST = 510
CACHED = 200_000
WORD = re.compile(r"(?:(?<=\s)|^)[^\w\s]|[^\w\s](?=[^\w\s]*(?:\s|$))|(?<=[^\w\s])[^\w\s]|\w(?:[^\s]*\w)?")
"""A word with the marks inside it, or one mark before, after or between words."""


@dataclass(frozen=True)
class Pieces:
    """One text as pieces: ids without special ones, and the pieces' character offsets (the space mark left out)."""

    ids: np.ndarray
    begins: np.ndarray
    ends: np.ndarray


class Vocabulary:
    """The student's SentencePiece model, with each piece's length known."""

    def __init__(self, path: Path) -> None:
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(path))
        names = [self.model.id_to_piece(i) for i in range(self.model.get_piece_size())]
        self.names = names
        self._lengths = np.array([len(name) for name in names])
        self._marked = np.array([name.startswith("▁") for name in names])
        self._bare = self.model.piece_to_id("▁")
        self._words: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, texts: list[str]) -> list[Pieces | None]:
        """Pieces of prepared texts; None where offsets cannot be told (the model's normaliser changed the text)."""
        return [self._placed(text, ids) for text, ids in zip(texts, self.model.encode(texts), strict=True)]

    def encode_words(self, texts: list[str]) -> list[Pieces | None]:
        """Pieces where each word and each punctuation mark beside it is encoded alone and bare space marks are dropped:
        what Spark NLP gives the model."""
        return [self._placed_words(text) for text in texts]

    def _placed_words(self, text: str) -> Pieces | None:
        ids: list[int] = []
        ends: list[int] = []
        for match in WORD.finditer(text):
            pieces = self._word(match.group())
            lengths = self._lengths[pieces] - self._marked[pieces]
            if UNK in pieces or lengths.sum() != len(match.group()):
                return None
            ids.extend(pieces)
            ends.extend((match.start() + np.cumsum(lengths)).tolist())
        if not ids:
            return None
        numbers, stops = np.asarray(ids, dtype=np.int64), np.asarray(ends)
        begins = stops - self._lengths[numbers] + self._marked[numbers]
        return Pieces(numbers[:LONGEST], begins[:LONGEST], stops[:LONGEST])

    def _word(self, word: str) -> list[int]:
        if word not in self._words:
            if len(self._words) > CACHED:
                self._words.clear()
            self._words[word] = [piece for piece in self.model.encode(word) if piece != self._bare]
        return self._words[word]

    def _placed(self, text: str, ids: list[int]) -> Pieces | None:
        pieces = np.asarray(ids, dtype=np.int64)
        if not len(pieces) or (pieces == UNK).any():
            return None
        ends = np.cumsum(self._lengths[pieces]) - 1
        if ends[-1] != len(text):
            return None
        begins = ends - self._lengths[pieces] + self._marked[pieces]
        return Pieces(pieces[:LONGEST], begins[:LONGEST], ends[:LONGEST])


@dataclass(frozen=True)
class Units:
    """Words and punctuation marks whose beginnings both tokenisations see: the unit of each piece and each token.

    Inner positions only; -1 where a teacher token is unknown, so that no target is made of it.
    """

    pieces: np.ndarray
    tokens: np.ndarray


def shared_units(pieces: Pieces, encoded: Encoded) -> Units:
    """The finest division into words and marks (the teacher's) that no piece straddles."""
    starts = np.intersect1d(pieces.begins, encoded.begins[~encoded.continues])
    of_pieces = np.searchsorted(starts, pieces.begins, side="right") - 1
    of_tokens = np.searchsorted(starts, encoded.begins, side="right") - 1
    unknown = of_tokens[encoded.ids[1:-1] == UNKNOWN]
    return Units(of_pieces, np.where(np.isin(of_tokens, unknown), -1, of_tokens))
