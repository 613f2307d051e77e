"""Models on this machine: the bundled one and the local store."""

import os
from pathlib import Path
from typing import Any, Final

import annopipe
from annopipe.albert.content import content_hash
from annopipe.cli.doctor.section import Section
from annopipe.errors import AnnopipeError
from annopipe.hub import store_folder

BUNDLED: Final = Path(annopipe.__file__).resolve().parent / "models"


def models() -> Section:
    """Return where models lie and which are there; a bundled file that changed is a fault."""
    store = store_folder()
    facts: dict[str, Any] = {
        "store": str(store),
        "store is set by": "ANNOPIPE_HOME" if os.environ.get("ANNOPIPE_HOME") else "default",
        "in the store": _folders(store),
        "bundled": _folders(BUNDLED),
    }
    faults = [fault for name in _folders(BUNDLED) if (fault := damage(BUNDLED / name))]
    return Section("models", facts, tuple(faults))


def _folders(root: Path) -> list[str]:
    if not root.is_dir():
        return []
    return sorted(path.name for path in root.iterdir() if (path / "config.json").is_file())


def damage(folder: Path) -> str | None:
    """Return what is wrong with a bundled model's files by their ``SHA256SUMS``, or None."""
    try:
        content_hash(folder)
    except AnnopipeError as error:
        return f"{error} Install annopipe again."
    return None
