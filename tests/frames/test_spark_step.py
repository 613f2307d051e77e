"""What a Spark engine calls: large results are handed over in small batches, whole rows each, in order."""

import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from annopipe.annotation import COLUMN_TYPE
from annopipe.arrow_buffers import numbers
from annopipe.columns import AnnotationColumn
from annopipe.frames.carrying import ROW_FIELD
from annopipe.spark.step import MOST_BYTES, PAUSE, SparkStep
from hollow import GARBAGE, NOWHERE, hollow

INPUT = pa.schema([pa.field("n", pa.int64()), ROW_FIELD])


def _made(sizes: list[int], batch_rows: int) -> tuple[list[pa.RecordBatch], list[int]]:
    """Run a stage that makes, of each row ``n``, a list of ``sizes[n]`` numbers ``n``; also the rows of each run."""
    runs: list[int] = []

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = batch.column("n").to_pylist()
            runs.append(len(rows))
            lists = pa.array([numbers(np.full(sizes[n], n)) for n in rows], pa.list_(pa.int64()))
            schema = pa.schema([pa.field("made", lists.type), ROW_FIELD])
            yield pa.RecordBatch.from_arrays([lists, batch.column(ROW_FIELD.name)], schema=schema)

    step = SparkStep(run, INPUT, ["n", "made"], [0, None])
    places = list(range(len(sizes)))
    source = [pa.record_batch({"n": places[i : i + batch_rows]}) for i in range(0, len(places), batch_rows)]
    return list(step.run(iter(source))), runs


@pytest.mark.parametrize("size", [0, 1, 10_000, 200_000])
def test_batches_are_small_and_rows_stay_in_order(size: int) -> None:
    rows = 400 if size < 100_000 else 40
    batches, runs = _made([size] * rows, rows)
    assert [n for batch in batches for n in batch.column("n").to_pylist()] == list(range(rows))
    assert all(set(one) <= {n} and len(one) == size for batch in batches for n, one in _pairs(batch))
    assert all(batch.nbytes <= MOST_BYTES for batch in batches)
    assert len(batches) <= len(runs) + 4 * rows * size * 8 / MOST_BYTES


def test_a_row_that_is_larger_goes_alone() -> None:
    batches, _ = _made([1, MOST_BYTES // 2, 1, 1], 4)
    assert [batch.num_rows for batch in batches] == [1, 1, 2]
    assert [len(one) for batch in batches for _, one in _pairs(batch)] == [1, MOST_BYTES // 2, 1, 1]


@pytest.mark.parametrize("batch_rows", [1, 300])
def test_pauses_are_few(batch_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three in all, before the 128th row, however small the engine's batches are."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    _made([1] * 300, batch_rows)
    assert pauses == [PAUSE] * 3
    pauses.clear()
    _made([1] * 24, batch_rows)
    assert pauses == []


def test_no_rows_make_no_batch() -> None:
    assert _made([], 4)[0] == []


def _pairs(batch: pa.RecordBatch) -> list[tuple[int, list[int]]]:
    return list(zip(batch.column("n").to_pylist(), batch.column("made").to_pylist(), strict=True))


@pytest.mark.parametrize("offsets", [NOWHERE, GARBAGE], ids=["nowhere", "garbage"])
def test_what_comes_without_offsets_is_read_and_carried(offsets: pa.Buffer) -> None:
    """As Apache Spark 3.5 sends rows of which none has an annotation, or a value in nested columns."""
    carried = {
        "arrays": pa.list_(pa.list_(pa.string())),
        "maps": pa.list_(pa.map_(pa.string(), pa.list_(pa.binary()))),
        "structs": pa.struct([pa.field("m", pa.map_(pa.string(), pa.list_(pa.string())))]),
        "tokens": COLUMN_TYPE,
    }
    values = {"arrays": [[], None], "maps": [[], []], "structs": [{"m": []}, None], "tokens": [[], None]}
    batch = pa.record_batch({name: hollow(pa.array(values[name], type_), offsets) for name, type_ in carried.items()})
    schema = pa.schema([*(pa.field(name, type_) for name, type_ in carried.items()), ROW_FIELD])

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for one in batches:
            made = AnnotationColumn.from_arrow(one.column("tokens")).to_arrow()
            fields = [pa.field("made", COLUMN_TYPE), ROW_FIELD]
            yield pa.RecordBatch.from_arrays([made, one.column(ROW_FIELD.name)], schema=pa.schema(fields))

    (result,) = SparkStep(run, schema, [*carried, "made"], [0, 1, 2, 3, None]).run(iter([batch]))
    assert result.nbytes > 0
    assert result.to_pydict() == {**values, "made": [[], []]}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, result.schema) as writer:
        writer.write_batch(result)
