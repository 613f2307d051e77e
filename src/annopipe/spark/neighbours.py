"""Other users of this machine: who could reach a server that listens on it."""

import contextlib
import getpass
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from annopipe.errors import SessionError
from annopipe.warnings import warn_once

STRICT: Final = "ANNOPIPE_STRICT_LOCAL"
"""Set to 1, it lets `annopipe.start` refuse a server that other users can reach."""

FIRST_PERSON: Final = 1000
"""The first user id of a person; lower ones belong to the system's services."""

NOBODY: Final = 65534
_PROCESSES: Final = Path("/proc")


def current_user() -> str:
    """Return the name of the user who runs this process, ``annopipe`` where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "annopipe"


def other_users() -> list[str]:
    """Return the names of other people who are logged in or run a process here, sorted."""
    return sorted({*_logged_in(), *_with_processes()} - {current_user()})


def check_neighbours() -> None:
    """Warn once if other people use this machine: the server that is about to start has no password.

    Raises:
        SessionError: ``ANNOPIPE_STRICT_LOCAL=1`` is set, and there are other people.
    """
    others = other_users()
    if not others:
        return
    reach = (
        f"other users run processes on this machine ({', '.join(others)}): they can reach the session's server, which "
        "has no password, and run code in it as you; see the security page of the docs"
    )
    if os.environ.get(STRICT) == "1":
        msg = f"{reach}. {STRICT}=1 refuses that: use frames without a session, a container, or engine='spark'"
        raise SessionError(msg)
    warn_once(f"{reach}. {STRICT}=1 makes this an error", cause="neighbours")


def _logged_in() -> set[str]:
    """Return who is logged in, by ``who``; nobody where that command is absent."""
    command = shutil.which("who")
    if command is None:
        return set()
    try:
        answer = subprocess.run([command], capture_output=True, text=True, timeout=2, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return {line.split()[0] for line in answer.splitlines() if line.strip()}


def _with_processes() -> set[str]:
    """Return the people who run a process, by ``/proc``; nobody on systems without it."""
    own, found = getattr(os, "getuid", lambda: -1)(), set()
    with contextlib.suppress(OSError):
        for entry in os.scandir(_PROCESSES):
            if entry.name.isdigit():
                with contextlib.suppress(OSError):  # it has ended meanwhile
                    found.add(entry.stat().st_uid)
    people = {uid for uid in found if uid >= FIRST_PERSON and uid not in (own, NOBODY)}
    return {_name(uid) for uid in people}


def _name(uid: int) -> str:
    try:
        import pwd  # not on Windows

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"user id {uid}"
