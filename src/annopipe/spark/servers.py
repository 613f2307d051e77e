"""The servers that `annopipe.start` runs on this machine for this user: a note each, for ``annopipe doctor``.

A note is a small file in the user's state folder, named by port and process. Notes are a courtesy: where that folder
cannot be written, sessions work as well and are not listed.
"""

import contextlib
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_NAME: Final = re.compile(r"(\d+)-(\d+)")
_PATIENCE: Final = 0.5


@dataclass(frozen=True, order=True)
class Server:
    """A server that answers: its port on this machine, and the process that runs it."""

    port: int
    pid: int


def note(port: int) -> None:
    """Note that this process runs a server at ``port``."""
    with contextlib.suppress(OSError):
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder() / f"{port}-{os.getpid()}").touch(mode=0o600)


def forget(port: int) -> None:
    """Take this process' note away."""
    with contextlib.suppress(OSError):
        (folder() / f"{port}-{os.getpid()}").unlink(missing_ok=True)


def running() -> list[Server]:
    """Return the noted servers that answer, by port; the notes of others are removed."""
    found = []
    with contextlib.suppress(OSError):
        for file in folder().iterdir():
            match = _NAME.fullmatch(file.name)
            if match is None:
                continue
            if answers(int(match[1])):
                found.append(Server(int(match[1]), int(match[2])))
            else:
                file.unlink(missing_ok=True)
    return sorted(found)


def answers(port: int) -> bool:
    """Tell whether something on this machine takes connections at a port."""
    try:
        socket.create_connection((HOST, port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def folder() -> Path:
    """Return the folder of the notes, whether it is there or not."""
    import platformdirs

    return Path(platformdirs.user_state_dir("annopipe", appauthor=False)) / "servers"
