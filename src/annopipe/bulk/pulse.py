"""Signs of life of a process that computes: the processor time it has used, in memory that both processes share."""

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

BEAT: Final = 0.5
"""Seconds between two notes."""
WORK: Final = 0.01
"""Seconds of processor time that are work and no noise of the clocks."""
START: Final = 120.0
"""Seconds that a process has at least until its first note: the system starts it and loads the program."""


class Pulse:
    """Where a process notes what it has used; made by the one that watches, handed to the one that computes.

    Threads that wait use no processor time, nor does a process that was stopped: a lock never opened and a signal
    cannot be taken for work, and a text that takes long is work.
    """

    def __init__(self, context: Any) -> None:
        self._used = context.RawValue("d", -1.0)

    @property
    def used(self) -> float:
        """Seconds of processor time; negative before the first note."""
        return float(self._used.value)

    def start(self) -> None:
        """Note from now on, in a thread of this process."""
        threading.Thread(target=self._beat, daemon=True, name="annopipe pulse").start()

    def _beat(self) -> None:
        while True:
            self._used.value = max(0.0, time.process_time() - time.thread_time())
            time.sleep(BEAT)


@dataclass(slots=True)
class Watch:
    """How long a process has shown no sign of life.

    Seconds count one look after another, each as much as a look may take: when this process itself was asleep, the
    other may have been too.

    Attributes:
        pulse: the other's.
        most: seconds of silence that are a stall; 0 = never.
    """

    pulse: Pulse
    most: float
    _used: float = -1.0
    _silent: float = 0.0
    _looked: float = 0.0

    def begin(self) -> None:
        """Begin to count: it has got work, or was heard."""
        self._silent, self._looked = 0.0, time.monotonic()

    def has_stalled(self) -> bool:
        """Look again, and tell whether the silence has lasted too long."""
        now, used = time.monotonic(), self.pulse.used
        self._silent += min(now - self._looked, 2 * BEAT)
        self._looked = now
        if used - self._used >= WORK:
            self._silent, self._used = 0.0, used
        most = self.most if used >= 0 else max(self.most, START)
        return bool(self.most) and self._silent > most
