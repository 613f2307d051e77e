"""What the last level's word vectors should be: the teacher's, with what an inner level knows beside them.

The teacher was made for sentences: of what its inner levels know of a word, its class above all, its last level has
lost a part. The part of an inner level that the last does not tell (by least squares) is added to it, whitened, in the
directions that the last level hardly uses, so that cosines stay nearly as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from training.batches import collate, grouped, read
from training.losses import unit_means
from training.pieces import Vocabulary
from training.teacher import Teacher

FILE = "targets.pt"
TEXTS = 600
DIRECTIONS = 96
"""Of the inner level's remainder; at most a quarter of the hidden size."""


@dataclass(frozen=True)
class Targets:
    """``last + (inner - last @ known - constant) @ into``; all zero where nothing is added."""

    layer: int
    known: Tensor
    constant: Tensor
    into: Tensor

    def __call__(self, levels: list[Tensor]) -> Tensor:
        """Wanted word vectors of the last level, from the teacher's at all levels."""
        last = levels[-1]
        return last + (levels[self.layer] - last @ self.known - self.constant) @ self.into


def targets(
    work: Path, texts: list[str], vocabulary: Vocabulary, teacher: Teacher, layer: int, share: float
) -> Targets:
    """The work folder's targets; made from the first texts where there are none yet.

    Args:
        work: the folder that keeps ``targets.pt``.
        texts: prepared; the first 600 are read.
        layer: the inner level, 0 the embedding's output.
        share: variance that is added, as a share of the last level's.
    """
    path = work / FILE
    if not path.exists():
        made = fitted(*_levels(texts[:TEXTS], vocabulary, teacher, layer), layer, share)
        torch.save(vars(made), path)
    return Targets(**torch.load(path, weights_only=True))


def fitted(last: Tensor, inner: Tensor, layer: int, share: float) -> Targets:
    """Targets from the word vectors of two levels, both (words, hidden)."""
    last_mean, inner_mean = last.mean(dim=0), inner.mean(dim=0)
    centred, wanted = (last - last_mean).double(), (inner - inner_mean).double()
    known = torch.linalg.lstsq(centred, wanted).solution
    _, spread, directions = torch.linalg.svd(wanted - centred @ known, full_matrices=False)
    variance, room = torch.linalg.eigh(torch.cov(centred.T))
    count = min(DIRECTIONS, last.shape[1] // 4)
    whitened = directions[:count].T / spread[:count] * len(last) ** 0.5
    into = whitened @ room[:, :count].T * (share * variance.sum() / count).sqrt()
    constant = inner_mean - last_mean @ known.float()
    return Targets(layer, known.float(), constant, into.float())


@torch.no_grad()
def _levels(texts: list[str], vocabulary: Vocabulary, teacher: Teacher, layer: int) -> tuple[Tensor, Tensor]:
    """The teacher's word vectors of the texts at the last and an inner level."""
    last, inner = [], []
    for rows in grouped(read(texts, vocabulary, teacher)):
        batch = collate(rows)
        levels = teacher.hidden(batch.teacher_ids, batch.teacher_mask)
        for found, level in ((last, levels[-1]), (inner, levels[layer])):
            found.append(unit_means(level, batch.teacher_units, batch.unit_count)[batch.known])
    return torch.cat(last), torch.cat(inner)
