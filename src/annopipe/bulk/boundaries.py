"""What a job reads and what it writes are never the same files; looked at before anything is touched."""

import errno
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from annopipe.bulk.durable import SCRATCH, naming
from annopipe.errors import OutputOverlap

Identity = tuple[int, int]


class Boundary:
    """A folder that is written to.

    Args:
        folder: it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = {Path(os.path.abspath(folder)), folder.resolve()}  # noqa: PTH100 - links are left as they are
        self._itself = _identity(folder)
        self._files: set[Identity] | None = None

    def holds(self, path: Path) -> bool:
        """Tell whether a path leads into the folder: by its name, by links, by another name of one of its files."""
        names = {Path(os.path.abspath(path)), path.resolve()}  # noqa: PTH100
        if any(name.is_relative_to(own) for name in names for own in self._names):
            return True
        if self._itself is None:
            return False
        if any(_identity(parent) == self._itself for name in names for parent in name.parents):
            return True
        return path.is_file() and _identity(path) in self._inside()

    def _inside(self) -> set[Identity]:
        """Return all files of the folder; an input may be a hard link to one."""
        if self._files is None:
            walk = os.walk(self.folder)
            paths = (Path(root) / name for root, _, names in walk for name in names)
            self._files = {found for path in paths if (found := _identity(path)) is not None}
        return self._files


def refuse_inside(path: Path, boundary: Boundary, what: str) -> None:
    """Raise `OutputOverlap` if a path leads into the output."""
    if boundary.holds(path):
        msg = f"{what} {path} lies inside the output {boundary.folder}: choose another output, or move it elsewhere"
        raise OutputOverlap(msg)


def refuse_same(path: Path, others: Iterable[Path], what: str, is_: str) -> None:
    """Raise `OutputOverlap` if a file that is to be written is one of others."""
    for other in others:
        if is_same(path, other):
            msg = f"{what} {path} is {is_} {other}: choose another file"
            raise OutputOverlap(msg)


def is_same(one: Path, other: Path) -> bool:
    """Tell whether two paths are one file, by name, link or hard link."""
    found = _identity(one)
    return one.resolve() == other.resolve() or (found is not None and found == _identity(other))


def check_writable(target: Path, *, beside: bool) -> None:
    """Raise `OutputError` unless a file can be written there; nothing of the try stays.

    Args:
        target: the file.
        beside: whether it will be written under another name in its folder first, though it exists.
    """
    with naming(target):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if target.exists() and not target.is_file():
            return  # a device or a pipe
        if target.exists():
            with target.open("r+b"):
                pass
        if beside or not target.exists():
            probe = target.parent / f".{uuid.uuid4().hex}{SCRATCH}"
            try:
                probe.touch(exist_ok=False)
            finally:
                probe.unlink(missing_ok=True)


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
