"""Models that ``AlbertEmbeddings.loadSavedModel`` reads from other forms: each made once, kept by its content."""

import contextlib
import hashlib
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from annopipe.errors import AnnopipeWarning, SourceError
from annopipe.hub.checksums import check, write_sums
from annopipe.hub.digests import sha256_of
from annopipe.hub.store import CONFIG, store_folder, writing
from annopipe.importers.found import Choices
from annopipe.importers.importing import in_words_of, work_folder
from annopipe.importers.layout import find_model, reader
from annopipe.importers.limits import USUAL
from annopipe.importers.model_folder import write_folder
from annopipe.importers.self_check import check_model
from annopipe.importers.sentence_head import head_of
from annopipe.importers.sources import Source, open_source

SAVED: Final = ".saved"
"""Folder of the store: ``.saved/<digest of the source>/<its name>/`` is a model folder."""

DIGITS: Final = 32


def kept(source: str) -> Path:
    """Return the model folder for a source in any form that `annopipe.import_model` reads.

    It lies in the store, under the digest of what it was made of, so that it is made once, and workers find it.

    Raises:
        Errors are those of `annopipe.import_model`, but for those of names.
    """
    with writing(f"reading {os.fspath(source)}"), work_folder() as work:
        opened = open_source(source, work)
        target = store_folder() / SAVED / _digest(opened)[:DIGITS] / _plain(opened.name)
        if (target / CONFIG).is_file():
            check(target)
            return target
        made = work / "model"
        made.mkdir()
        _make(opened, work, made)
        return _moved(made, target)


def _make(source: Source, work: Path, made: Path) -> None:
    with in_words_of(source, work):
        folder, kind = find_model(source.folder)
        found = replace(reader(kind)(folder, Choices()), sentences=head_of(source.folder, folder))
        names = write_folder(found, made, source.told)
        check_model(made, found.graph)
    write_sums(made, names)
    for sentence in found.assumed:
        warnings.warn(f"{source.told}: assumed, as it does not say: {sentence}", AnnopipeWarning, stacklevel=6)


def _moved(made: Path, target: Path) -> Path:
    """Put a finished folder in place; where another process was faster, its folder stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        made.rename(target)
    if not (target / CONFIG).is_file():
        raise OSError(f"{target} cannot be written")
    return target


def _digest(source: Source) -> str:
    """Return the digest of an archive, or of names and contents of all files in a folder."""
    if source.sha256 is not None:
        return source.sha256
    total = hashlib.sha256()
    for path in _files(source.folder):
        total.update(f"{sha256_of(path)}  {path.relative_to(source.folder).as_posix()}\n".encode())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(found) > USUAL.files:
        raise SourceError(f"{folder} holds {len(found)} files: give the folder of one model")
    yield from found


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._-") or "model"
