"""Killed at any moment and run again, a job gives the dataset of an uninterrupted run, row for row."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import annopipe

from .jobs import leftovers, make_texts, read, write_parquet

PROGRAM = """
import sys
import annopipe

if __name__ == "__main__":
    inputs, output, model, level, flat, rows, processes = sys.argv[1:]
    annopipe.embed_dataset(
        inputs, output, model=model, level=level, flat=flat == "1", shard_rows=int(rows), processes=int(processes)
    )
"""


def _start(program: Path, *words: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, str(program), *map(str, words)], stderr=subprocess.PIPE)


def _kill_and_resume(
    folder: Path, model: Path, *, count: int, kills: int, level: str, flat: bool, processes: int
) -> int:
    """Kill a job at random moments until it was killed often enough, then let it end; return the kills that hit."""
    chance = random.Random(kills)  # noqa: S311
    source = write_parquet(folder / "in.parquet", make_texts(count))
    program = folder / "job.py"
    program.write_text(PROGRAM, encoding="utf-8")
    rows = max(1, count // 60)
    words = (source, folder / "out", model, level, int(flat), rows, processes)
    start = time.monotonic()
    annopipe.embed_dataset(source, folder / "whole", model=model, level=level, flat=flat, shard_rows=rows)  # type: ignore[arg-type]
    patience = 1 + time.monotonic() - start
    hits = 0
    while hits < kills:
        process = _start(program, *words)
        _wait_for_work(folder / "out", process)
        time.sleep(chance.uniform(0, patience / kills))
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, said
        hits += 1
    ended = _start(program, *words)
    _, said = ended.communicate()
    assert ended.returncode == 0, said
    assert leftovers(folder / "out") == []
    assert read(folder / "out").equals(read(folder / "whole"))
    return hits


def _wait_for_work(output: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a run has the lock: before that there is nothing to break."""
    lock = output / "_annopipe" / "lock"
    while process.poll() is None:
        try:
            if f"pid={process.pid}\n" in lock.read_text("utf-8"):
                return
        except OSError:
            pass
        time.sleep(0.01)


pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")


@pytest.mark.parametrize("flat", [False, True])
def test_three_kills(tiny_model_folder: Path, tmp_path: Path, flat: bool) -> None:
    _kill_and_resume(tmp_path, tiny_model_folder, count=600, kills=3, level="word", flat=flat, processes=1)


@pytest.mark.long
@pytest.mark.parametrize(("level", "processes"), [("sentence", 1), ("word", 2)])
def test_fifty_kills(tiny_model_folder: Path, tmp_path: Path, level: str, processes: int) -> None:
    hits = _kill_and_resume(
        tmp_path, tiny_model_folder, count=20_000, kills=50, level=level, flat=level == "word", processes=processes
    )
    assert hits == 50
