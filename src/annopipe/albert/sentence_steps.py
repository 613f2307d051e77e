"""What a model's own sentence head does with pooled vectors: dense layers and normalisations, with their weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.activations import ACTIVATIONS, Doubles
from annopipe.albert.safetensors import SafetensorsFile
from annopipe.errors import CheckpointError, SentenceHeadError
from annopipe.sentence_head import Dense, LayerNorm, SentenceHead, Step

TINY: Final = 1e-12
"""Least length that `torch.nn.functional.normalize` divides by."""

EPSILON: Final = 1e-5
"""Of `torch.nn.LayerNorm`."""

Floats = NDArray[np.float32]
StepWeights = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class SentenceSteps:
    """A head and its weights.

    Attributes:
        head: what is done.
        weights: for each step the tensors that it has, by their names in its file.
    """

    head: SentenceHead
    weights: tuple[StepWeights, ...]

    def __post_init__(self) -> None:
        for step, weights in zip(self.head.steps, self.weights, strict=True):
            _check_fit(step, weights)

    @classmethod
    def read(cls, folder: Path, head: SentenceHead) -> "SentenceSteps":
        """Read the weights of a head from its model's folder.

        Raises:
            SentenceHeadError: they are in a file of torch, which is imported, not loaded.
            CheckpointError: they are damaged or do not fit.
        """
        return cls(head, tuple(_read(folder, step) for step in head.steps))

    def equals(self, other: "SentenceSteps") -> bool:
        """Whether another head makes the same of all vectors."""
        return self.head.identity() == other.head.identity() and all(
            mine.keys() == theirs.keys() and all(np.array_equal(mine[name], theirs[name]) for name in mine)
            for mine, theirs in zip(self.weights, other.weights, strict=True)
        )

    def apply(self, pooled: NDArray[np.floating]) -> Floats:
        """``[texts, width]`` float32 of pooled vectors ``[texts, pooled_width]``; computed in double precision."""
        vectors: Doubles = pooled.astype(np.float64)
        for step, weights in zip(self.head.steps, self.weights, strict=True):
            vectors = _applied(step, weights, vectors)
        return np.ascontiguousarray(vectors[:, : self.head.truncate_dim], np.float32)


def _read(folder: Path, step: Step) -> StepWeights:
    if not isinstance(step, Dense | LayerNorm):
        return {}
    path = folder / step.weights
    if path.suffix == ".bin":
        raise SentenceHeadError(
            f"{path} is a file of torch, which is imported, not loaded: 'annopipe import {folder}' reads it without "
            "running anything in it"
        )
    file = SafetensorsFile(path)
    return {name: file.floats(name) for name in file.entries}


def _check_fit(step: Step, weights: StepWeights) -> None:
    wanted = shapes_of(step)
    found = {name: values.shape for name, values in weights.items()}
    if found != wanted:
        where = step.weights if isinstance(step, Dense | LayerNorm) else "a step"
        raise CheckpointError(f"{where} has the weights {found}, where its config.json asks for {wanted}")
    for name, values in weights.items():
        if not np.isfinite(values).all():
            raise CheckpointError(f"{name} of a sentence head has NaN or infinite numbers: the file is damaged")


def shapes_of(step: Step) -> dict[str, tuple[int, ...]]:
    """Name → shape of the tensors that a step has."""
    if isinstance(step, LayerNorm):
        return {"norm.weight": (step.size,), "norm.bias": (step.size,)}
    if not isinstance(step, Dense):
        return {}
    shapes: dict[str, tuple[int, ...]] = {"linear.weight": (step.outputs, step.inputs)}
    if step.bias:
        shapes["linear.bias"] = (step.outputs,)
    if step.residual and step.inputs != step.outputs:
        shapes["residual.weight"] = (step.outputs, step.inputs)
    return shapes


def _applied(step: Step, weights: StepWeights, vectors: Doubles) -> Doubles:
    if isinstance(step, Dense):
        return _dense(step, weights, vectors)
    if isinstance(step, LayerNorm):
        centred = vectors - vectors.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
        return centred / deviation * weights["norm.weight"] + weights["norm.bias"]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), TINY)


def _dense(step: Dense, weights: StepWeights, vectors: Doubles) -> Doubles:
    raw = vectors @ weights["linear.weight"].T.astype(np.float64)
    if step.bias:
        raw = raw + weights["linear.bias"]
    made = ACTIVATIONS[step.activation](raw)
    if not step.residual:
        return made
    matrix = weights.get("residual.weight")
    return made + (vectors if matrix is None else vectors @ matrix.T.astype(np.float64))
