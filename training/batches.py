"""Batches of segments of like length, in an order that depends only on the seed and the position."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.pieces import CLS, PAD, SEP, Pieces, Units, Vocabulary, shared_units
from training.teacher import Encoded, Teacher

CHUNK = 4096
"""Segments that are sorted by length together."""

WORDWISE_EVERY = 3

TOKENS = 2600
"""Padded positions a batch may have."""


@dataclass(frozen=True)
class Position:
    """Where in the data training stands: the next batch of a chunk of an epoch."""

    epoch: int = 0
    chunk: int = 0
    batch: int = 0


@dataclass(frozen=True)
class Row:
    """One text as both models read it."""

    pieces: Pieces
    encoded: Encoded

    @property
    def size(self) -> int:
        """Positions that the text needs in either model."""
        return max(len(self.pieces.ids) + 2, len(self.encoded.ids))


@dataclass(frozen=True)
class Batch:
    """Padded ids of both models and the units that they share, numbered over the whole batch."""

    student_ids: Tensor
    teacher_ids: Tensor
    student_units: Tensor
    teacher_units: Tensor
    first: Tensor
    """Boolean, like ``student_ids``: first pieces, one for each unit, in the units' order."""
    known: Tensor
    """Boolean, one for each unit: whether the teacher says something of it."""

    @property
    def unit_count(self) -> int:
        return len(self.known)

    @property
    def student_mask(self) -> Tensor:
        return (self.student_ids != PAD).long()

    @property
    def teacher_mask(self) -> Tensor:
        return (self.teacher_ids != 0).long()

    @property
    def tokens(self) -> int:
        """The student's pieces, padding left out."""
        return int((self.student_ids != PAD).sum())


def batches(
    segments: Path, vocabulary: Vocabulary, teacher: Teacher, seed: int, start: Position
) -> Iterator[tuple[Batch, Position]]:
    """Batches from a position on, without end, each with the position that follows it."""
    at = start
    while True:
        some = False
        for number, chunk in _chunks(segments, at.chunk):
            some = True
            skip = at.batch if number == at.chunk else 0
            groups = grouped(read(chunk, vocabulary, teacher))
            random.Random(f"{seed}-{at.epoch}-{number}").shuffle(groups)  # noqa: S311 (a shuffle, not a secret)
            for index in range(skip, len(groups)):
                yield collate(groups[index]), Position(at.epoch, number, index + 1)
        if not some and at.chunk == 0:
            raise ValueError(f"{segments} holds no segments")
        at = Position(at.epoch + 1)


def read(texts: list[str], vocabulary: Vocabulary, teacher: Teacher) -> list[Row]:
    """The texts as both models read them, those left out whose pieces cannot be placed.

    The student reads every third text word by word, as Spark NLP encodes, and the others whole, as ALBERT does.
    """
    ours = vocabulary.encode(texts)
    ours[::WORDWISE_EVERY] = vocabulary.encode_words(texts[::WORDWISE_EVERY])
    both = zip(ours, teacher.encode(texts), strict=True)
    return [Row(pieces, encoded) for pieces, encoded in both if pieces is not None and len(encoded.begins)]


def _chunks(segments: Path, start: int) -> Iterator[tuple[int, list[str]]]:
    """The file's chunks from one on, each with its number."""
    with segments.open(encoding="utf-8") as file:
        for _ in islice(file, start * CHUNK):
            pass
        number = start
        while chunk := [line.rstrip("\n") for line in islice(file, CHUNK)]:
            yield number, chunk
            number += 1


def grouped(rows: list[Row]) -> list[list[Row]]:
    """The rows by length, in groups that fill a batch."""
    groups: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: row.size):
        if groups[-1] and row.size * (len(groups[-1]) + 1) > TOKENS:
            groups.append([])
        groups[-1].append(row)
    return [group for group in groups if group]


def collate(rows: list[Row]) -> Batch:
    """Pad the rows into one batch and number their units."""
    ours = np.zeros((len(rows), max(len(row.pieces.ids) for row in rows) + 2), dtype=np.int64)
    theirs = np.zeros((len(rows), max(len(row.encoded.ids) for row in rows)), dtype=np.int64)
    our_units, their_units = np.full_like(ours, -1), np.full_like(theirs, -1)
    count = 0
    for index, row in enumerate(rows):
        units = shared_units(row.pieces, row.encoded)
        _fill_ours(ours[index], our_units[index], row.pieces, units, count)
        _fill_theirs(theirs[index], their_units[index], row.encoded, units, count)
        count += int(units.pieces[-1]) + 1
    return _batch(ours, theirs, our_units, their_units, count)


def _fill_ours(ids: np.ndarray, numbers: np.ndarray, pieces: Pieces, units: Units, base: int) -> None:
    size = len(pieces.ids)
    ids[: size + 2] = [CLS, *pieces.ids, SEP]
    numbers[1 : size + 1] = np.where(units.pieces >= 0, units.pieces + base, -1)


def _fill_theirs(ids: np.ndarray, numbers: np.ndarray, encoded: Encoded, units: Units, base: int) -> None:
    ids[: len(encoded.ids)] = encoded.ids
    inside = (units.tokens >= 0) & (units.tokens <= units.pieces[-1])
    numbers[1 : len(encoded.ids) - 1] = np.where(inside, units.tokens + base, -1)


def _batch(ours: np.ndarray, theirs: np.ndarray, our_units: np.ndarray, their_units: np.ndarray, count: int) -> Batch:
    known = np.bincount(their_units[their_units >= 0], minlength=count) > 0
    before = np.concatenate([np.full((len(ours), 1), -1), our_units[:, :-1]], axis=1)
    first = (our_units >= 0) & (our_units != before)
    tensors = [torch.from_numpy(array) for array in (ours, theirs, our_units, their_units, first, known)]
    return Batch(*tensors)
