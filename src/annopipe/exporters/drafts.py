"""Folders that are there whole or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from annopipe.errors import OutputTaken


@contextlib.contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which is ``target`` afterwards; gone if anything goes wrong.

    Raises:
        OutputTaken: ``target`` is there already, and is no empty folder.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OutputTaken(f"{target} exists and is not an empty folder: choose another one, or remove it")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}-{os.urandom(8).hex()}")
    draft.mkdir()
    try:
        yield draft
        if target.is_dir():
            target.rmdir()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
