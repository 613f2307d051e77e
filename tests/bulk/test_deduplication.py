"""Equal texts are computed once, within memory, and across runs with a cache; what comes out is the same."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import annopipe
from annopipe.bulk.cache import Cache
from annopipe.bulk.engine import Engine
from annopipe.bulk.result import Part, Result
from annopipe.bulk.seen import Seen
from annopipe.errors import AnnopipeWarning, DatasetError

from .jobs import read, shards, write_parquet

TEXTS = [f"the river bank {number % 10}" for number in range(60)]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts that went through an engine."""
    seen: list[str] = []
    real = Engine.compute

    def compute(self: Engine, texts: Sequence[str], *, alone: bool) -> Iterator[Result]:
        seen.extend(texts)
        return real(self, texts, alone=alone)

    monkeypatch.setattr(Engine, "compute", compute)
    return seen


@pytest.fixture
def job(tiny_model_folder: Path, tmp_path: Path) -> Callable[..., Any]:
    def run(output: str = "out", texts: list[str] = TEXTS, **options: Any) -> Any:
        source = write_parquet(tmp_path / f"{output}.parquet", list(texts))
        settings = {"model": tiny_model_folder, "shard_rows": 7, **options}
        return annopipe.embed_dataset(source, tmp_path / output, **settings)

    return run


@pytest.mark.parametrize("options", [{"level": "sentence"}, {}, {"flat": True}, {"level": "both"}])
def test_equal_texts_are_computed_once(options: dict[str, Any], job: Any, computed: list[str], tmp_path: Path) -> None:
    report = job(**options)
    assert sorted(computed) == sorted(set(TEXTS))
    assert (report.texts, report.unique, report.cached, report.computed) == (60, 10, 0, 10)
    computed.clear()
    every = job("every", deduplicate=False, **options)
    assert computed == TEXTS
    assert (every.texts, every.unique, every.computed) == (60, 60, 60)
    assert read(tmp_path / "out").equals(read(tmp_path / "every"))


def test_a_cache_serves_later_runs(job: Any, computed: list[str], tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache.sqlite"
    job("first", texts=TEXTS[:5], cache=cache, flat=True)
    computed.clear()
    report = job("second", cache=cache, flat=True)
    assert sorted(computed) == sorted(set(TEXTS[5:10]))
    assert (report.texts, report.unique, report.cached, report.computed) == (60, 10, 5, 5)
    job("plain", flat=True)
    assert read(tmp_path / "second").equals(read(tmp_path / "plain"))


@pytest.mark.parametrize(
    "options", [{"float16": True}, {"layers": "-2"}, {"window": 8}, {"prefix": "a"}, {"sentences": True}]
)
def test_other_settings_share_nothing(options: dict[str, Any], job: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache.sqlite"
    job("first", cache=cache, flat=True)
    assert job("second", cache=cache, flat=True, **options).cached == 0
    assert job("third", cache=cache, flat=True, compression="none", shard_rows=3).cached == 10


def test_another_model_shares_nothing(job: Any, tmp_path: Path) -> None:
    job("first", cache=tmp_path / "cache.sqlite")
    assert job("second", cache=tmp_path / "cache.sqlite", model="albert_mini").cached == 0


def test_rows_that_fail_are_not_remembered(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annopipe.AlbertEmbeddings._declared["maxRowBytes"], "default", 16 * 4 * 5)
    texts = ["one", "much more than five words are too much here", "one"]
    for number in range(2):
        report = job(f"out{number}", texts=texts, cache=tmp_path / "cache.sqlite", on_error="skip")
        assert (report.failed, report.cached) == (1, number)


def _result(texts: Sequence[str]) -> Result:
    table = pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], ["a"])
    zeros = np.zeros(len(texts), np.int64)
    return Result({"": Part(table, np.arange(len(texts) + 1))}, zeros + 1, zeros)


SCHEMAS = {"": pa.schema([pa.field("a", pa.string())])}


def test_a_cache_keeps_to_its_size_and_drops_the_oldest(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.sqlite", 30_000, SCHEMAS)
    for number in range(100):
        cache.put([bytes([number])], _result([f"{number}" * 500]))
        cache.get([bytes([0])])
        cache.commit()
    kept, result = cache.get([bytes([number]) for number in range(100)])
    cache.close()
    assert result is not None
    assert len(kept) < 40
    assert {bytes([0]), bytes([99])} <= set(kept)
    assert bytes([50]) not in kept
    assert result.parts[""].table.column(0).to_pylist() == [f"{key[0]}" * 500 for key in kept]


def test_a_file_that_is_no_cache(tmp_path: Path, job: Any) -> None:
    (tmp_path / "mine.csv").write_text("not a database, but long enough to be looked at " * 50, encoding="utf-8")
    with pytest.raises(DatasetError, match="cannot be used"):
        job(cache=tmp_path / "mine.csv")
    assert not shards(tmp_path / "out")


def test_a_cache_that_breaks_does_not_stop_the_job(job: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Cache.__init__

    def broken(self: Cache, path: Path, limit: int, schemas: Any) -> None:
        real(self, path, limit, schemas)
        self._file.execute("DROP TABLE results")

    monkeypatch.setattr(Cache, "__init__", broken)
    monkeypatch.setattr("annopipe.warnings._said", set())
    with pytest.warns(AnnopipeWarning, match="the job goes on without it"):
        assert job(cache=tmp_path / "cache.sqlite").computed == 10


def test_a_cache_holds_nothing_that_is_executed(job: Any, tmp_path: Path) -> None:
    job(cache=tmp_path / "cache.sqlite")
    file = sqlite3.connect(tmp_path / "cache.sqlite")
    values = [value for (value,) in file.execute("SELECT value FROM results")]
    file.close()
    assert len(values) == 10
    assert not any(b"annopipe.bulk" in value or b"numpy" in value for value in values)


def test_what_was_seen_stays_within_its_limit_unless_it_is_in_use() -> None:
    seen = Seen(10_000, b"salt")
    keys = [[seen.key(f"{group} {place}") for place in range(5)] for group in range(50)]
    for number, some in enumerate(keys):
        refs = seen.announce(some)
        groups = {0, refs[0].group} if number else {refs[0].group}
        seen.use(groups)
        seen.fill(refs[0].group, _result(["x" * 100] * 5))
        assert seen.result(0).parts
        if number:
            seen.release(groups)
    known = [group for group in range(50) if seen.find(keys[group][0]) is not None]
    assert known[0] == 0
    assert 2 < len(known) < 12
    assert known[1:] == list(range(51 - len(known), 50))
    assert Seen(0, b"other").key("a") != Seen(0, b"salt").key("a")
