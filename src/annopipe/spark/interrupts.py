"""Ctrl-C and a notebook's stop button: the prompt comes back at once, and the session goes on.

Two things stand in the way. Sail's server takes this process's handler of SIGINT when it starts, and shuts down at an
interrupt. And pyspark's client asks the server to end the operation and waits for the answer, which Sail often gives
only when the Python function that runs has ended.
"""

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from annopipe.errors import AnnopipeError

TAKING_SECONDS: Final = 0.2
"""How long a server that has started may take to change the handler."""

_taken = False


@contextmanager
def own_handler() -> Iterator[None]:
    """Give the handler of SIGINT back to whoever had it before a server was started inside the ``with``.

    Python's own `signal` does this in the main thread alone; the interpreter's C functions do it in any.
    """
    before = _get(signal.SIGINT)
    try:
        yield
        _wait_for_change(before)
    finally:
        if _get(signal.SIGINT) != before:
            _set(signal.SIGINT, before)


def give_prompt_back(client: Any) -> None:
    """Let a client that was interrupted ask its server to end the operation without waiting for the answer."""
    ask = client.interrupt_operation

    def interrupt_operation(operation: str) -> list[str] | None:
        if not isinstance(sys.exception(), KeyboardInterrupt):
            answer: list[str] | None = ask(operation)
            return answer
        threading.Thread(target=_asked, args=(ask, operation), daemon=True).start()
        return None

    client.interrupt_operation = interrupt_operation


def _asked(ask: Any, operation: str) -> None:
    from pyspark.errors import PySparkException

    with suppress(AnnopipeError, PySparkException):
        ask(operation)


def _wait_for_change(before: int | None) -> None:
    """Wait for the first server of a process, which takes the handler in a thread of its own; later ones leave it."""
    global _taken  # noqa: PLW0603 -- handlers belong to the process
    end = time.monotonic() + TAKING_SECONDS
    while not _taken and time.monotonic() < end:
        _taken = _get(signal.SIGINT) != before
        time.sleep(0 if _taken else 0.002)
    _taken = True


_get = ctypes.pythonapi.PyOS_getsig
_get.argtypes, _get.restype = [ctypes.c_int], ctypes.c_void_p
_set = ctypes.pythonapi.PyOS_setsig
_set.argtypes, _set.restype = [ctypes.c_int, ctypes.c_void_p], ctypes.c_void_p
