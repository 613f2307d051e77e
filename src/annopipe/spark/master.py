"""Where Apache Spark runs: on this machine alone, or on a cluster that must be there."""

import socket
from typing import Final

from annopipe.errors import SessionError

MASTER: Final = "local[*, 4]"
"""All processors, and a task that dies is tried again, as on a cluster: plain ``local[*]`` gives up at once."""

_STANDALONE: Final = "spark://"
_PATIENCE: Final = 5.0


def is_local(master: str) -> bool:
    """Tell whether a master runs everything in the driver's own JVM."""
    return master == "local" or master.startswith("local[")


def check_master(master: str) -> None:
    """Check that a standalone cluster's master listens, which Apache Spark itself asks for a minute.

    Raises:
        SessionError: nobody does, at none of the addresses.
    """
    if not master.startswith(_STANDALONE):
        return
    refusals = [_refusal(address) for address in master.removeprefix(_STANDALONE).split(",")]
    if all(refusals):
        msg = f"no master of Apache Spark answers at {master} ({refusals[0]}): is it started, and is this its address?"
        raise SessionError(msg)


def _refusal(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()
    except (OSError, ValueError, OverflowError) as error:
        return str(error)
    return ""
