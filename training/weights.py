"""Where the student under evaluation comes from: a checkpoint of training, or a model folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from transformers import AlbertConfig, AlbertModel

from training.checkpoint import shape, trained


class Weights(Protocol):
    """A student's weights and vocabulary, on the disk.

    Attributes:
        rounded: True where the weights are what int8 rows hold.
    """

    rounded: bool

    @property
    def file(self) -> Path:
        """The file of the weights."""
        ...

    @property
    def vocabulary(self) -> Path:
        """The file of the vocabulary."""
        ...

    def config(self) -> AlbertConfig: ...

    def model(self) -> AlbertModel:
        """Return the student, in evaluation mode."""
        ...


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in training's folder."""

    work: Path
    name: str
    rounded: bool = False

    @property
    def file(self) -> Path:
        return self.work / self.name

    @property
    def vocabulary(self) -> Path:
        return self.work / "spiece.model"

    def config(self) -> AlbertConfig:
        return shape(self.file)

    def model(self) -> AlbertModel:
        return trained(self.file)


@dataclass(frozen=True)
class Folder:
    """A plain model folder, as `annopipe.albert.plain.write_plain` makes it of the bundled model."""

    folder: Path
    rounded: bool = True

    @property
    def file(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def vocabulary(self) -> Path:
        return self.folder / "spiece.model"

    def config(self) -> AlbertConfig:
        found: AlbertConfig = AlbertConfig.from_pretrained(self.folder)
        return found

    def model(self) -> AlbertModel:
        model = AlbertModel.from_pretrained(self.folder, add_pooling_layer=False, dtype=torch.float32)
        model.train(False)
        return model


def digest(*files: Path) -> str:
    """Return the beginning of the SHA-256 of files, one after the other."""
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:12]
