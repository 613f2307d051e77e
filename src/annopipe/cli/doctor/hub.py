"""The store and the way to the hub: may it be written, is what lies there whole, may models be fetched."""

import os
from pathlib import Path
from typing import Any, Final

from annopipe.albert.config import AlbertConfig
from annopipe.cli.doctor.section import Section
from annopipe.cli.doctor.versions import installed_version
from annopipe.errors import AnnopipeError
from annopipe.hub.catalog import VARIABLE, entries
from annopipe.hub.checksums import check
from annopipe.hub.offline import offline_switch
from annopipe.hub.provenance import Provenance
from annopipe.hub.store import LOCKS, PARTIAL, free_bytes, in_store, megabytes, models_in, store_folder

PUBLIC: Final = "https://huggingface.co"


def hub() -> Section:
    """Return the state of store, catalog and way to the hub; damaged models and a wrong catalog are faults."""
    store = store_folder()
    free = free_bytes(store)
    faults: list[str] = []
    facts: dict[str, Any] = {
        "store may be written": _existing(store).is_dir() and os.access(_existing(store), os.W_OK),
        "free space": None if free is None else megabytes(free),
        "models": [_told(key, faults) for key in models_in(store)],
        "cut downloads": _names(store / PARTIAL),
        "locks": _names(store / LOCKS),
        "catalog": _catalog(faults),
        "fetching": offline_switch() or "allowed",
        "from": os.environ.get("HF_ENDPOINT") or PUBLIC,
        "token": "HF_TOKEN is set" if os.environ.get("HF_TOKEN") else "HF_TOKEN is not set",
        "huggingface_hub": installed_version("huggingface_hub") or "absent; pip install 'annopipe[hub]'",
    }
    return Section("hub", facts, tuple(faults))


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _told(key: str, faults: list[str]) -> str:
    """Check a model, every file of it, and tell how it was verified when it came."""
    try:
        folder = in_store(key)
        if folder is None:
            return key
        check(folder, whole=True)
        AlbertConfig.read(folder)
        origin = Provenance.read(folder)
    except (AnnopipeError, OSError) as error:
        faults.append(str(error))
        return f"{key} (damaged)"
    return (
        f"{key} ({origin.origin}, verified: {origin.verified})" if origin is not None else f"{key} (put there by hand)"
    )


def _catalog(faults: list[str]) -> str:
    try:
        count = len(entries())
    except AnnopipeError as error:
        faults.append(str(error))
        return "cannot be read"
    own = os.environ.get(VARIABLE)
    return f"{count} models" + (f", with those of {own}" if own else "")


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
