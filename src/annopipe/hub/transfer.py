"""One file from a hub into a folder: in parts, from where an earlier try ended, checked against the hub's digest."""

import json
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol, TypeVar

from annopipe.errors import FetchError, FetchMismatch
from annopipe.hub.bounds import largest
from annopipe.hub.digests import matches_etag, sha256_of
from annopipe.hub.faults import AGAIN, TryError
from annopipe.hub.progress import Progress
from annopipe.hub.remote import Body, RemoteFile
from annopipe.hub.store import megabytes

TRIES: int = 4
FIRST_WAIT: float = 1.0
FRUITFUL: Final = 64 << 10
"""Bytes that a try must bring, at least, to count as one that got on: tries that bring less use up `TRIES`."""
FRUITFUL_SHARE: Final = 100
"""The same as a part of the file: a server that breaks off after little cannot make hundreds of tries."""

PART: Final = ".part"
MARK: Final = ".mark"

Value = TypeVar("Value")


class Giver(Protocol):
    """Who has files: a hub, or a plain server."""

    def open(self, file: RemoteFile, start: int = 0) -> AbstractContextManager[Body]:
        """Give a file's bytes from a place on; see `annopipe.hub.remote.Hub.open`."""


def patiently(call: Callable[[], Value]) -> Value:
    """Return what a call gives, after a few tries if the hub is only busy.

    Raises:
        FetchError: it stays so.
    """
    for attempt in range(TRIES):
        try:
            return call()
        except TryError as fault:
            _wait_or_raise(fault, attempt)
    raise AssertionError  # pragma: no cover - the last try raises


def _wait_or_raise(fault: TryError, attempt: int) -> None:
    if fault.final or attempt + 1 >= TRIES:
        raise fault.error from fault
    time.sleep(FIRST_WAIT * 2**attempt if fault.wait is None else fault.wait)


def download(hub: Giver, file: RemoteFile, folder: Path, progress: Progress, expected: str | None = None) -> bool:
    """Bring a file into a folder, going on from what an earlier try left there.

    Args:
        hub: that has it.
        file: which one.
        folder: of this process alone.
        progress: told of the bytes.
        expected: SHA-256 by the catalog.

    Returns:
        Whether the hub's or the catalog's digest was compared; some mirrors have none.

    Raises:
        FetchError: the file did not come, or not as announced (`FetchMismatch`).
        OSError: it cannot be written.
    """
    target = folder / file.name
    if file.size is not None and file.size > largest(file.name):
        raise _too_large(file, file.size)
    resumed = _prepare(file, folder)
    progress.add(_size(target) or _size(_part(target)))
    try:
        if not target.is_file():
            _bring(hub, file, target, progress)
        return _check(file, target, expected)
    except FetchMismatch:
        _forget(target)
        if not resumed:
            raise
    progress.add(-(file.size or 0))
    return download(hub, file, folder, progress, expected)


def _prepare(file: RemoteFile, folder: Path) -> bool:
    """Keep what an earlier try left, if it is of the same file; tell whether anything is there."""
    target = folder / file.name
    mark = folder / f"{file.name}{MARK}"
    text = json.dumps([file.etag, file.size])
    if file.etag is None or file.size is None or not mark.is_file() or mark.read_text(encoding="utf-8") != text:
        _forget(target)
        mark.write_text(text, encoding="utf-8")
    return target.is_file() or _part(target).is_file()


def _forget(target: Path) -> None:
    for path in (target, _part(target)):
        path.unlink(missing_ok=True)


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}{PART}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _bring(hub: Giver, file: RemoteFile, target: Path, progress: Progress) -> None:
    """Read on until the part is whole; tries that bring next to nothing are counted."""
    part = _part(target)
    fruitful = max(FRUITFUL, (file.size or 0) // FRUITFUL_SHARE)
    attempt = 0
    while True:
        before = _size(part)
        if file.size is not None and before == file.size and part.is_file():
            break
        try:
            _read_on(hub, file, part, progress)
            if file.size is None or _size(part) >= file.size:
                break
            raise TryError(_cut(file, _size(part)))
        except TryError as fault:
            attempt = 0 if _size(part) - before >= fruitful else attempt + 1
            _wait_or_raise(fault, attempt)
    part.rename(target)


def _read_on(hub: Giver, file: RemoteFile, part: Path, progress: Progress) -> None:
    start = _size(part)
    limit = largest(file.name) if file.size is None else file.size
    with hub.open(file, start) as body:
        came = body.start
        if came != start:
            progress.add(body.start - start)
        with part.open("r+b" if start else "wb") as output:
            output.truncate(body.start)
            output.seek(body.start)
            for chunk in body.chunks:
                output.write(chunk)
                progress.add(len(chunk))
                if (came := output.tell()) > limit:
                    break
            output.flush()
            os.fsync(output.fileno())
    if file.size is None and came > limit:
        part.unlink()
        raise TryError(_too_large(file, came), -1)


def _too_large(file: RemoteFile, size: int) -> FetchMismatch:
    return FetchMismatch(
        f"{file.name} has {megabytes(size)} or more, and no model has such a file: it was refused. A proxy or mirror "
        "in between may send something else"
    )


def _cut(file: RemoteFile, came: int) -> FetchError:
    return FetchError(
        f"{file.name} broke off after {megabytes(came)} of {megabytes(file.size or came)}, again and again. {AGAIN}"
    )


def _check(file: RemoteFile, target: Path, expected: str | None) -> bool:
    size = _size(target)
    if file.size is not None and size != file.size:
        raise FetchMismatch(
            f"{file.name} has {size} bytes, but the hub announced {file.size}: it was refused. Try again; if it stays "
            "so, a proxy or mirror in between changes files"
        )
    if expected is not None and sha256_of(target) != expected:
        raise FetchMismatch(
            f"{file.name} has the SHA-256 {sha256_of(target)}, but the catalog says {expected}: it was refused. The "
            "repository may have changed since, or a proxy or mirror in between changes files"
        )
    same = matches_etag(target, file.etag)
    if same is False:
        raise FetchMismatch(
            f"{file.name} is not the file that the hub announced (digest {file.etag}): it was refused. Try again; if "
            "it stays so, a proxy or mirror in between changes files"
        )
    return expected is not None or bool(same)
