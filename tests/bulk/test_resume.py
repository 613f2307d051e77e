"""Going on: what is done stays, what is damaged is made again, and what does not fit is refused."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from annopipe.bulk import durable, ledger
from annopipe.bulk.engine import Engine
from annopipe.bulk.ledger import Done
from annopipe.bulk.shard import ShardFile
from annopipe.errors import DatasetError, JobChanged

from .conftest import TEXTS
from .jobs import leftovers, read, rows, shards, write_parquet


class _Stop(Exception):
    pass


def _break_off(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Let the journal take a few shards and then no more."""
    real = ledger.Ledger.add
    count = 0

    def add(self: ledger.Ledger, done: Done) -> None:
        nonlocal count
        count += 1
        if count > after:
            raise _Stop
        real(self, done)

    monkeypatch.setattr(ledger.Ledger, "add", add)


def test_a_run_goes_on_where_it_ended(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _break_off(patch, 2)
        with pytest.raises(_Stop):
            job()
    assert len(shards(tmp_path / "out")) == 3
    before = {path: path.stat().st_mtime_ns for path in shards(tmp_path / "out")[:2]}
    report = job()
    assert (report.rows, report.rows_before, report.shards) == (90, 40, 5)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    whole = job("whole")
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))
    assert (report.texts, report.tokens, report.bytes) == (whole.texts, whole.tokens, whole.bytes)


def test_a_dataset_that_is_complete_is_left_alone(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job()
    before = {path: path.read_bytes() for path in shards(tmp_path / "out")}
    monkeypatch.setattr(Engine, "compute", None)
    report = job()
    assert (report.rows, report.rows_before, report.computed) == (90, 90, len(set(TEXTS)))
    assert {path: path.read_bytes() for path in shards(tmp_path / "out")} == before


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _turn_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("number", [4, 1])
@pytest.mark.parametrize(
    "damage", [_cut, Path.unlink, lambda path: path.write_bytes(b"")], ids=["cut", "gone", "empty"]
)
def test_a_damaged_shard_is_made_again(number: int, damage: Callable[[Path], None], job: Any, tmp_path: Path) -> None:
    job()
    before = read(tmp_path / "out")
    damage(shards(tmp_path / "out")[number])
    report = job()
    assert report.rows_before == 90 - (10 if number == 4 else 20)
    assert read(tmp_path / "out").equals(before)
    assert job().rows_before == 90


def test_a_bit_that_turned_in_the_last_shard_is_found(job: Any, tmp_path: Path) -> None:
    job()
    before = shards(tmp_path / "out")[-1].read_bytes()
    _turn_a_bit(shards(tmp_path / "out")[-1])
    assert job().rows_before == 80
    assert pq.read_table(shards(tmp_path / "out")[-1]).num_rows == 10
    assert shards(tmp_path / "out")[-1].read_bytes() == before


@pytest.mark.parametrize("torn", ['{"shard": 4, "fi', "{}\n", "\n\n", "\x00\x00\x00"])
def test_a_torn_line_of_the_journal_is_dropped(torn: str, job: Any, tmp_path: Path) -> None:
    job()
    journal = tmp_path / "out" / "_annopipe" / "shards.jsonl"
    lines = journal.read_text("utf-8").splitlines(keepends=True)
    journal.write_text("".join(lines[:4]) + torn, encoding="utf-8")
    assert job().rows_before == 80
    assert read(tmp_path / "out").num_rows == 90
    assert [json.loads(line)["shard"] for line in journal.read_text("utf-8").splitlines()] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"float16": True}, "float16 False, now True"),
        ({"level": "word"}, "level 'sentence', now 'word'"),
        ({"shard_rows": 10}, "shard_rows 20, now 10"),
        ({"pooling": "max"}, "pooling None, now 'max'"),
        ({"model": "albert_mini"}, "model.content '"),
    ],
)
def test_another_job_is_refused(options: dict[str, Any], reason: str, job: Any, tmp_path: Path) -> None:
    job()
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    with pytest.raises(JobChanged, match=reason) as refused:
        job(**options)
    assert "restart" in str(refused.value)
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before
    assert job(**options, restart=True).rows_before == 0


def test_changed_inputs_are_refused(job: Any, tmp_path: Path) -> None:
    job()
    os.utime(tmp_path / "in.parquet", (1, 1))
    job()
    write_parquet(tmp_path / "in.parquet", [*TEXTS[:-1], "another text"])
    with pytest.raises(JobChanged, match=r"the input .*in\.parquet is not .*in\.parquet as it was"):
        job()
    assert job(restart=True).rows == 90
    assert rows(tmp_path / "out")[-1]["text"] == "another text"


