"""One process at a time fetches a model: a lock that needs nothing but a shared folder.

The lock is a file that only one process can create (``O_EXCL``, which network disks honour, too; ``flock`` succeeds for
everybody on some of them). Its holder touches it every few seconds. It is left behind when its process is gone from
this machine, or when nobody has touched it for a minute by the watch of the one who waits. A lock that is broken by
mistake costs a second download and nothing else: what is written is private to a process until it is renamed into
place.
"""

import contextlib
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

POLL: float = 0.1
BEAT: float = 5.0
SILENCE: float = 60.0

_log: Final = logging.getLogger(__name__)


class Holder(NamedTuple):
    """Who holds a lock."""

    host: str
    process: int
    token: str

    def __str__(self) -> str:
        """Name the process for a person."""
        return f"process {self.process} on {self.host}"


@contextlib.contextmanager
def held(path: Path, *, done: Callable[[], bool]) -> Iterator[bool]:
    """Hold the lock ``path``, or find that what it is for is ``done`` by somebody else.

    Args:
        path: the lock's file; its folder must exist.
        done: asked while waiting; once it is true nobody needs the lock.

    Yields:
        True with the lock held, False without it because all is done.

    Raises:
        OSError: the lock's file cannot be written.
    """
    mine = Holder(socket.gethostname(), os.getpid(), uuid.uuid4().hex)
    if not _acquire(path, mine, done):
        yield False
        return
    stop = threading.Event()
    beat = threading.Thread(target=_touch, args=(path, stop), daemon=True, name=f"lock {path.name}")
    beat.start()
    try:
        yield True
    finally:
        stop.set()
        beat.join()
        if _read(path) == mine:
            path.unlink(missing_ok=True)


def _acquire(path: Path, mine: Holder, done: Callable[[], bool]) -> bool:
    watch = _Watch()
    while not _create(path, mine):
        if done():
            return False
        other = _read(path)
        if other is not None and watch.left_behind(path, other):
            _break(path, other)
            continue
        time.sleep(POLL)
    return True


def _create(path: Path, mine: Holder) -> bool:
    """Create the lock with its content at once, or find it there: a link to a finished file is as exclusive."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return False
    except PermissionError:
        if path.exists():  # Windows, while another process is removing it
            return False
        raise
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(mine._asdict(), file)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def _read(path: Path) -> Holder | None:
    """Return who holds the lock; one that is being written or damaged has an unknown holder."""
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError):
        return Holder("?", 0, "")


class _Watch:
    """How long a lock has lain there untouched, by the clock of the one who waits."""

    def __init__(self) -> None:
        self._seen: tuple[Holder, int] | None = None
        self._since = time.monotonic()

    def left_behind(self, path: Path, holder: Holder) -> bool:
        """Tell whether nobody can be alive who holds the lock."""
        try:
            touched = path.stat().st_mtime_ns
        except OSError:
            return False
        if (holder, touched) != self._seen:
            if self._seen is None or self._seen[0] != holder:
                _log.info("%s is being fetched by %s; waiting", path.stem, holder)
            self._seen, self._since = (holder, touched), time.monotonic()
        if holder.host == socket.gethostname() and not is_running(holder.process):
            return True
        return time.monotonic() - self._since > SILENCE


def is_running(process: int) -> bool:
    """Tell whether a process of this machine is there; where that cannot be told, it is."""
    if os.name == "nt":
        return _is_running_windows(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_running_windows(process: int) -> bool:
    """``os.kill`` would end the process there."""
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy knows it on Windows alone
    handle = kernel.OpenProcess(0x1000, False, process)
    if handle:
        kernel.CloseHandle(handle)
    return bool(handle)


def _break(path: Path, holder: Holder) -> None:
    """Take a lock away that was left behind; if another process was faster, give its own back."""
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.rename(aside)
    except OSError:
        return
    if _read(aside) != holder:
        with contextlib.suppress(OSError):
            os.link(aside, path)
    else:
        _log.info("the lock of %s, which is gone, was removed: %s", holder, path)
    aside.unlink(missing_ok=True)


def _touch(path: Path, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        with contextlib.suppress(OSError):
            os.utime(path)
