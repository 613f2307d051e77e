"""No test reaches beyond this machine: connections elsewhere are refused, in this process and in those it starts.

Set ``ANNOPIPE_TEST_SOCKETS`` to ``none`` in a started process, and it may not open any connection at all.
"""

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

SITE = Path(__file__).with_name("loopback_site")
"""Folder whose ``sitecustomize`` guards the processes that tests start."""

VARIABLE = "ANNOPIPE_TEST_SOCKETS"
attempts: list[str] = []
"""What was refused since the last look."""


class BeyondLoopbackError(AssertionError):
    """A test tried to reach another machine."""


def install() -> None:
    """Guard this process for good."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    socket.getaddrinfo = _resolving(socket.getaddrinfo)


def environment() -> dict[str, str]:
    """Return the variables by which the processes that tests start are guarded, too."""
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    paths = [str(SITE), *(str(Path(path).absolute()) for path in given)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def is_loopback(host: Any) -> bool:
    """Tell whether a host is this machine, by its address or as ``localhost``."""
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


def _guarded(method: Any) -> Any:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        inside = self.family == getattr(socket, "AF_UNIX", None) or (
            isinstance(address, tuple) and is_loopback(address[0])
        )
        if os.environ.get(VARIABLE) == "none" or not inside:
            attempts.append(f"{method.__name__} {address!r}")
            raise BeyondLoopbackError(f"a test may not connect to {address!r}")
        return method(self, *arguments)

    return guarded


def _resolving(resolve: Any) -> Any:
    """Know no name but this machine's: a name server would be another machine."""

    def resolving(host: Any, *arguments: Any, **keywords: Any) -> Any:
        if os.environ.get(VARIABLE) == "none" or not is_loopback(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **keywords)

    return resolving
