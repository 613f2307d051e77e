"""A model by its folder: what a stage holds and pickles instead of weights."""

import threading
from pathlib import Path
from typing import Any

from annopipe.albert.model import AlbertModel


class ModelReference:
    """Folder of a model, resolved to the loaded one through the process-wide cache.

    Copies and pickles carry the folder alone; the model is loaded where it is first used, once in each process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._model: AlbertModel | None = None
        self._lock = threading.Lock()

    def model(self) -> AlbertModel:
        """Return the loaded model.

        Raises:
            ModelError: the folder is damaged; the text names the file.
        """
        if self._model is None:
            with self._lock:
                self._model = self._model or AlbertModel.shared(self.folder)
        return self._model

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the folder's path, never the weights."""
        return ModelReference, (self.folder,)
