"""One rule for the output's folder: only what the job's own records say that it made is ever deleted."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from annopipe.bulk.engine import Engine
from annopipe.errors import AnnopipeError, DatasetError, OutputError

from .jobs import contents, leftovers, read

FOREIGN = (
    "part-00000-1234-c000.snappy.parquet",
    "part-00099.parquet",
    "part-0.parquet",
    "more.parquet",
    "mine.txt",
    ".hidden",
    ".part-00001.parquet.99.part",
    ".part-00007.parquet.99.part",
    "._report.json.9.part",
    "_SUCCESS",
    "words/part-00000.parquet",
    "words/mine.txt",
    "words/.part-00000.parquet.7.part",
    "sentences/part-00001-abc.parquet",
    "deep/below/part-00000.parquet",
    "_annopipe/.manifest.json.9.part",
    "_annopipe/part-00001.parquet",
    "_annopipe/run-9-0123abcd/part-00001.parquet.part",
    "_annopipe/run-1-0123abcd/mine.txt",
    "_annopipe/lock.0123abcd",
)


def _put(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"mine %d" % number)
    return {name: b"mine %d" % number for number, name in enumerate(names)}


@pytest.mark.parametrize("before", ["finished", "broken", "restart"])
def test_files_of_others_are_left(before: str, job: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job("whole")
    job()
    out = tmp_path / "out"
    files = _put(out, FOREIGN)
    if before == "broken":
        (out / "part-00002.parquet").write_bytes(b"cut")
    report = job(restart=before == "restart")
    assert report.rows == 90
    assert {name: (out / name).read_bytes() for name in FOREIGN} == files
    assert [(out / f"part-{number:05d}.parquet").read_bytes() for number in range(5)] == [
        (tmp_path / "whole" / f"part-{number:05d}.parquet").read_bytes() for number in range(5)
    ]
    said = capsys.readouterr().err
    assert "also holds more.parquet, part-0.parquet, part-00000-1234-c000.snappy.parquet and 3 more" in said


def test_a_spark_append_and_a_note_among_words(job: Any, tmp_path: Path) -> None:
    job(flat=True, level="both")
    out = tmp_path / "out"
    shutil.copy(out / "words" / "part-00000.parquet", out / "words" / "part-00000-1234-c000.snappy.parquet")
    (out / "words" / "mine.txt").write_text("mine")
    before = contents(out)
    job(flat=True, level="both")
    assert contents(out) == before
    job(restart=True)
    assert sorted(path.name for path in (out / "words").iterdir()) == [
        "mine.txt",
        "part-00000-1234-c000.snappy.parquet",
    ]
    assert not (out / "sentences").exists()


@pytest.mark.parametrize("name", ["part-00003.parquet", "_report.json", "_failures.jsonl"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_file_in_the_place_of_ours_is_named(
    name: str, kind: str, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was put there before that shard, or that report, was made."""
    with monkeypatch.context() as patch:
        _break_off_after(2, patch)
        with pytest.raises(ZeroDivisionError):
            job()
    path = tmp_path / "out" / name
    {"file": lambda: path.write_bytes(b"mine"), "folder": path.mkdir, "link": lambda: path.symlink_to("nowhere")}[
        kind
    ]()
    before = contents(tmp_path / "out")
    for restart in (False, True):
        with pytest.raises(DatasetError, match=rf"{name} is in the way: .*stays as it is"):
            job(restart=restart)
    assert contents(tmp_path / "out") == before
    path.rmdir() if kind == "folder" else path.unlink()
    assert job().rows_before >= 40


def _break_off_after(count: int, patch: pytest.MonkeyPatch) -> None:
    from annopipe.bulk.tenure import Tenure

    real = Tenure.place
    done: list[int] = []

    def place(self: Tenure, files: Any) -> None:
        done.append(1)
        if len(done) > count:
            raise ZeroDivisionError
        real(self, files)

    patch.setattr(Tenure, "place", place)


def test_a_file_that_comes_during_the_run_is_not_replaced(
    job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annopipe.bulk import tenure

    real = tenure.Tenure._note

    def note(self: Any, line: str, *, settled: bool = True) -> None:
        real(self, line, settled=settled)
        if '"made": "part-00002.parquet"' in line:
            (tmp_path / "out" / "part-00002.parquet").write_bytes(b"mine")

    with monkeypatch.context() as patch:
        patch.setattr(tenure.Tenure, "_note", note)
        with pytest.raises(DatasetError, match=r"part-00002\.parquet is in the way"):
            job()
    assert (tmp_path / "out" / "part-00002.parquet").read_bytes() == b"mine"
    assert leftovers(tmp_path / "out") == []
    with pytest.raises(DatasetError, match=r"part-00002\.parquet is in the way"):
        job()
    (tmp_path / "out" / "part-00002.parquet").unlink()
    assert job().rows_before == 40


def test_a_disk_without_links(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    job()
    assert leftovers(tmp_path / "out") == []
    job("whole")
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))


