"""Calls into native code that run at this moment: a process ends once they are done, and not in the midst of them.

A thread that the interpreter leaves behind ends where it next asks for the interpreter's lock. Within C++ code that
aborts the whole process ("terminate called"). Threads that are joined at exit are no matter, and the main thread
cannot be in a call while it ends; what counts are daemon threads and those of engines.
"""

import atexit
import os
import threading
import time
from types import TracebackType

from annopipe.errors import ProcessEnding

PATIENCE = 60.0
"""Seconds that the end of the process waits for calls; one is a batch, or some texts to their pieces."""

RECENT = 2.0
"""Seconds after a call in which its thread may be on its way to the next one, in other native code."""

CALM = 0.3
"""Seconds without a call that ended or was refused: by then threads have handed the refusal to their engines."""

UNWINDING = 5.0
"""Seconds that are waited for that at most."""


class Calls:
    """A context around each call. Calls may be nested, and come from any thread."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Forget all calls: a forked child has none of its parent's threads."""
        self._count = 0
        self._ending = False
        self._last = -RECENT
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        """Count the call.

        Raises:
            ProcessEnding: the process ends, and this is not its main thread.
        """
        if _is_main():
            return
        with self._changed:
            if self._ending:
                self._changed.notify_all()
                raise ProcessEnding(
                    "the process is ending, and this thread gets no more vectors: join it before the main program "
                    "ends, or make it no daemon."
                )
            self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The call is done."""
        if _is_main():
            return
        with self._changed:
            self._count -= 1
            if threading.current_thread().daemon:  # others are joined before the process ends
                self._last = time.monotonic()
            if self._ending:
                self._changed.notify_all()

    def drain(self) -> None:
        """Refuse new calls but the main thread's, and wait until those that run are done, and their threads calm."""
        with self._changed:
            self._ending = True
            busy = self._count > 0 or time.monotonic() - self._last < RECENT
            self._changed.wait_for(lambda: self._count <= 0, PATIENCE)
            end = time.monotonic() + UNWINDING
            while busy and time.monotonic() < end:
                busy = self._changed.wait(CALM)


def _is_main() -> bool:
    return threading.get_ident() == threading.main_thread().ident


running = Calls()

atexit.register(running.drain)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=running.renew)
