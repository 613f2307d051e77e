"""Journals that are damaged, and those of version 0.1.0, which kept no record of files."""

import json
from pathlib import Path
from typing import Any

import pytest

from annopipe.bulk.durable import sealed, unsealed
from annopipe.bulk.engine import Engine
from annopipe.errors import AnnopipeError, DatasetError

from .jobs import contents, leftovers, read, shards

BAD_COUNTS = ["20", -1, None, float("nan"), float("inf"), 2.5, True, [20], {"rows": 20}, 10**30, "missing"]
NAMES = ["rows", "texts", "unique", "cached", "computed", "tokens", "truncated"]


def _lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "_annopipe" / "shards.jsonl").read_text("utf-8").splitlines()]


def _write(folder: Path, lines: list[dict[str, Any]]) -> None:
    """As version 0.1.0 wrote them, without checksums."""
    for line in lines:
        line.pop("check", None)
        line.pop("generation", None)
    (folder / "_annopipe" / "shards.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _as_before(folder: Path) -> None:
    """Make a dataset what version 0.1.0 leaves: no generation, no record of files, no checksums."""
    _write(folder, _lines(folder))
    for name in ("generation.json", "made.jsonl"):
        (folder / "_annopipe" / name).unlink()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", BAD_COUNTS, ids=repr)
def test_a_damaged_count_is_made_again(value: Any, name: str, job: Any, tmp_path: Path) -> None:
    whole = job()
    lines = _lines(tmp_path / "out")
    if value == "missing":
        del lines[1]["counts"][name]
    else:
        lines[1]["counts"][name] = value
    _write(tmp_path / "out", lines)
    report = job()
    assert report.rows_before == 70
    assert (report.rows, report.texts, report.tokens) == (whole.rows, whole.texts, whole.tokens)


@pytest.mark.parametrize(
    "change",
    [
        {"shard": 7},
        {"shard": -1},
        {"shard": "1"},
        {"shard": None},
        {"shard": 2},
        {"files": []},
        {"files": [{}]},
        {"files": {"name": "a"}},
        {"files": None},
        {"counts": []},
        {"counts": None},
        {"counts": {}},
        {"failures": {}},
        {"failures": [1]},
        {"failures": None},
    ],
    ids=str,
)
def test_a_damaged_entry_is_made_again(change: dict[str, Any], job: Any, tmp_path: Path) -> None:
    job()
    before = read(tmp_path / "out")
    lines = _lines(tmp_path / "out")
    lines[1].update(change)
    _write(tmp_path / "out", lines)
    report = job()
    assert report.rows_before == (90 if change == {"failures": {}} else 70)
    assert read(tmp_path / "out").equals(before)


def test_each_turned_bit_of_the_journal(job: Any, tmp_path: Path) -> None:
    """None gives an error or another dataset, or counts another report."""
    whole = job(shard_rows=45)
    before = read(tmp_path / "out")
    for name in ("shards.jsonl", "made.jsonl", "generation.json"):
        path = tmp_path / "out" / "_annopipe" / name
        size = len(path.read_bytes())
        for place in range(3, size, max(1, size // 12)):
            data = bytearray(path.read_bytes())
            data[min(place, len(data) - 1)] ^= 1 << place % 8
            path.write_bytes(data)
            report = job(shard_rows=45)
            assert (report.rows, report.tokens, report.bytes) == (whole.rows, whole.tokens, whole.bytes)
            assert read(tmp_path / "out").equals(before)
            assert leftovers(tmp_path / "out") == []


def test_a_line_and_its_checksum() -> None:
    line = sealed({"shard": 1, "text": 'a", "check": "é😀'})
    assert unsealed(line) is not None
    for place in range(len(line)):
        for bit in range(7):
            damaged = line[:place] + chr(ord(line[place]) ^ 1 << bit) + line[place + 1 :]
            found = unsealed(damaged)
            assert found is None or {**found, "check": ""} == {**json.loads(line), "check": ""} or "check" not in found
    assert unsealed('{"shard": 1}') == {"shard": 1}
    assert [unsealed(text) for text in ("", "[]", "7", "{", "[" * 100_000)] == [None] * 5


def test_no_row_at_all(job: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    for _ in range(2):
        assert job(restart=False).rows == 90
    import annopipe

    for name in ("new", "old"):
        for _ in range(2):
            assert annopipe.embed_dataset(tmp_path / "empty.txt", tmp_path / name, level="sentence").rows == 0
    lines = _lines(tmp_path / "old")
    lines[0]["counts"] = {}
    _write(tmp_path / "old", lines)
    assert annopipe.embed_dataset(tmp_path / "empty.txt", tmp_path / "old", level="sentence").shards == 1


def test_a_finished_dataset_of_before(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job()
    _as_before(tmp_path / "out")
    before = contents(tmp_path / "out")
    monkeypatch.setattr(Engine, "compute", None)
    assert job().rows_before == 90
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("flat", [False, True])
def test_an_unfinished_dataset_of_before(flat: bool, job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after a shard was put in place and before the journal said so."""
    options: dict[str, Any] = {"flat": True, "level": "both"} if flat else {}
    job("whole", **options)
    job(**options)
    out = tmp_path / "out"
    _write(out, _lines(out)[:3])
    for name in ("generation.json", "made.jsonl"):
        (out / "_annopipe" / name).unlink()
    for path in out.rglob("part-00004.parquet"):
        path.unlink()
    (out / ".part-00004.parquet.7.part").write_bytes(b"half")
    left = [path for path in shards(out) if path.name == "part-00003.parquet"]
    times = {path: path.stat().st_mtime_ns for path in shards(out)}
    computed: list[int] = []
    real = Engine.compute

    def compute(self: Engine, texts: Any, *, alone: bool) -> Any:
        computed.append(len(texts))
        return real(self, texts, alone=alone)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "compute", compute)
        assert job(**options).rows_before == 60
    assert sum(computed) <= 30
    assert {path: path.stat().st_mtime_ns for path in times} == times, "what was whole was not written again"
    assert len(left) == (2 if flat else 1)
    for part in ("words", "sentences") if flat else ("",):
        assert read(out / part).equals(read(tmp_path / "whole" / part))
    assert (out / ".part-00004.parquet.7.part").read_bytes() == b"half"
    assert job(**options).rows_before == 90
    assert job(**options, restart=True).rows_before == 0


def test_a_file_of_others_in_an_unfinished_dataset_of_before(
    job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job()
    out = tmp_path / "out"
    _as_before(out)
    _write(out, _lines(out)[:3])
    (out / "part-00003.parquet").write_bytes(b"mine")
    for restart in (False, False, True):
        with pytest.raises(DatasetError, match=r"part-00003\.parquet is in the way"):
            job(restart=restart)
        assert (out / "part-00003.parquet").read_bytes() == b"mine"
    (out / "part-00003.parquet").unlink()
    assert job().rows_before == 60


def test_a_report_of_before_is_replaced_and_one_of_others_is_not(job: Any, tmp_path: Path) -> None:
    job()
    out = tmp_path / "out"
    _as_before(out)
    (out / "part-00003.parquet").unlink()
    (out / "_failures.jsonl").write_text('{"reason": "of an earlier run"}\n')
    assert job().rows_before == 70
    assert not (out / "_failures.jsonl").exists()
    _as_before(out)
    (out / "part-00003.parquet").unlink()
    (out / "_failures.jsonl").write_text("mine\n")
    with pytest.raises(AnnopipeError, match=r"_failures\.jsonl is in the way"):
        job()
