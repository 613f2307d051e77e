"""Which processes of this machine are there."""

import os
import socket
import sys
from pathlib import Path
from typing import Final

OUTERMOST: Final = 0xEFFFFFFC
"""Linux's number of the space that is no container's."""


def machine() -> str:
    """Return where process numbers mean what they mean here: the host, and in a container its space of numbers.

    Containers may share a host's name; each numbers its processes by itself.
    """
    path = Path("/proc/self/ns/pid")
    space = path.stat().st_ino if sys.platform == "linux" and path.exists() else OUTERMOST
    return socket.gethostname() + ("" if space == OUTERMOST else f"~{space:x}")


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