def test_how_it_is_run_may_change(job: Any, tmp_path: Path) -> None:
    job()
    _cut(shards(tmp_path / "out")[2])
    assert job(threads=1, memory="2GB", deduplicate=False).rows_before == 70


def test_the_last_shard_is_spoilt_and_made_again_by_two_processes(job: Any, tmp_path: Path) -> None:
    job("whole")
    job(processes=2)
    _cut(shards(tmp_path / "out")[-1])
    assert job(processes=2).rows_before == 80
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))


def test_a_restart_leaves_other_files(job: Any, tmp_path: Path) -> None:
    job(flat=True, level="both")
    (tmp_path / "out" / "words" / "mine.txt").write_bytes(b"mine")
    job(restart=True)
    assert (tmp_path / "out" / "words" / "mine.txt").exists()
    assert not (tmp_path / "out" / "sentences").exists()
    assert len(shards(tmp_path / "out")) == 5


def test_a_damaged_manifest_is_said(job: Any, tmp_path: Path) -> None:
    job()
    (tmp_path / "out" / "_annopipe" / "manifest.json").write_text("[1", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"is damaged .*restart"):
        job()
    assert job(restart=True).rows == 90


def test_a_file_as_output_is_refused(job: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(DatasetError, match="is a file"):
        job()


def test_two_runs_at_once(
    job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANNOPIPE_LEASE_SECONDS", "2")
    with (
        ledger.Ledger(tmp_path / "out").held(),
        pytest.raises(DatasetError, match=rf"is being written by another run, process {os.getpid()} on .*/lock\)"),
    ):
        job()
    (said,) = capsys.readouterr().err.splitlines()
    assert "waiting up to 2 s for a sign of life" in said
    assert job().rows == 90


class _FullDisk:
    """The disk has no room after some bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return int(self._file.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_FullDisk":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


@pytest.mark.parametrize(
    ("name", "room", "processes"),
    [
        ("part-00002.parquet", 0, 1),
        ("part-00002.parquet", 100, 1),
        ("part-00002.parquet", 1200, 1),
        ("part-00002.parquet", 100, 2),
        ("shards.jsonl", 0, 1),
        ("shards.jsonl", 100, 1),
        ("shards.jsonl", 100, 2),
        ("_report.json", 0, 1),
    ],
)
def test_a_full_disk(
    name: str, room: int, processes: int, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def open_(self: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        file = real(self, mode, *more, **options)
        full = name in self.name and ("w" in mode or "a" in mode)
        return _FullDisk(file, room) if full else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_)
        patch.setattr(durable, "settle", lambda file: file.flush())
        with pytest.raises(OSError, match="No space left"):
            job(processes=processes)
    assert leftovers(tmp_path / "out") == []
    assert job(processes=processes).rows_before >= (40 if name.startswith("part") else 0)
    job("whole")
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file size there")
def test_a_file_that_may_not_grow(job: Any, tiny_model_folder: Path, tmp_path: Path) -> None:
    program = (
        "import resource, sys, annopipe\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"
        "annopipe.embed_dataset(sys.argv[1], sys.argv[2], model=sys.argv[3], level='sentence', shard_rows=20)\n"
    )
    words = [str(tmp_path / "in.parquet"), str(tmp_path / "out"), str(tiny_model_folder)]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "OSError" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert leftovers(tmp_path / "out") == []
    job()
    job("whole")
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))


def test_a_shard_file_is_whole_or_not(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", ["a", "b"])
    file = ShardFile("a.parquet", path.stat().st_size, 2, durable.digest(path))
    assert file.is_whole(tmp_path, to_the_byte=True)
    assert not ShardFile("a.parquet", file.bytes, 3, file.sha256).is_whole(tmp_path, to_the_byte=False)
    assert not ShardFile("a.parquet", file.bytes, 2, "0").is_whole(tmp_path, to_the_byte=True)


def test_each_turned_byte_of_a_shard_file_is_found(tmp_path: Path) -> None:
    """Also in the footer, whose reader raises more than its own errors."""
    path = write_parquet(tmp_path / "a.parquet", ["a", "b"])
    file = ShardFile("a.parquet", path.stat().st_size, 2, durable.digest(path))
    before = path.read_bytes()
    for place in range(len(before)):
        path.write_bytes(before[:place] + bytes([before[place] ^ 0x88]) + before[place + 1 :])
        assert not file.is_whole(tmp_path, to_the_byte=True)
        file.is_whole(tmp_path, to_the_byte=False)
