"""100 000 rows of very different lengths on Apache Spark: each equal to the native one, also where workers are killed.

With ``-s`` it prints its figures.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, Tokenizer
from spark.conftest import ENGINE

ROWS, FILES, SLICE = 100_000, 8, 2_500
KILLS, APART = 3, 8.0
WORDS = (
    "house",
    "garden",
    "Letters",
    "naïve",
    "window,",
    "winter.",
    "42",
    "don't",
    "北京",
    "😀",
    "photosynthesis",
    "a",
)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(ENGINE != "spark", reason="Apache Spark in a JVM: ANNOPIPE_TEST_ENGINE=spark"),
]


def _texts() -> list[str | None]:
    """Short texts, with some that are long, very long, blank, empty or null among them."""
    pick = random.Random(7)  # noqa: S311
    kinds = (("short", 1880), ("long", 20), ("very long", 1), ("null", 40), ("empty", 40), ("blank", 19))
    lengths = {"short": (1, 4), "long": (20, 60), "very long": (300, 600)}
    texts: list[str | None] = []
    for kind in pick.choices([kind for kind, _ in kinds], [weight for _, weight in kinds], k=ROWS):
        if kind in lengths:
            texts.append(" ".join(pick.choices(WORDS, k=pick.randint(*lengths[kind]))))
        else:
            texts.append({"null": None, "empty": "", "blank": " \t "}[kind])
    return texts


@pytest.fixture(scope="module")
def bundled() -> PipelineModel:
    albert = AlbertEmbeddings.pretrained("albert_mini").setInputCols("document", "token").setOutputCol("e")
    documents = DocumentAssembler(inputCol="text", outputCol="document")
    return Pipeline(stages=[documents, Tokenizer(inputCols=["document"], outputCol="token"), albert]).fit()


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.table({"n": pa.array(range(ROWS), pa.int64()), "text": pa.array(_texts(), pa.string())})


@pytest.fixture(scope="module")
def given(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows in files."""
    folder = tmp_path_factory.mktemp("given")
    for part in range(FILES):
        pq.write_table(table.slice(part * ROWS // FILES, ROWS // FILES), folder / f"{part}.parquet")
    return folder


@pytest.fixture(scope="module")
def native(bundled: PipelineModel, table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """The native result, in row order, on disk and mapped."""
    path, begun = tmp_path_factory.mktemp("native") / "native.arrow", time.monotonic()
    made = (bundled.transform(table.slice(start, SLICE)).select(["token", "e"]) for start in range(0, ROWS, SLICE))
    first = next(made)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, first.schema) as writer:
        writer.write_table(first)
        for part in made:
            writer.write_table(part)
    result = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    _say("native", result.column("e"), begun)
    return result


def _say(what: str, column: pa.ChunkedArray, begun: float) -> None:
    words = pc.sum(pc.list_value_length(column)).as_py()
    spent = time.monotonic() - begun
    print(f"\n{what}: {len(column)} rows, {words} words, {spent:.0f} s, {words / spent:.0f} words/s")


def _check_equal(found: pa.Array, expected: pa.Array) -> None:
    """Check a column of annotations: everything equal, vectors within 1e-6."""
    assert pc.list_value_length(found).equals(pc.list_value_length(expected))
    mine, theirs = found.flatten(), expected.flatten()
    for name in ("annotatorType", "begin", "end", "result"):
        assert mine.field(name).to_pylist() == theirs.field(name).to_pylist()
    assert [dict(entry) for entry in mine.field("metadata").to_pylist()] == [
        dict(entry) for entry in theirs.field("metadata").to_pylist()
    ]
    vectors = [column.field("embeddings") for column in (mine, theirs)]
    assert pc.list_value_length(vectors[0]).cast(pa.int64()).equals(pc.list_value_length(vectors[1]).cast(pa.int64()))
    one, other = (np.asarray(vector.flatten(), np.float32) for vector in vectors)
    assert np.abs(one - other).max(initial=0) <= 1e-6


def _check_file(folder: Path, native: pa.Table) -> None:
    seen = np.zeros(ROWS, np.int64)
    for batch in ds.dataset(folder, format="parquet").to_batches(batch_size=SLICE, columns=["n", "token", "e"]):
        np.add.at(seen, batch.column("n").to_numpy(), 1)
        expected = native.take(batch.column("n"))
        for name in ("token", "e"):
            _check_equal(batch.column(name), expected.column(name).combine_chunks())
    assert (seen == 1).all()


def _workers(jvm: int) -> list[int]:
    """Processes of Python workers: children of the daemon that a JVM started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return [pid for pid, parent in parents.items() if parents.get(parent) == jvm]


@contextmanager
def _killer(jvm: int) -> Iterator[list[int]]:
    """Kill a Python worker now and then; yields the list of those that were killed."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while len(killed) < KILLS and not over.wait(APART):
            if workers := _workers(jvm):
                killed.append(workers[len(killed) % len(workers)])
                os.kill(killed[-1], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def test_each_row_is_the_native_one(
    spark: Any, bundled: PipelineModel, given: Path, native: pa.Table, tmp_path: Path
) -> None:
    begun = time.monotonic()
    bundled.transform(spark.read.parquet(str(given))).write.parquet(str(tmp_path / "out"))
    _say("Apache Spark", native.column("e"), begun)
    _check_file(tmp_path / "out", native)


def test_killed_workers_change_nothing(
    spark: Any, bundled: PipelineModel, given: Path, native: pa.Table, tmp_path: Path
) -> None:
    begun = time.monotonic()
    with _killer(spark.sparkContext._gateway.proc.pid) as killed:
        bundled.transform(spark.read.parquet(str(given))).write.parquet(str(tmp_path / "out"))
    _say(f"Apache Spark, {len(killed)} workers killed", native.column("e"), begun)
    assert len(killed) == KILLS
    _check_file(tmp_path / "out", native)
