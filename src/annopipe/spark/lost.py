"""A server that was stopped or died while a session used it: told at once, in one line, and never waited for."""

import socket
from typing import Any, Final

from annopipe.errors import AnnopipeError, SessionError
from annopipe.spark.worker_errors import Reading, by_name

RETRIES: Final = 3
_GONE: Final = ("StatusCode.UNAVAILABLE", "NO_ACTIVE_SESSION", "closed channel", " is not running")
_LISTENING_SECONDS: Final = 0.5


def reading(endpoint: str) -> Reading:
    """Return what reads pyspark's errors in a session of ours: errors of stages, and a server that is gone."""

    def read(error: Exception) -> AnnopipeError | None:
        if any(sign in str(error) for sign in _GONE):
            return SessionError(
                f"the Spark server at {endpoint} does not answer any more, or this session was stopped: call "
                "annopipe.stop(), then annopipe.start() for a new session"
            )
        return by_name(error)

    return read


def local_policy(host: str, port: int) -> Any:
    """Return a policy of retries for a server on this machine: where nobody listens, nobody is asked again."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    class WhileListening(DefaultPolicy):  # type: ignore[misc]  # pyspark is not followed
        def can_retry(self, error: BaseException) -> bool:
            return bool(super().can_retry(error)) and _listens(host, port)

    return WhileListening(max_retries=RETRIES)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=_LISTENING_SECONDS):
            return True
    except OSError:
        return False
