"""Checkpoints that survive any interruption: written beside, flushed, then renamed into place."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import AlbertConfig, AlbertModel

from training.batches import Position

LATEST, STABLE = "latest.pt", "stable.pt"


@dataclass
class Progress:
    """How far training is: optimiser steps, the student's tokens, the place in the data."""

    step: int = 0
    tokens: int = 0
    position: Position = field(default_factory=Position)


def save(path: Path, progress: Progress, model: AlbertModel, optimiser: torch.optim.Optimizer) -> None:
    """Write shape, weights, optimiser, random state and progress; the file is whole or the old one at every moment."""
    partial = path.with_suffix(".partial")
    state = {
        "progress": asdict(progress),
        "shape": model.config.to_dict(),
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "random": torch.get_rng_state(),
    }
    with partial.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def load(path: Path, model: AlbertModel, optimiser: torch.optim.Optimizer) -> Progress:
    """Bring model, optimiser and random state to a checkpoint's; returns its progress."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["random"])
    found = state["progress"]
    return Progress(found["step"], found["tokens"], Position(**found["position"]))


def shape(path: Path) -> AlbertConfig:
    """The configuration of a checkpoint's model."""
    return AlbertConfig.from_dict(torch.load(path, weights_only=True, mmap=True)["shape"])


def trained(path: Path) -> AlbertModel:
    """A checkpoint's model, in evaluation mode."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    model = AlbertModel(AlbertConfig.from_dict(state["shape"]), add_pooling_layer=False)
    model.load_state_dict(state["model"])
    model.train(False)
    return model
