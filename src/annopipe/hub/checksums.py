"""``SHA256SUMS`` of an installed model: written when it comes, checked when it is used.

A file whose size and modification time are those of the last check is not read again: ``source.json`` keeps them
between processes, this module while a process lasts.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from annopipe.errors import StoreError
from annopipe.hub.digests import sha256_of
from annopipe.hub.names import is_name
from annopipe.hub.provenance import Provenance
from annopipe.hub.store import BUNDLED

SUMS: Final = "SHA256SUMS"

Stamps = dict[str, tuple[int, int]]

_digests: dict[tuple[Path, tuple[int, int]], str] = {}
"""Digests that this process found, by path, size and time: for models without ``source.json``, as the package's own."""


def write_sums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Write ``SHA256SUMS`` for files of a folder, as ``sha256sum`` would, and return file → digest."""
    digests = {name: sha256_of(folder / name) for name in sorted(names)}
    text = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    (folder / SUMS).write_text(text, encoding="utf-8")
    return digests


def read_sums(folder: Path) -> dict[str, str]:
    """Return file → digest of ``SHA256SUMS``; empty if there is none.

    Raises:
        StoreError: a line has another form, or names a file elsewhere.
    """
    path = folder / SUMS
    if not path.is_file():
        return {}
    digests = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        digest, _, name = line.partition(" ")
        name = name.strip().removeprefix("*").removeprefix("./")
        if line.strip():
            digests[name] = digest.lower()
        if line.strip() and (not all(map(is_name, name.split("/"))) or len(digest) != 64):
            raise StoreError(f"{path} is damaged: {line[:120]!r} is not a digest and a file name")
    return digests


def stamps_of(folder: Path, names: Iterable[str]) -> Stamps:
    """Return size and modification time (ns) of files; those that are not there are left out."""
    found = {}
    for name in names:
        path = folder / name
        if path.is_file():
            status = path.stat()
            found[name] = (status.st_size, status.st_mtime_ns)
    return found


def check(folder: Path, *, whole: bool = False) -> None:
    """Compare a model's files with its ``SHA256SUMS``; without that file there is nothing to compare.

    Args:
        folder: of the model.
        whole: read every file, even if size and time are those of the last check.

    Raises:
        StoreError: a file is missing, was changed, or an installed model has lost its ``SHA256SUMS``; the text names
            the file and the way to get it back.
    """
    provenance = Provenance.read(folder)
    sums = read_sums(folder)
    if not sums:
        if provenance is not None:
            raise StoreError(f"{folder} has lost its {SUMS}: {_anew(folder, provenance)}")
        return
    now = stamps_of(folder, sums)
    known = {} if provenance is None or whole else provenance.stamps
    for name, digest in sums.items():
        if name not in now:
            raise StoreError(f"{folder / name} is missing: {_anew(folder, provenance)}")
        if now[name] != known.get(name) and (found := _digest(folder / name, now[name], whole)) != digest:
            raise StoreError(
                f"{folder / name} was changed after it was checked (SHA-256 {found[:12]}…, expected {digest[:12]}…): "
                + _anew(folder, provenance)
            )
    if provenance is not None and now != provenance.stamps:
        with contextlib.suppress(OSError):
            replace(provenance, stamps=now).write(folder)


def _digest(path: Path, stamp: tuple[int, int], whole: bool) -> str:
    """SHA-256 of a file, read once per process as long as size and time stay, unless ``whole``."""
    if whole or (path, stamp) not in _digests:
        _digests[path, stamp] = sha256_of(path)
    return _digests[path, stamp]


def _anew(folder: Path, provenance: Provenance | None) -> str:
    if folder.parent == BUNDLED:
        return "install annopipe again (pip install --force-reinstall annopipe)"
    if provenance is None:
        return f"put the right file there, or remove the folder {folder}"
    if provenance.verified == "import":
        what = f"{provenance.endpoint} --name {provenance.name} --lang {provenance.language} --replace"
        return f"import it anew with 'annopipe import {what}', or remove it: 'annopipe remove {folder.name}'"
    return f"fetch it anew with 'annopipe pull --force {folder.name}', or remove it: 'annopipe remove {folder.name}'"
