"""A forked child beside its parent's server: sessions of its own, and no trace of the server's sockets."""

import os
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from annopipe.errors import SessionError

_PATIENCE = 0.1
"""Seconds that a fork waits for calls under way: what pyspark sends after a result takes some milliseconds."""


def settle() -> None:
    """Wait, before a fork, for the calls by which pyspark lets a server forget a result after it was read.

    gRPC leaves its state as it is where another thread is in a call: it writes a line about that, and one child in
    some hundred gets no answer from the server. A query that another thread waits for is not waited for.
    """
    ends = time.monotonic() + _PATIENCE
    while "grpc" in sys.modules and _other_thread_calls() and time.monotonic() < ends:
        time.sleep(0.001)


def _other_thread_calls() -> bool:
    own = threading.get_ident()
    return any(_is_call(frame) for ident, frame in sys._current_frames().items() if ident != own)


def _is_call(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith(("grpc.", "pyspark.sql.connect.")):
            return True
        frame = frame.f_back
    return False


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
