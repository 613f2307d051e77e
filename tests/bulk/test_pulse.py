"""Work is told from standing still by processor time, whatever the clock says."""

import multiprocessing
import time

import pytest

from annopipe.bulk import pulse
from annopipe.bulk.pulse import BEAT, START, Pulse, Watch


class _Clock:
    """A clock that is moved by hand, and a pulse that is set by hand."""

    used = -1.0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(pulse.time, "monotonic", lambda: self.now)

    def wait(self, watch: Watch, seconds: float, working: float = 0.0) -> bool:
        """Look every ``BEAT`` seconds; tell whether there was a stall."""
        stalled = False
        for _ in range(round(seconds / BEAT)):
            self.now += BEAT
            self.used += working * BEAT
            stalled = stalled or watch.has_stalled()
        return stalled


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    return _Clock(monkeypatch)


def _watch(clock: _Clock, most: float) -> Watch:
    watch = Watch(clock, most)  # type: ignore[arg-type]
    watch.begin()
    return watch


def test_work_is_no_stall_however_long_it_takes(clock: _Clock) -> None:
    watch = _watch(clock, 10)
    clock.used = 0.0
    assert not clock.wait(watch, 1000, working=0.5)


def test_silence_is_a_stall_after_its_time(clock: _Clock) -> None:
    watch = _watch(clock, 10)
    clock.used = 1.0
    assert not clock.wait(watch, 9)
    assert clock.wait(watch, 3)


def test_noise_of_the_clocks_is_no_work(clock: _Clock) -> None:
    watch = _watch(clock, 10)
    clock.used = 1.0
    clock.wait(watch, 1)
    assert clock.wait(watch, 12, working=1e-5)


def test_before_the_first_note_a_process_has_time_to_start(clock: _Clock) -> None:
    watch = _watch(clock, 1)
    assert not clock.wait(watch, START - 1)
    assert clock.wait(watch, 3)


def test_zero_waits_for_ever(clock: _Clock) -> None:
    clock.used = 1.0
    assert not clock.wait(_watch(clock, 0), 10_000)


def test_when_this_process_slept_the_other_is_not_blamed(clock: _Clock) -> None:
    watch = _watch(clock, 10)
    clock.used = 1.0
    watch.has_stalled()
    clock.now += 10_000
    assert not watch.has_stalled()


def test_a_pulse_counts_work_and_not_itself() -> None:
    mine = Pulse(multiprocessing.get_context("spawn"))
    assert mine.used < 0
    mine.start()
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    time.sleep(2.5 * BEAT)
    before = mine.used
    assert before > 0.1
    time.sleep(3 * BEAT)
    assert mine.used - before < pulse.WORK
