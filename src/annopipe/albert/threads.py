"""How many threads an encoder may use: the processors of this process, less what a container's quota takes away."""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")


_most: int | None = None


def limit_threads(most: int) -> None:
    """Let encoders that are made from now on use at most so many threads: a worker's share of its machine."""
    global _most  # noqa: PLW0603 -- a property of the process
    _most = most


def thread_count() -> int:
    """Threads to use when none are asked for, at least 1.

    The processors of the process's affinity where the system knows one (Linux), else all; at most the CPU quota of the
    control group, rounded up, so that a container limited to 2 of 64 processors gets 2 threads.
    """
    quota = _quota(CGROUP)
    allowed = _affinity()
    limits = [allowed, *([] if quota is None else [math.ceil(quota)]), *([] if _most is None else [_most])]
    return max(1, min(limits))


def _affinity() -> int:
    """Processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota(root: Path) -> float | None:
    """Processors' worth of time that the control group allows, None without a limit: version 2, then version 1."""
    current = _words(root / "cpu.max")
    if len(current) == 2:
        return _ratio(current[0], current[1])
    limit = _words(root / "cpu" / "cpu.cfs_quota_us")
    period = _words(root / "cpu" / "cpu.cfs_period_us")
    return _ratio(limit[0], period[0]) if limit and period else None


def _words(path: Path) -> list[str]:
    """The words of a small text file, none where it is not readable (other systems have no control groups)."""
    try:
        return path.read_text().split()
    except OSError:
        return []


def _ratio(limit: str, period: str) -> float | None:
    """Quota over period; ``max``, -1 and anything unreadable mean no limit."""
    try:
        share = int(limit) / int(period)
    except (ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None
