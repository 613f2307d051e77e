"""Matrices as int8 rows, each with its own scale: a quarter of the bytes, and back to float32 where they are used."""

from __future__ import annotations

import torch
from torch import Tensor

SCALE = ".scale"


def packed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each matrix as int8 rows in -127..127 under its own name, with float32 scales under ``NAME.scale``; vectors as
    they are. ``matrix = rows * scale[:, None]``."""
    made: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if weight.ndim == 2:
            rows, scale = rows_and_scale(weight.float())
            made[name], made[name + SCALE] = rows, scale
        else:
            made[name] = weight.float().contiguous()
    return made


def rows_and_scale(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Symmetric int8 rows; of some clipping points each row takes the one with the least squared error."""
    peak = matrix.abs().amax(dim=1).clamp(min=1e-12)
    best = torch.full_like(peak, float("inf"))
    scale = peak / 127
    for share in (1.0, 0.97, 0.94, 0.9, 0.86, 0.82):
        tried = peak * share / 127
        error = ((_round(matrix, tried) * tried[:, None] - matrix) ** 2).sum(dim=1)
        scale = torch.where(error < best, tried, scale)
        best = torch.minimum(best, error)
    return _round(matrix, scale).to(torch.int8), scale


def _round(matrix: Tensor, scale: Tensor) -> Tensor:
    return (matrix / scale[:, None]).round().clamp(-127, 127)


def expanded(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 weights that packed parts stand for."""
    return {
        name: part.float() * parts[name + SCALE][:, None] if name + SCALE in parts else part
        for name, part in parts.items()
        if not name.endswith(SCALE)
    }
