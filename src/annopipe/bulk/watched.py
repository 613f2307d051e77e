"""An input that must not change between the first look at it and the last row that is read of it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa

from annopipe.bulk.places import RemoteFile, fingerprint
from annopipe.bulk.sources import Place
from annopipe.errors import InputFileError

TICK: Final = 0.03
"""Seconds in which a clock of a file system may stand still: two writes within have one time."""
COARSE_TICK: Final = 2.1
"""The same where times are whole seconds."""
SECOND: Final = 10**9

Stamp = tuple[Any, ...]


class Watched:
    """A file from its first look on.

    Device, inode, size and times show a change; the time of its entry no program can set back. So does its digest
    at the end of each reading. A file elsewhere is asked for its store's own mark.

    Args:
        place: the file.

    Attributes:
        print: name, size and digest, after `seal`.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stamp = _settled(place)
        self.print: dict[str, Any] = {}

    def seal(self) -> Self:
        """Take the digest, after the first look.

        Raises:
            InputFileError: the file changed meanwhile.
        """
        self.print = fingerprint(self._place)
        if _stamp(self._place) != self._stamp:
            raise self._changed()
        return self

    def check(self) -> None:
        """Compare with the first look; an entry that alone changed (a mode, a further link) does no harm.

        Raises:
            InputFileError: the file changed.
        """
        now = _stamp(self._place)
        if now == self._stamp:
            return
        if now[:-1] != self._stamp[:-1] or not self._has_digest():
            raise self._changed()
        self._stamp = now

    def read(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield batches of the file; whatever goes wrong with them, a change is said first.

        Raises:
            InputFileError: the file changed.
        """
        while True:
            try:
                batch = next(batches, None)
            except Exception:
                self.check()
                raise
            if batch is None:
                break
            yield batch
        self.check()
        if not self._has_digest():
            raise self._changed()

    def _has_digest(self) -> bool:
        return bool(fingerprint(self._place)["digest"] == self.print["digest"])

    def _changed(self) -> InputFileError:
        return InputFileError(
            f"{self._place} changed while it was read: run again when no program writes to it. A dataset goes on if "
            "the file is as it was, and begins from the start with restart"
        )


def _stamp(place: Place) -> Stamp:
    if isinstance(place, RemoteFile):
        place.system.invalidate_cache()
        return (fingerprint(place)["digest"], 0)
    if not isinstance(place, Path):
        raise TypeError(type(place).__name__)
    try:
        found = place.stat()
    except OSError as gone:
        msg = f"{place} cannot be read any more ({gone.strerror}): put it back and run again"
        raise InputFileError(msg) from gone
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _settled(place: Place) -> Stamp:
    """Return a stamp that a later write is sure to change: a file that was just written is waited for."""
    stamp = _stamp(place)
    if len(stamp) > 2:
        tick = COARSE_TICK if stamp[-1] % SECOND == 0 else TICK
        rest = stamp[-1] / SECOND + tick - time.time()
        if 0 < rest <= tick:
            time.sleep(rest)
            return _stamp(place)
    return stamp
