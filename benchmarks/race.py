"""Runners timed in turn, so that whatever else the machine does hits all alike; ratios of the same moments."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Runner = Callable[[], int]
"""Does one unit of work and gives its size, in tokens or whatever all runners of a race count."""

Clock = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """A median and how far apart the middle half of the blocks lies, relative to it."""

    median: float
    spread: float

    @classmethod
    def of(cls, values: list[float]) -> "Figure":
        low, median, high = np.percentile(values, [25, 50, 75])
        return cls(float(median), float((high - low) / median))


class Race:
    """Rounds in which every runner runs once, in random order.

    ``clock`` may be ``time.process_time`` on a machine that is busy with other things: with one thread it counts what
    the work itself costs. ``pause``, seconds before each run, lets the threads of the runner before fall asleep: ONNX
    Runtime's wait busily for a while, at the cost of whoever comes next.
    """

    def __init__(self, runners: Mapping[str, Runner], clock: Clock = time.perf_counter, pause: float = 0.0) -> None:
        self.runners = dict(runners)
        self.clock = clock
        self.pause = pause
        self.work: dict[str, list[int]] = {name: [] for name in runners}
        self.seconds: dict[str, list[float]] = {name: [] for name in runners}

    def run(self, rounds: int) -> "Race":
        """``rounds`` more rounds, after one that does not count."""
        for runner in self.runners.values():
            runner()
        names, source = list(self.runners), np.random.default_rng(0)
        for _ in range(rounds):
            for name in source.permutation(names).tolist():
                time.sleep(self.pause)
                start = self.clock()
                self.work[name].append(self.runners[name]())
                self.seconds[name].append(self.clock() - start)
        return self

    def rate(self, name: str, blocks: int = 6) -> Figure:
        """Work per second, median over blocks of rounds."""
        return Figure.of(self._rates(name, blocks))

    def ratio(self, name: str, other: str, blocks: int = 6) -> Figure:
        """Rate of one runner over that of another in the same block of rounds."""
        pairs = zip(self._rates(name, blocks), self._rates(other, blocks), strict=True)
        return Figure.of([ours / theirs for ours, theirs in pairs])

    def time_ratio(self, name: str, other: str) -> Figure:
        """Seconds of one runner's unit over those of another's in the same round: for runners with equal units."""
        pairs = zip(self.seconds[name], self.seconds[other], strict=True)
        return Figure.of([ours / theirs for ours, theirs in pairs])

    def seconds_of(self, name: str) -> Figure:
        """Seconds of one unit."""
        return Figure.of(self.seconds[name])

    def _rates(self, name: str, blocks: int) -> list[float]:
        work = np.array_split(np.array(self.work[name]), blocks)
        seconds = np.array_split(np.array(self.seconds[name]), blocks)
        return [float(w.sum() / s.sum()) for w, s in zip(work, seconds, strict=True) if len(w)]
