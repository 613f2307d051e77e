"""Where models lie on this machine: the store, the package, a folder of one's own."""

from pathlib import Path

from annopipe.hub.names import ModelName, split
from annopipe.hub.store import BUNDLED, in_store, installed, models_in


def folder_of(key: str) -> Path | None:
    """Return where a model lies: in the store, in the package, in the folder of ``ANNOPIPE_CATALOG``; or None.

    Raises:
        StoreError: a symbolic link leads out of the store.
    """
    if (folder := in_store(key)) is not None:
        return folder
    if key in models_in(BUNDLED):
        return BUNDLED / key
    root = _own_folder()
    return root / key if root is not None and key in models_in(root) else None


def here() -> list[ModelName]:
    """Return all models on this machine, in order."""
    own = _own_folder()
    keys = {*installed(), *(models_in(own) if own is not None else ())}
    return sorted(model for model in map(split, keys) if model is not None)


def _own_folder() -> Path | None:
    from annopipe.hub.catalog import own_folder

    return own_folder()
