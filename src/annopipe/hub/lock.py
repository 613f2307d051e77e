"""One process at a time: a lock that needs nothing but a shared folder, and that whoever died gives back.

The lock is filelock's ``SoftFileLease``: a file that only one process can create (``O_EXCL``, which network disks
honour, too; ``flock`` succeeds for every process on some of them). It names host, process and the start of the process,
and its holder touches it every few seconds. It is taken over at once where its process is gone from this machine, also
when another one has its number now, and else when it was silent for the lease by the watch of the one who waits.

A lease says who should work. A holder that was suspended may wake after a takeover and believe that it still holds the
lock: what is written under it needs a fence of its own (`annopipe.bulk.tenure`), or must be private until it is renamed
into place (`annopipe.hub.partials`).
"""

import contextlib
import logging
import os
import stat
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from annopipe.errors import ParamValueError

if TYPE_CHECKING:
    import filelock

VARIABLE: Final = "ANNOPIPE_LEASE_SECONDS"
LEASE: Final = 30.0
"""Seconds of silence after which a lock counts as left behind."""
LONGEST: Final = 600.0
"""A lock that asks for a longer silence than this, or than this process's own lease, is damaged."""
BEATS: Final = 6
"""Signs of life in one lease."""
POLL: float = 0.1
PATIENCE: float = 20.0
"""Seconds of waiting for a download that are not worth a line."""

_log: Final = logging.getLogger(__name__)


def lease_seconds() -> float:
    """Return the lease: ``ANNOPIPE_LEASE_SECONDS``, else 30 seconds.

    Raises:
        ParamValueError: the variable holds something else than seconds.
    """
    given = os.environ.get(VARIABLE, "")
    if not given:
        return LEASE
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST:
        msg = f"{VARIABLE} is {given!r}: give seconds, more than 0 and at most {LONGEST:.0f}"
        raise ParamValueError(msg)
    return seconds


class Stamp(NamedTuple):
    """Which file lies at the lock's place, and when it was touched last."""

    device: int
    inode: int
    touched: int


class Lease:
    """A lock that is looked at as often as its user likes.

    Attributes:
        path: the lock's file; its folder must exist.
        seconds: of silence after which it is taken over.
        holder: who held it at the last look, for a person.
        is_alive: whether the holder gave a sign of life since the first look.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = lease_seconds()
        self.holder = "another process"
        self.is_alive = False
        self._lease: filelock.SoftFileLease | None = None
        self._seen: Stamp | None = None
        self._since = 0.0

    def acquire(self) -> bool:
        """Take the lock if it is free or was left behind; look again later if not.

        Raises:
            OSError: the lock's file cannot be written, or something else lies in its place.
        """
        there = _stamp(self.path)
        owner = _owner(self.path) if there is not None else {}
        duration = _duration(owner, self.seconds)
        if (there is None or duration is not None) and self._try(duration or self.seconds):
            return True
        self._watch(_stamp(self.path), owner)
        if duration is None and self._seen is not None and self._silence() > self.seconds:
            _remove(self.path, self._seen)
        return False

    def release(self) -> None:
        """Give the lock back; one that was lost meanwhile stays its new holder's."""
        if self._lease is not None:
            self._lease.release(force=True)

    def _try(self, duration: float) -> bool:
        import filelock  # workers of Spark, which fetch nothing, need not have it

        if self._lease is None or self._lease.lease_duration != duration:
            self._lease = filelock.SoftFileLease(
                self.path, lease_duration=duration, heartbeat_interval=duration / BEATS, timeout=0
            )
        try:
            self._lease.acquire()
        except (filelock.Timeout, filelock.LeaseSettingsMismatch):
            return False
        return True

    def _watch(self, there: Stamp | None, owner: dict[str, str]) -> None:
        if owner:
            self.holder = f"process {owner.get('pid', '?')} on {owner.get('host', '?').partition('?pidns-')[0]}"
        if there is None or there == self._seen:
            return
        self.is_alive = self._seen is not None
        self._seen, self._since = there, time.monotonic()

    def _silence(self) -> float:
        return time.monotonic() - self._since


@contextlib.contextmanager
def held(path: Path, *, done: Callable[[], bool]) -> Iterator[bool]:
    """Hold the lock ``path``, or find that what it is for is ``done`` by another process.

    Args:
        path: the lock's file; its folder must exist.
        done: asked while waiting; once it is true the lock is not needed.

    Yields:
        True with the lock held, False without it because all is done.

    Raises:
        OSError: the lock's file cannot be written.
    """
    lease = Lease(path)
    begin, said = time.monotonic(), False
    try:
        while not lease.acquire():
            if done():
                yield False
                return
            if not said and time.monotonic() - begin > PATIENCE:
                say(f"waiting for {path.stem}: {lease.holder} works on it (lock {path})")
                said = True
            time.sleep(POLL)
        yield True
    finally:
        lease.release()


def say(line: str) -> None:
    """Say on stderr what a run waits for or leaves alone, and in the log."""
    _log.info("%s", line)
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"annopipe: {line}\n")


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        msg = f"{path} should be a lock file, and is a folder, a link or a device: move it away"
        raise OSError(msg)
    return Stamp(found.st_dev, found.st_ino, found.st_mtime_ns)


def _owner(path: Path) -> dict[str, str]:
    """Return what a lock says of its holder; nothing where it is empty, damaged, or of another kind."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return {}
    first, *lines = text.splitlines() or [""]
    if not first.startswith("filelock/") or not text.endswith("\n"):
        return {}
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


def _duration(owner: dict[str, str], own: float) -> float | None:
    """Return the lease that its holder asked for, which whoever waits must keep; None for no lock that can be read."""
    if owner.get("mode") != "lease" or not owner.get("token") or not owner.get("host"):
        return None
    try:
        seconds, _ = float(owner["duration"]), int(owner["pid"])
    except (KeyError, ValueError):
        return None
    return seconds if 0 < seconds <= max(own, LONGEST) else None


def _remove(path: Path, seen: Stamp) -> None:
    """Take away what lies in the lock's place and was silent; if another lock is there by now, put it back."""
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.rename(aside)
    except OSError:
        return
    if _stamp(aside) != seen:
        with contextlib.suppress(OSError):
            os.link(aside, path)
    else:
        _log.info("a lock that no process touched any more was removed: %s", path)
    aside.unlink(missing_ok=True)
