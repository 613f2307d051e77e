"""Seats in turns: every round each seat runs once over the same texts, in random order."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from contest.process import PeerFailed, Process
from contest.roster import IN_JOBS, Seat
from race import Figure

PAUSE = 0.3
"""Seconds before each run, in which the threads of the run before fall asleep."""


@dataclass
class Times:
    """Seconds of each round, and pieces of one."""

    pieces: int
    seconds: list[float] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        return [self.pieces / seconds for seconds in self.seconds]

    def figure(self) -> Figure:
        """Median of pieces a second."""
        return Figure.of(self.rates)


@dataclass
class Turns:
    """Seats with their processes; one that fails is left out from then on.

    Attributes:
        processes: of each program.
        failed: name of a seat → what went wrong.
    """

    processes: Mapping[tuple[str, str], Process]
    failed: dict[str, str] = field(default_factory=dict)

    def compete(self, seats: Sequence[Seat], texts: str, pieces: int, rounds: int, warm: str) -> dict[str, Times]:
        """Return the times of seats over texts; before the first round each seat runs once over ``warm``.

        One whose rows go through jobs does so before each of its turns: Spark ends Python workers that were idle for a
        minute, and others' turns take longer.
        """
        found = {seat.name: Times(pieces) for seat in seats}
        for seat in seats:
            self._run(seat, seat.setting, warm)
        source = np.random.default_rng(0)
        for _ in range(rounds):
            for place in source.permutation(len(seats)).tolist():
                self._once(seats[place], warm, texts, found[seats[place].name])
        return {name: times for name, times in found.items() if times.seconds and name not in self.failed}

    def latency(
        self, seats: Sequence[Seat], settings: Mapping[str, str], texts: str, rounds: int, times: int
    ) -> dict[str, Figure]:
        """Return the seconds of one text: medians over rounds of the median of ``times`` runs one after the other."""
        found: dict[str, list[float]] = {seat.name: [] for seat in seats}
        source = np.random.default_rng(1)
        for number in range(rounds + 1):
            for place in source.permutation(len(seats)).tolist():
                seat = seats[place]
                answer = self._run(seat, settings[seat.name], texts, times)
                if answer is not None and number:
                    found[seat.name].append(float(np.median(answer[0])))
        return {name: Figure.of(seconds) for name, seconds in found.items() if seconds}

    def _once(self, seat: Seat, warm: str, texts: str, times: Times) -> None:
        if seat.program in IN_JOBS:
            self._run(seat, seat.setting, warm)
        answer = self._run(seat, seat.setting, texts)
        if answer is not None:
            times.seconds += answer[0]
            times.pieces = answer[1] or times.pieces

    def _run(self, seat: Seat, setting: str, texts: str, times: int = 1) -> Any:
        if seat.name in self.failed or seat.process not in self.processes:
            return None
        time.sleep(PAUSE)
        try:
            return self.processes[seat.process].run(setting, texts, times)
        except PeerFailed as gone:
            self.failed[seat.name] = str(gone)
            return None


def ratio(times: Times, other: Times) -> Figure:
    """Rate over rate in the same round."""
    return Figure.of([a / b for a, b in zip(times.rates, other.rates, strict=False)])