def test_names_in_a_damaged_journal_are_not_believed(job: Any, tmp_path: Path) -> None:
    job()
    inner = tmp_path / "out" / "_annopipe"
    (tmp_path / "mine.parquet").write_bytes(b"mine")
    for name in ("../mine.parquet", str(tmp_path / "mine.parquet"), "in.parquet", "words/../../mine.parquet"):
        line = {
            "shard": 7,
            "files": [{"name": name, "bytes": 4, "rows": 1, "sha256": "0"}],
            "counts": {},
            "failures": [],
        }
        for file, entry in (("shards.jsonl", line), ("made.jsonl", {"made": name, "bytes": 4})):
            with (inner / file).open("a") as journal:
                journal.write(json.dumps(entry) + "\n")
    with (inner / "made.jsonl").open("a") as journal:
        journal.write(json.dumps({"run": "../..", "begun": ["mine.parquet", "../../../mine.parquet"]}) + "\n")
        journal.write(json.dumps({"run": [1], "begun": "x", "found": {"a": 1}, "made": 3}) + "\n[]\n7\n")
    job(restart=True)
    assert (tmp_path / "mine.parquet").read_bytes() == b"mine"


@pytest.mark.parametrize("where", ["nowhere/r.json", "in.parquet/r.json", "folder"])
def test_a_report_that_cannot_be_written_is_found_first(
    where: str, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(Engine, "compute", None)
    with pytest.raises(OutputError, match=rf"{where} cannot be written"):
        job(report=tmp_path / where)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "in.parquet"]


def test_a_report_besides(job: Any, tmp_path: Path) -> None:
    report = job(report=tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == json.loads(json.dumps(report.described()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.parquet", "out", "r.json"]


@pytest.mark.parametrize("place", ["in.parquet/out", "out/_annopipe", "out/_annopipe/lock"])
def test_an_output_that_cannot_be_written_is_found_first(
    place: str, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "compute", None)
    if place.startswith("out"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / "out" / "_annopipe").write_bytes(b"mine") if place.endswith("_annopipe") else (
            tmp_path / place
        ).mkdir()
    with pytest.raises(AnnopipeError):
        job("in.parquet/out" if place.startswith("in") else "out")


@pytest.mark.parametrize("count", [1, 4])
def test_a_finished_dataset_is_not_touched(
    count: int, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job()
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    monkeypatch.setattr(Engine, "compute", None)
    report = job(processes=count, memory="4GB")
    assert (report.rows, report.rows_before) == (90, 90)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times


def read_only(folder: Path, work: Callable[[], Any]) -> Any:
    """Do something while a folder is on a disk that cannot be written."""
    import subprocess

    if os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
        for path in modes:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            return work()
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
    bind = subprocess.run(["/bin/mount", "--bind", "-o", "ro", folder, folder], capture_output=True, check=False)
    if bind.returncode:
        pytest.skip("no disk can be made read-only here")
    try:
        return work()
    finally:
        subprocess.run(["/bin/umount", folder], check=True)


@pytest.mark.parametrize("lock", [False, True])
def test_a_finished_dataset_on_a_disk_that_cannot_be_written(lock: bool, job: Any, tmp_path: Path) -> None:
    job()
    if lock:
        (tmp_path / "out" / "_annopipe" / "lock").write_text("")
    assert read_only(tmp_path / "out", job).rows_before == 90


def test_an_unfinished_dataset_on_such_a_disk(job: Any, tmp_path: Path) -> None:
    job()
    (tmp_path / "out" / "part-00003.parquet").unlink()
    with pytest.raises(OutputError, match=r"out/_annopipe/lock cannot be written"):
        read_only(tmp_path / "out", job)
    assert job().rows_before == 70


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
@pytest.mark.parametrize("number", range(5))
def test_a_damaged_shard_is_found_wherever_it_is(number: int, damage: str, job: Any, tmp_path: Path) -> None:
    job()
    path = tmp_path / "out" / f"part-{number:05d}.parquet"
    before = path.read_bytes()
    data = bytearray(before)
    data[len(data) // 3] ^= 1
    path.unlink() if damage == "gone" else path.write_bytes(bytes(data) if damage == "flip" else before[:-9])
    assert job().rows_before == 90 - (10 if number == 4 else 20)
    assert path.read_bytes() == before
    assert pq.read_table(path).num_rows == (10 if number == 4 else 20)
