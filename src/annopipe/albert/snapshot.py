"""Files of weights as they were when they were opened: bytes that no later writer can change or take away.

A mapped file shows what is written into it, and ends the process with SIGBUS where it is truncated. Therefore a file is
copied once. On Linux the copy is sealed memory without a name in any folder (``memfd_create``). It lives as long as a
process maps it, and processes of one parent, such as Spark's workers and those of a bulk job, map one copy together.
Elsewhere, and where that fails, each process has a copy of its own.
"""

import mmap
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from annopipe.errors import ModelChanged

if sys.platform == "linux":
    import fcntl

Bytes: TypeAlias = mmap.mmap | bytes

LEAST_SHARED = 1 << 22
"""Smaller files are not worth the search for another process's copy."""

MOST_RELATIVES = 64
"""Processes that are searched for a copy at most."""

PATIENCE = 30.0
"""Seconds to wait for another process that copies the same file; then this one makes a copy of its own."""

BEAT = 0.005


def snapshot(path: Path, *, shared: bool = True) -> Bytes:
    """Content of a file, in memory that does not follow the file.

    Args:
        path: the file.
        shared: whether processes may use one copy together; False for what is expanded and let go at once.

    Raises:
        ModelChanged: the file was written to while it was copied.
    """
    with path.open("rb", buffering=0) as file:
        if sys.platform == "linux" and shared and os.fstat(file.fileno()).st_size >= LEAST_SHARED:
            with suppress(OSError), _turn(file):
                return _shared(path, file)
        return _read(path, file)


def _read(path: Path, file: FileIO) -> bytes:
    """The content in memory of this process alone."""
    before = os.fstat(file.fileno())
    file.seek(0)
    content = file.readall()
    _check(path, before, os.fstat(file.fileno()), len(content))
    return content


def _check(path: Path, before: os.stat_result, after: os.stat_result, read: int) -> None:
    """Refuse what may be half of one content and half of another."""
    if read != before.st_size or _name(before) != _name(after):
        raise ModelChanged(f"{path} was changed while it was read: load it again once it is written whole.")


def _name(status: os.stat_result) -> str:
    """Name of a copy: the same while the file is the same."""
    parts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return "annopipe-" + "-".join(map(str, parts))


if sys.platform == "linux":
    SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL

    def _shared(path: Path, file: FileIO) -> mmap.mmap:
        """The content in sealed memory: a relative's copy, else a new one."""
        before = os.fstat(file.fileno())
        found = _found(before)
        place = _copied(path, file, before) if found is None else found
        try:
            return mmap.mmap(place, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
        finally:
            os.close(place)

    def _copied(path: Path, file: FileIO, before: os.stat_result) -> int:
        """Descriptor of new sealed memory with the content; the mapping keeps one of its own, which others find."""
        place = os.memfd_create(_name(before), os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            done = 0
            while done < before.st_size and (more := os.sendfile(place, file.fileno(), done, before.st_size - done)):
                done += more
            _check(path, before, os.fstat(file.fileno()), done)
            fcntl.fcntl(place, fcntl.F_ADD_SEALS, SEALS)
        except BaseException:
            os.close(place)
            raise
        return place

    def _found(status: os.stat_result) -> int | None:
        """Descriptor of a relative's copy of a file."""
        target = f"/memfd:{_name(status)} (deleted)"
        for process in islice(_relatives(), MOST_RELATIVES):
            with suppress(OSError):
                for entry in Path(f"/proc/{process}/fd").iterdir():
                    with suppress(OSError):
                        if str(entry.readlink()) == target and (place := _sealed(entry, status)) is not None:
                            return place
        return None

    def _sealed(path: Path, status: os.stat_result) -> int | None:
        """Descriptor of a copy that is whole, of this user, and cannot change; None for any other."""
        place = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with suppress(OSError):
            copy = os.fstat(place)
            own = copy.st_uid == os.geteuid() and copy.st_size == status.st_size
            if own and fcntl.fcntl(place, fcntl.F_GET_SEALS) & SEALS == SEALS:
                return place
        os.close(place)
        return None

    def _relatives() -> Iterator[int]:
        """This process, its children, its parent, and its parent's other children."""
        own, parent = os.getpid(), os.getppid()
        yield own
        for elder in (own, parent):
            with suppress(OSError):
                for thread in Path(f"/proc/{elder}/task").iterdir():
                    children = (thread / "children").read_text().split()
                    yield from (int(child) for child in children if int(child) != own)
        yield parent

    @contextmanager
    def _turn(file: FileIO) -> Iterator[None]:
        """One process after another copies a file, so that the next finds the copy."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(BEAT)
            else:
                break
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
