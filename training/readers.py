"""The models under evaluation, each as something that reads texts into vectors of pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from transformers import AlbertModel

from training.corpus import prepared
from training.embedding import by_length, padded
from training.losses import sentence_vectors
from training.pieces import CLS, LONGEST, SEP, WORD, Vocabulary
from training.teacher import Teacher


@dataclass(frozen=True)
class Placed:
    """Ids with the special ones about them, and the inner pieces' character offsets."""

    ids: list[int]
    begins: np.ndarray
    ends: np.ndarray


class Reader(Protocol):
    """Reads prepared texts."""

    name: str

    def place(self, text: str) -> Placed: ...

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor: ...


class TeacherReader:
    """The teacher; a layer below the last (6) where one is asked for."""

    def __init__(self, teacher: Teacher, layer: int = 6) -> None:
        self.teacher, self.layer = teacher, layer
        self.name = "teacher" if layer == 6 else f"teacher, layer {layer}"

    def place(self, text: str) -> Placed:
        encoded = self.teacher.encode([text])[0]
        return Placed(encoded.ids.tolist(), encoded.begins, encoded.ends)

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.teacher.hidden(ids, mask)[self.layer]


class StudentReader:
    """An ALBERT; word by word (as Spark NLP encodes) where asked for, else the whole text at once.

    ``layer`` counts from the embedding's output, 0; -1 is the last.
    """

    def __init__(
        self, name: str, model: AlbertModel, vocabulary: Vocabulary, wordwise: bool = False, layer: int = -1
    ) -> None:
        self.name, self.model, self.vocabulary, self.wordwise, self.layer = name, model, vocabulary, wordwise, layer

    def place(self, text: str) -> Placed:
        if not self.wordwise:
            return self._placed([(0, text)])
        return self._placed([(word.start(), word.group()) for word in WORD.finditer(text)])

    def _placed(self, parts: list[tuple[int, str]]) -> Placed:
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        for start, part in parts:
            found = self.vocabulary.model.encode(part, out_type="offset_mapping")
            for piece, name, (begin, end) in zip(found["ids"], found["pieces"], found["offsets"], strict=True):
                if self.wordwise and name == "▁":
                    continue
                ids.append(piece)
                spans.append((start + begin + part.startswith(" ", begin, end), start + end))
        places = np.array(spans[:LONGEST], dtype=np.int64).reshape(-1, 2)
        return Placed([CLS, *ids[:LONGEST], SEP], places[:, 0], places[:, 1])

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        found: torch.Tensor = states[self.layer]
        return found


class StaticReader(StudentReader):
    """The student's piece embeddings alone, without context or position."""

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        found: torch.Tensor = self.model.embeddings.word_embeddings(ids)
        return found


@torch.no_grad()
def sentences(reader: Reader, texts: list[str]) -> np.ndarray:
    """Mean-pooled unit vectors, special positions included."""
    rows = [reader.place(prepared(text)).ids for text in texts]
    vectors: dict[int, np.ndarray] = {}
    for batch in by_length(rows):
        ids, mask = padded([rows[i] for i in batch])
        vectors |= zip(batch, sentence_vectors(reader.hidden(ids, mask), mask).numpy(), strict=True)
    return np.stack([vectors[i] for i in range(len(texts))])


@torch.no_grad()
def words(reader: Reader, texts: list[str], spans: list[list[tuple[int, int]]]) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of all texts' tokens, one after another: of the first piece, and the mean of the pieces.

    A token's pieces are those that overlap its span; a token without any has zeros.
    """
    placed = [reader.place(text) for text in texts]
    rows = [one.ids for one in placed]
    first: dict[int, np.ndarray] = {}
    mean: dict[int, np.ndarray] = {}
    for batch in by_length(rows):
        ids, mask = padded([rows[i] for i in batch])
        for index, vectors in zip(batch, reader.hidden(ids, mask).numpy(), strict=True):
            first[index], mean[index] = _of_spans(vectors[1:], placed[index], spans[index])
    order = range(len(texts))
    return np.concatenate([first[i] for i in order]), np.concatenate([mean[i] for i in order])


def _of_spans(vectors: np.ndarray, placed: Placed, spans: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    first = np.zeros((len(spans), vectors.shape[1]), dtype=np.float32)
    mean = np.zeros_like(first)
    for row, (begin, end) in enumerate(spans):
        low = int(np.searchsorted(placed.ends, begin, side="right"))
        high = int(np.searchsorted(placed.begins, end, side="left"))
        if high > low and end > begin:
            first[row], mean[row] = vectors[low], vectors[low:high].mean(axis=0)
    return first, mean
