"""Where models lie on this machine: the store, the package, a folder of one's own."""

from pathlib import Path

from annopipe.hub.catalog import own_folder
from annopipe.hub.names import ModelName, split
from annopipe.hub.store import BUNDLED, in_store, installed, models_in


def folder_of(key: str) -> Path | None:
    """Return where a model lies: in the store, in the package, in the folder of ``ANNOPIPE_CATALOG``; or None.

    Raises:
        StoreError: a symbolic link leads out of the store.
    """
    if (folder := in_store(key)) is not None:
        return folder
    for root in (BUNDLED, own_folder()):
        if root is not None and key in models_in(root):
            return root / key
    return None


def here() -> list[ModelName]:
    """Return all models on this machine, in order."""
    own = own_folder()
    keys = {*installed(), *(models_in(own) if own is not None else ())}
    return sorted(model for model in map(split, keys) if model is not None)
