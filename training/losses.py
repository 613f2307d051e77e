"""What the student is asked to match: the teacher's word vectors at every level, and its sentence vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.batches import Batch

LEVEL, FIRST, SENTENCE, MATRIX = 0.1, 0.5, 2.0, 20.0
"""Weights: of each level below the last, first pieces, sentence cosines, in-batch cosines (last level's means: 1)."""


@dataclass(frozen=True)
class Losses:
    """The parts of one batch's loss, unweighted."""

    word: Tensor
    levels: Tensor
    first: Tensor
    sentence: Tensor
    matrix: Tensor

    @property
    def total(self) -> Tensor:
        lower = LEVEL * self.levels + FIRST * self.first
        return self.word + lower + SENTENCE * self.sentence + MATRIX * self.matrix

    def figures(self) -> dict[str, float]:
        return {name: float(part.detach()) for name, part in vars(self).items()} | {"total": float(self.total.detach())}


def sentence_vectors(hidden: Tensor, mask: Tensor) -> Tensor:
    """Unit vectors: the mean over all positions of a text, special ones included."""
    weights = mask[..., None].to(hidden.dtype)
    return functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def unit_means(hidden: Tensor, units: Tensor, count: int) -> Tensor:
    """Mean vector of each unit; ``units`` (texts, positions) numbers units over the batch, -1 where there is none."""
    keep = units >= 0
    total = hidden.new_zeros(count, hidden.shape[-1]).index_add_(0, units[keep], hidden[keep])
    number = torch.bincount(units[keep], minlength=count).clamp(min=1)
    return total / number[:, None]


def distance(given: Tensor, wanted: Tensor) -> Tensor:
    """Mean squared error as a share of the wanted vectors' variance about their mean."""
    return functional.mse_loss(given, wanted) / wanted.var(dim=0, unbiased=False).mean()


def last(levels: list[Tensor]) -> Tensor:
    """The last level's word vectors as they are."""
    return levels[-1]


def losses(
    student: tuple[Tensor, ...],
    teacher: tuple[Tensor, ...],
    batch: Batch,
    targets: Callable[[list[Tensor]], Tensor] = last,
) -> Losses:
    """Compare the student's hidden states with the teacher's (embedding output and six layers each).

    ``targets`` makes the last level's wanted word vectors of the teacher's at all levels.
    """
    known, count = batch.known, batch.unit_count
    wanted = [unit_means(level, batch.teacher_units, count)[known] for level in teacher]
    given = [unit_means(level, batch.student_units, count)[known] for level in student]
    first, words = student[-1][batch.first][known], targets(wanted)
    ours = sentence_vectors(student[-1], batch.student_mask)
    theirs = sentence_vectors(teacher[-1], batch.teacher_mask)
    apart = ~torch.eye(len(ours), dtype=torch.bool)
    matrix = (ours @ ours.T - theirs @ theirs.T)[apart] ** 2
    return Losses(
        word=distance(given[-1], words),
        levels=torch.stack([distance(g, w) for g, w in zip(given[:-1], wanted[:-1], strict=True)]).sum(),
        first=distance(first, words),
        sentence=(1 - (ours * theirs).sum(-1)).mean(),
        matrix=matrix.mean() if len(ours) > 1 else matrix.sum(),
    )
