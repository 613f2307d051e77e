"""Several processes give what one gives; one that dies is replaced, and a job never hangs."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.bulk import computing
from annopipe.bulk.computing import Processes
from annopipe.bulk.engine import EngineChoice
from annopipe.bulk.planning import Planned
from annopipe.bulk.settings import Settings
from annopipe.bulk.slices import Slice
from annopipe.errors import AnnopipeError, ModelFileMissing, WorkerDied

from .jobs import make_texts, read, write_parquet

TEXTS = make_texts(200)


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    assert active_children() == []


def test_two_processes_give_what_one_gives(tiny_model_folder: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", TEXTS)
    options: Any = {"model": tiny_model_folder, "shard_rows": 30, "level": "both", "flat": True}
    one = annopipe.embed_dataset(source, tmp_path / "one", **options)
    two = annopipe.embed_dataset(source, tmp_path / "two", processes=2, threads=2, memory="2GB", **options)
    for part in ("words", "sentences"):
        assert read(tmp_path / "one" / part).equals(read(tmp_path / "two" / part))
    assert (one.tokens, one.unique, one.computed) == (two.tokens, two.unique, two.computed)


def _choice(folder: Path, **settings: Any) -> EngineChoice:
    return EngineChoice(folder, Settings(**settings), 1, 1_000_000)


def _planned(count: int) -> Iterator[Planned]:
    for number in range(count):
        texts = make_texts(5, number)
        yield Planned(Slice(0, 5 * number, None, texts), texts)


def _run_all(choice: EngineChoice, count: int) -> None:
    with Processes(choice, count) as processes:
        for _, results in processes.stream(_planned(3)):
            list(results)


def test_a_process_that_is_killed_is_replaced(tiny_model_folder: Path) -> None:
    expected = [planned.texts for planned in _planned(12)]
    killed = []
    with Processes(_choice(tiny_model_folder, level="sentence"), 2) as processes:
        got = []
        for planned, results in processes.stream(_planned(12)):
            if len(got) in {2, 5}:
                victim = processes._workers[0].process
                os.kill(victim.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
                killed.append(victim.pid)
            (result,) = results
            assert len(result.tokens) == 5
            got.append(planned.texts)
        assert {worker.process.pid for worker in processes._workers}.isdisjoint(killed)
    assert got == expected
    assert len(killed) == 2


def test_parts_of_a_long_text_come_once_though_its_process_dies(tiny_model_folder: Path) -> None:
    text = "the river bank " * 400
    choice = EngineChoice(tiny_model_folder, Settings(flat=True), 1, 100 * 16 * 4)
    slice_ = Slice(0, 0, None, [text], alone=True)
    with Processes(choice, 1) as processes:
        stream = processes.stream([Planned(slice_, [text])])
        _, results = next(stream)
        tokens: list[str] = []
        for number, result in enumerate(results):
            tokens += result.parts["words"].table.column(0).to_pylist()
            if number in {0, 6}:
                processes._workers[0].process.terminate()
    assert tokens == text.split()


def test_a_slice_that_kills_each_process_ends_the_job(tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts = []
    real = Processes._start

    def start(self: Processes) -> Any:
        worker = real(self)
        starts.append(worker.process.pid)
        worker.process.terminate()
        return worker

    monkeypatch.setattr(Processes, "_start", start)
    with pytest.raises(WorkerDied, match=r"3 processes ended, or stalled, at rows 0 to 4 .*__main__"):
        _run_all(_choice(tiny_model_folder, level="sentence"), 1)
    # A process that is gone at once costs the slice after the first a start of its own.
    assert computing.MOST_DEATHS <= len(starts) < 2 * computing.MOST_DEATHS


def test_an_error_of_a_process_is_raised_here_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        _run_all(_choice(tmp_path, level="sentence"), 2)


def test_results_that_nobody_takes_hold_the_processes_back(tiny_model_folder: Path) -> None:
    taken = []

    def source() -> Iterator[Planned]:
        for planned in _planned(40):
            taken.append(planned)
            yield planned

    with Processes(_choice(tiny_model_folder, level="sentence"), 2) as processes:
        stream = processes.stream(source())
        for _ in range(3):
            _, results = next(stream)
            list(results)
        time.sleep(0.2)
        assert len(taken) <= 3 + computing.AHEAD * 2
        stream.close()


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind there")
def test_killed_in_the_middle_a_job_with_processes_ends_well(tiny_model_folder: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", make_texts(300))
    stop = threading.Event()
    kills = []

    def kill() -> None:
        while not stop.wait(0.3) and len(kills) < 2:
            for child in active_children():
                if child.pid is not None and child.name == "annopipe bulk worker":
                    os.kill(child.pid, signal.SIGKILL)
                    kills.append(child.pid)
                    break

    killer = threading.Thread(target=kill)
    options: Any = {"model": tiny_model_folder, "shard_rows": 20, "level": "sentence"}
    killer.start()
    try:
        annopipe.embed_dataset(source, tmp_path / "two", processes=2, memory="2GB", **options)
    finally:
        stop.set()
        killer.join()
    annopipe.embed_dataset(source, tmp_path / "one", **options)
    assert kills
    assert read(tmp_path / "two").equals(read(tmp_path / "one"))


def test_a_process_is_not_started_where_memory_is_short(tiny_model_folder: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", ["a"])
    with pytest.raises(AnnopipeError, match=r"in 8 processes needs .* at least"):
        annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, processes=8, memory="1GB")


def test_a_process_that_is_gone_before_its_first_work_is_replaced(
    tiny_model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = []
    real = Processes._start

    def start(self: Processes) -> Any:
        worker = real(self)
        starts.append(worker)
        if len(starts) == 1:
            worker.process.kill()
            worker.process.join()
        return worker

    monkeypatch.setattr(Processes, "_start", start)
    with Processes(_choice(tiny_model_folder, level="sentence"), 1) as processes:
        taken = [result for _, results in processes.stream(_planned(3)) for result in results]
    assert len(taken) == 3
    assert len(starts) == 2


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind there")
def test_a_process_that_is_stopped_is_replaced(tiny_model_folder: Path) -> None:
    stopped: list[int] = []
    got: list[list[str]] = []
    with Processes(_choice(tiny_model_folder, level="sentence"), 2, stall_seconds=3) as processes:
        for planned, results in processes.stream(_planned(12)):
            if len(got) == 3:
                stopped = [worker.process.pid for worker in processes._workers]
                for pid in stopped:
                    os.kill(pid, signal.SIGSTOP)
            (result,) = results
            assert len(result.tokens) == 5
            got.append(planned.texts)
        assert {worker.process.pid for worker in processes._workers}.isdisjoint(stopped)
    assert got == [planned.texts for planned in _planned(12)]
    assert len(stopped) == 2
