"""Signals end a job as Ctrl-C does: lock and half-written files gone, 128 and the signal's number, children too."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import annopipe

from .jobs import leftovers, make_texts, read, shards, write_parquet

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "in.parquet", [f"{text} {number}" for number, text in enumerate(make_texts(6000))])


@contextlib.contextmanager
def started(*words: object, program: str | None = None) -> Iterator["subprocess.Popen[str]"]:
    run = [sys.executable, "-m", "annopipe"] if program is None else [sys.executable, "-c", program]
    process = subprocess.Popen([*run, *map(str, words)], stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(process: "subprocess.Popen[str]", there: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def words_of(source: Path, output: Path, model: Path, *more: object) -> list[object]:
    return ["embed", source, "-o", output, "--model", model, "--level", "sentence", "--shard-rows", 50, *more]


def _children(process: int) -> list[int]:
    found = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in found.stdout.splitlines()]
    return [child for child, parent in pairs if parent == process]


def _is_there(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    if state.exists():
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("name", SIGNALS)
def test_a_dataset(name: str, processes: int, source: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    number, out = getattr(signal, name), tmp_path / "out"
    words = words_of(source, out, tiny_model_folder, "--processes", processes, "--memory", "4GB")
    with started(*words) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        children = _children(process.pid)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert said == f"annopipe: {'interrupted' if name == 'SIGINT' else f'ended by {name}'}\n"
        assert len(children) >= processes - 1
        deadline = time.monotonic() + 10
        while any(map(_is_there, children)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(_is_there, children))
    assert leftovers(out) == []
    inner = sorted(path.name for path in (out / "_annopipe").iterdir())
    assert inner == ["generation.json", "made.jsonl", "manifest.json", "shards.jsonl"]
    before = len(shards(out))
    report = annopipe.embed_dataset(source, out, model=tiny_model_folder, level="sentence", shard_rows=50)
    assert report.rows_before in {50 * before, 50 * (before - 1)}
    annopipe.embed_dataset(source, tmp_path / "whole", model=tiny_model_folder, level="sentence", shard_rows=50)
    assert read(out).equals(read(tmp_path / "whole"))


@pytest.mark.parametrize("name", SIGNALS)
def test_the_whole_group_is_ended(name: str, source: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    """As a terminal that closes does, and ``timeout``: parent and children get the signal, the parent twice."""
    number, out = getattr(signal, name), tmp_path / "out"
    with started(*words_of(source, out, tiny_model_folder, "--processes", 2, "--memory", "4GB")) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        os.killpg(process.pid, number)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said.count("\n") == 1
    assert leftovers(out) == []
    assert not (out / "_annopipe" / "lock").exists()


@pytest.mark.parametrize("name", SIGNALS)
def test_one_file(name: str, source: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    number = getattr(signal, name)
    with started("embed", source, "-o", tmp_path / "one.parquet", "--model", tiny_model_folder) as process:
        wait_for(process, lambda: bool(leftovers(tmp_path)))
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet"]


PROGRAM = """
import signal, sys
import annopipe
if __name__ == "__main__":
    {before}
    annopipe.embed_dataset(sys.argv[1], sys.argv[2], model=sys.argv[3], level="sentence", shard_rows=50)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_program_ends_by_the_signal_as_ever_and_cleaned(
    name: str, source: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with started(source, out, tiny_model_folder, program=PROGRAM.format(before="pass")) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (-getattr(signal, name), "")
    assert leftovers(out) == []
    assert not (out / "_annopipe" / "lock").exists()


@pytest.mark.parametrize("way", ["signal.SIG_IGN", "lambda *_: print('mine', file=sys.stderr)"])
def test_a_program_s_own_way_with_a_signal_stays(
    way: str, source: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    program = PROGRAM.format(before=f"signal.signal(signal.SIGTERM, {way})")
    with started(source, out, tiny_model_folder, program=program) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, "mine\n" if "mine" in way else "")
    assert len(shards(out)) == 120


def test_a_signal_that_the_command_shall_ignore_is_ignored(
    source: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    """As ``nohup`` has it."""
    out = tmp_path / "out"
    run = ["/bin/sh", "-c", 'trap "" HUP; exec "$0" "$@"', sys.executable, "-m", "annopipe"]
    words = [*run, *map(str, words_of(source, out, tiny_model_folder))]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert len(shards(out)) == 120
