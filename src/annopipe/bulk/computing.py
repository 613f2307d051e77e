"""Who computes: this process, or several others; results come in the order of the slices either way."""

import contextlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Final, Protocol, Self

from annopipe.bulk.engine import Engine, EngineChoice
from annopipe.bulk.planning import Planned
from annopipe.bulk.pulse import BEAT, Pulse, Watch
from annopipe.bulk.result import Result
from annopipe.bulk.worker import DONE, FAILED, serve
from annopipe.errors import WorkerDied

AHEAD: Final = 2
"""Slices in work for each process, and results of one slice that wait for their turn."""
MOST_DEATHS: Final = 3
PATIENCE: Final = 5.0

Computed = tuple[Planned, Iterator[Result]]


class Computing(Protocol):
    """Computes slices in order; used as a context."""

    def stream(self, planned: Iterable[Planned]) -> Iterator[Computed]:
        """Yield each slice with its results, which must be taken before the next slice is asked for."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class InProcess:
    """Computes here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def stream(self, planned: Iterable[Planned]) -> Iterator[Computed]:
        """See `Computing.stream`."""
        for one in planned:
            yield one, self._engine.compute(one.texts, alone=one.alone) if one.texts else iter(())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to stop."""


@dataclass(eq=False, slots=True)
class _Work:
    planned: Planned
    done: bool = False
    given: bool = False
    results: deque[Result] = field(default_factory=deque)
    received: int = 0
    deaths: int = 0


@dataclass(eq=False, slots=True)
class _Worker:
    process: Any
    pipe: Any
    watch: Watch
    work: _Work | None = None


class Processes:
    """Computes in other processes, each with an encoder of its own.

    A process that is gone, or uses no processor time for long, is replaced and its work done again, at most three times
    for one slice. Texts and results wait for each other: a process whose results nobody takes stops at its pipe.

    Args:
        choice: what each process loads.
        count: how many processes.
        stall_seconds: seconds without a sign of life after which a process that has work is ended; 0 = never.
    """

    def __init__(self, choice: EngineChoice, count: int, stall_seconds: float = 0) -> None:
        self._choice, self._count, self._stall_seconds = choice, count, stall_seconds
        self._workers: list[_Worker] = []
        self._queue: deque[_Work] = deque()

    def __enter__(self) -> Self:
        """Processes start when there is work for them."""
        return self

    def stream(self, planned: Iterable[Planned]) -> Iterator[Computed]:
        """See `Computing.stream`.

        Raises:
            WorkerDied: a slice was lost three times.
        """
        source = iter(planned)
        self._fill(source)
        while self._queue:
            head = self._queue[0]
            yield head.planned, self._results(head, source)
            self._queue.popleft()
            self._fill(source)

    def _fill(self, source: Iterator[Planned]) -> None:
        while len(self._queue) < AHEAD * self._count and (one := next(source, None)) is not None:
            self._queue.append(_Work(one, done=not one.texts, given=not one.texts))
        self._assign()

    def _assign(self) -> None:
        for work in self._queue:
            if work.given:
                continue
            worker = next((worker for worker in self._workers if worker.work is None), None)
            if worker is None and len(self._workers) < self._count:
                worker = self._start()
            if worker is None:
                return
            self._give(worker, work)

    def _start(self) -> _Worker:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        pulse = Pulse(context)
        arguments = theirs, self._choice, pulse
        process = context.Process(target=serve, args=arguments, daemon=True, name="annopipe bulk worker")
        process.start()
        theirs.close()
        worker = _Worker(process, ours, Watch(pulse, self._stall_seconds))
        self._workers.append(worker)
        return worker

    def _give(self, worker: _Worker, work: _Work) -> None:
        worker.work, work.given = work, True
        worker.watch.begin()
        try:
            worker.pipe.send((work.planned.texts, work.planned.alone, work.received))
        except OSError:
            self._bury(worker)

    def _results(self, work: _Work, source: Iterator[Planned]) -> Iterator[Result]:
        while True:
            while work.results:
                yield work.results.popleft()
            if work.done:
                return
            self._pump(work)
            self._fill(source)

    def _pump(self, head: _Work) -> None:
        """Wait until some process has something to say, or is gone; where all are, the caller starts others."""
        if not self._workers:
            if head in self._queue:
                return
            raise WorkerDied("no process computes any more: results were asked for after the next slice was")
        heard = {worker.pipe: worker for worker in self._workers if self._has_room(worker, head)}
        gone = {worker.process.sentinel: worker for worker in self._workers}
        ready = wait([*heard, *gone], BEAT if self._stall_seconds else None)
        for thing in ready:
            worker = heard.get(thing) or gone[thing]
            if worker in self._workers:
                self._hear(worker)
        self._end_stalled(set(heard.values()))

    def _end_stalled(self, listened: "set[_Worker]") -> None:
        """End those that were listened to and show no sign of life; one that waits for room here has a reason to."""
        for worker in list(self._workers):
            if worker.work is None or worker not in listened:
                worker.watch.begin()
            elif worker.watch.has_stalled():
                worker.process.kill()
                self._bury(worker)

    @staticmethod
    def _has_room(worker: _Worker, head: _Work) -> bool:
        return worker.work is None or worker.work is head or len(worker.work.results) < AHEAD

    def _hear(self, worker: _Worker) -> None:
        message = None
        with contextlib.suppress(EOFError, OSError):
            if worker.pipe.poll() or worker.process.is_alive():
                message = worker.pipe.recv()
        if message is None:
            self._bury(worker)
        else:
            worker.watch.begin()
            self._take(worker, *message)

    @staticmethod
    def _take(worker: _Worker, kind: str, content: Any) -> None:
        if kind == FAILED:
            raise content
        work = worker.work
        if work is None:
            return
        if kind == DONE:
            work.done, worker.work = True, None
        else:
            work.results.append(content)
            work.received += 1

    def _bury(self, worker: _Worker) -> None:
        """A process is gone: its work is to be done again."""
        self._workers.remove(worker)
        self._stop(worker)
        work = worker.work
        if work is None or work.done:
            return
        work.given, work.deaths = False, work.deaths + 1
        if work.deaths >= MOST_DEATHS:
            first = work.planned.slice.first
            msg = (
                f"{work.deaths} processes ended, or stalled, at rows {first} to "
                f"{first + len(work.planned.slice.texts) - 1} (exit code {worker.process.exitcode}): give the job less "
                "memory or fewer processes if the system ended "
                'them for want of memory; a script needs `if __name__ == "__main__":` around its work'
            )
            raise WorkerDied(msg)

    @staticmethod
    def _stop(worker: _Worker) -> None:
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join(PATIENCE)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; none of them writes anything."""
        while self._workers:
            self._stop(self._workers.pop())
