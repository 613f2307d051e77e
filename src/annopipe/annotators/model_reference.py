"""A model by its folder and content: what a stage holds and pickles instead of weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from annopipe.albert.model import AlbertModel


@dataclass(frozen=True, slots=True)
class ModelReference:
    """Folder of a model, resolved to a loaded one through the process-wide cache."""

    folder: Path

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Refer to a folder on this machine."""
        return cls(folder.resolve())

    def check(self) -> None:
        """Load the model, so that a damaged folder is an error here and not in the middle of the data."""
        self.model()

    def model(self) -> AlbertModel:
        """Return the loaded model; one per folder content and process."""
        return AlbertModel.shared(self.folder)
