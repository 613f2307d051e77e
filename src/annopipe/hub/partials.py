"""Folders of models that are being fetched: each belongs to one process, and what a dead one left is taken over.

A folder changes hands by being renamed, which only one process can do: no lock is needed for it.
"""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from annopipe.hub.processes import is_running, machine
from annopipe.hub.store import PARTIAL, store_folder

ABANDONED_AFTER: Final = 24 * 3600.0


def claim(key: str) -> Path:
    """Return a folder of this process's own for a model, with what an earlier try left in it.

    Raises:
        OSError: the store cannot be written.
    """
    root = store_folder() / PARTIAL
    root.mkdir(parents=True, exist_ok=True)
    mine = root / f"{key}@{os.getpid()}.{uuid.uuid4().hex[:8]}.{machine()}"
    for left in _left_behind(root, key):
        try:
            left.rename(mine)
        except OSError:
            continue
        return mine
    mine.mkdir()
    return mine


def give_back(folder: Path, key: str) -> None:
    """Leave a folder for the next try; drop it if there is nothing in it, or another one lies there already."""
    try:
        folder.rename(folder.parent / key)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def drop(key: str) -> None:
    """Delete what earlier tries left of a model."""
    for left in _left_behind(store_folder() / PARTIAL, key):
        shutil.rmtree(left, ignore_errors=True)


def _left_behind(root: Path, key: str) -> Iterator[Path]:
    """Yield folders of a model that no process works in any more."""
    if (root / key).is_dir():
        yield root / key
    for path in root.glob(f"{key}@*"):
        process, _, rest = path.name.removeprefix(f"{key}@").partition(".")
        here = rest.partition(".")[2] == machine()
        if (here and process.isdigit() and not is_running(int(process))) or _is_old(path):
            yield path


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > ABANDONED_AFTER
    except OSError:
        return False
