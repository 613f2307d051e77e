"""A model by its folder and content: what a stage holds and pickles instead of weights."""

import platform
import threading
from pathlib import Path
from typing import Any, Self

from annopipe.albert.content import content_hash
from annopipe.albert.model import AlbertModel
from annopipe.errors import ModelFileMissing, ModelMismatch
from annopipe.hosts import delivered

SHOWN_DIGITS = 12


class ModelReference:
    """Folder of a model, resolved to the loaded one through the process-wide cache.

    Copies and pickles carry the folder and the SHA-256 of its content, never weights; the model is loaded where it is
    first used, once in each process. Where a reference arrived by pickle, the folder there must hold that content.

    Args:
        folder: a model's folder.
        digest: SHA-256 of the content that it must have, None for whatever it has.
    """

    def __init__(self, folder: Path, digest: str | None = None) -> None:
        self.folder = folder.resolve()
        self._digest = digest
        self._model: AlbertModel | None = None
        self._lock = threading.Lock()

    @classmethod
    def of(cls, model: AlbertModel) -> Self:
        """Return the reference to a model that is loaded."""
        reference = cls(model.folder)
        reference._model = model
        return reference

    def model(self) -> AlbertModel:
        """Return the loaded model.

        Raises:
            ModelError: the folder is damaged; the text names the file.
            ModelFileMissing, ModelMismatch: the stage came from elsewhere, and its folder is not here or holds other
                content.
        """
        if self._model is None:
            with self._lock:
                self._model = self._model or AlbertModel.shared(self.place())
        return self._model

    def place(self) -> Path:
        """Return the folder, which holds the content that the reference was pickled with; errors as `model`."""
        if self._digest is not None:
            self._find(self._digest)
        return self.folder

    def _find(self, digest: str) -> None:
        self.folder = (delivered(digest) or self.folder).resolve()
        here = f"the machine {platform.node()}"
        if not self.folder.is_dir():
            msg = (
                f"the model's folder {self.folder} is not there on {here}, where a pickled stage arrived: put the "
                "folder there; on a cluster send it along, annopipe.spark.deliver(spark, model), or put it on a path "
                "that driver and workers share"
            )
            raise ModelFileMissing(msg)
        if (found := content_hash(self.folder)) != digest:
            msg = (
                f"the model's folder {self.folder} on {here} holds other content (SHA-256 {found[:SHOWN_DIGITS]}…) "
                f"than where the stage was made ({digest[:SHOWN_DIGITS]}…): give driver and workers "
                "the same files"
            )
            raise ModelMismatch(msg)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle path and content hash; files are read for it once a process, as long as sizes and times stay."""
        return ModelReference, (self.folder, self._digest or self.model().content_hash)
