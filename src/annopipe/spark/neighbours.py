"""Other users of this machine: who could reach a server that listens on it."""

import getpass
import shutil
import subprocess


def current_user() -> str:
    """Return the name of the user who runs this process, ``annopipe`` where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "annopipe"


def other_users() -> list[str]:
    """Return the names of others who are logged in, as ``who`` tells; none where it is absent."""
    command = shutil.which("who")
    if command is None:
        return []
    try:
        answer = subprocess.run([command], capture_output=True, text=True, timeout=2, check=False).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    return sorted({line.split()[0] for line in answer.splitlines() if line.strip()} - {current_user()})
