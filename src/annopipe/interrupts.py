"""Ends from outside: Ctrl-C, SIGTERM and SIGHUP unwind what runs, so that nothing half done stays.

A signal becomes a `KeyboardInterrupt`, and every ``finally`` on the way runs: locks are given back, files that were
being written go, processes that compute end.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP
SAME: Final = 1.0
"""Seconds in which a further signal is the same end: a terminal that closes sends SIGHUP twice, a group gets all."""

Handler = Callable[[int, FrameType | None], Any]
_OURS: Final = "ours"


class Ended(KeyboardInterrupt):
    """A signal ended the work.

    Attributes:
        signal: its number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.signal = number


def exit_code(end: KeyboardInterrupt) -> int:
    """Return the exit code of a process that a signal ended: 128 and its number."""
    return 128 + int(getattr(end, "signal", signal.SIGINT))


@contextmanager
def at_once() -> Iterator[None]:
    """End the process without a word at a signal: while modules are imported there is nothing to clean up.

    An exception would be wrong there: extension modules turn it into other errors, and Python prints a traceback.
    """

    def end(number: int, _: FrameType | None) -> None:
        os._exit(128 + number)

    with _handled(end, SIGNALS, (signal.SIG_DFL, signal.default_int_handler, _OURS)):
        yield


@contextmanager
def unwound() -> Iterator[None]:
    """Raise `Ended` at a signal. Signals that are ignored, or that others handle, are left to them."""
    with _handled(_raising(), SIGNALS, (signal.SIG_DFL, signal.default_int_handler, _OURS)):
        yield


@contextmanager
def cleaned() -> Iterator[None]:
    """Unwind at SIGTERM and SIGHUP, then end by that signal as if this had not been here; for calls in programs.

    Ctrl-C raises `KeyboardInterrupt` anyway.
    """
    try:
        with _handled(_raising(), SIGNALS[1:], (signal.SIG_DFL,)) as handled:
            yield
    except Ended as end:
        if end.signal in handled:
            os.kill(os.getpid(), end.signal)
        raise


def _raising() -> Handler:
    last: float | None = None

    def end(number: int, _: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if before is None or last - before > SAME:
            raise Ended(number)

    return end


@contextmanager
def _handled(handler: Handler, numbers: Sequence[int], over: Sequence[Any]) -> Iterator[dict[int, Any]]:
    """Handle signals by ``handler`` where one of some ways stands now; only the main thread may."""
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in numbers:
            was = signal.getsignal(number)
            if was in over or (_OURS in over and getattr(was, "__module__", "") == __name__):
                before[number] = was
                signal.signal(number, handler)
    try:
        yield before
    finally:
        for number, was in before.items():
            if signal.getsignal(number) is handler:
                signal.signal(number, was)
