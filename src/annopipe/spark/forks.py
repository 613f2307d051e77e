"""A forked child beside its parent's server: sessions of its own, and no trace of the server's sockets."""

import os
import socket
import threading
from pathlib import Path

from annopipe.errors import SessionError


def check_parent(pid: int) -> None:
    """Raise `SessionError` where the process that runs the server is gone."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return
    except ProcessLookupError:
        msg = f"the process {pid} that ran this session's server is gone: start a new one, in a new process"
        raise SessionError(msg) from None


def forget_sessions() -> None:
    """Forget the parent's sessions: their channels do not work in a child."""
    from pyspark.sql.connect.session import SparkSession

    SparkSession._default_session = None
    SparkSession._active_session = threading.local()


def close_listeners(port: int) -> None:
    """Close the child's copies of the server's listening socket, on which nobody would ever answer."""
    folder = Path("/dev/fd")
    for number in [int(path.name) for path in folder.iterdir()] if folder.is_dir() else []:
        try:
            with socket.socket(fileno=os.dup(number)) as copy:
                ours = copy.getsockname()[1:2] == (port,) and bool(copy.getsockopt(socket.SOL_SOCKET, _ACCEPTS))
        except (OSError, TypeError, IndexError):
            continue
        if ours:
            os.close(number)


_ACCEPTS = getattr(socket, "SO_ACCEPTCONN", 30)
