"""What a Spark engine calls with its batches: the stages, where the rows are."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.arrow_buffers import numbers
from annopipe.arrow_offsets import with_offsets
from annopipe.errors import AnnopipeError
from annopipe.frames.adapter import Batches, Run
from annopipe.frames.carrying import MOST_ROWS, ROW_COLUMN, has_vectors
from annopipe.frames.parts import normalised
from annopipe.spark.vectors import to_vectors
from annopipe.spark.worker_errors import one_line

FIRST_ROWS: Final = 8
"""Rows of the first slice: ``show()`` takes 21 from each of several partitions, and engines ask for one slice more."""

PAUSES: Final = (24, 56, 120)
"""Rows after which a pause is made: an engine that has enough, as for ``limit(20)``, says so meanwhile."""

PAUSE: Final = 0.003
"""Seconds: on a busy machine cheap stages ran ahead of a ``limit(20)`` by thousands of rows, without it two times of
three, with it once in 75."""

MOST_BYTES: Final = 4 << 20
"""Bytes of a batch that is handed over: larger ones, tens of MB with vectors, take new memory from the system at each
step of their way, which costs three times as much as the way itself."""


class SparkStep:
    """Stages over the batches of an engine. It pickles as the stages alone, a few kB.

    Args:
        run: from batches to batches, lazily.
        schema: what ``run`` reads: the engine's columns in their order, then row numbers.
        names: names of the columns of the result.
        places: for each of them the place of the engine's column that it is, None for one that ``run`` makes.
    """

    def __init__(self, run: Run, schema: pa.Schema, names: Sequence[str], places: Sequence[int | None]) -> None:
        self._run = run
        self._schema = schema
        self._names = list(names)
        self._places = list(places)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the stages alone, without what a run needs."""
        return SparkStep, (self._run, self._schema, self._names, self._places)

    def run(self, batches: Batches) -> Batches:
        """Yield the result slice by slice, small ones first, so that ``show`` and ``limit`` stop the work.

        Raises:
            AnnopipeError: in one line, without the frames of this package; the engine adds its own.
        """
        rows = _Rows(batches, self._schema)
        try:
            for made in self._run(rows.sent()):
                for part, batch, first in rows.of(made):
                    yield from _cut(self._joined(part, batch, first))
        except AnnopipeError as error:
            raise one_line(error) from None

    def _joined(self, made: pa.RecordBatch, batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
        """Return new columns beside the engine's own, row by row."""
        rows = np.asarray(made.column(ROW_COLUMN), np.int64) - first
        together = bool((np.diff(rows) == 1).all())
        kept = batch.slice(int(rows[0]), len(rows)) if together else batch.take(pa.array(rows))
        arrays, fields = [], []
        for name, place in zip(self._names, self._places, strict=True):
            field = made.schema.field(name) if place is None else batch.schema.field(place)
            array = made.column(name) if place is None else kept.column(place)
            if place is None and has_vectors(field):
                array = to_vectors(array)
                field = pa.field(name, array.type)
            arrays.append(array)
            fields.append(field.with_name(name))
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def _cut(batch: pa.RecordBatch) -> Batches:
    """Yield a batch in halves, until each has one row or no more than `MOST_BYTES`."""
    if batch.num_rows <= 1 or batch.nbytes <= MOST_BYTES:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _cut(batch.slice(0, half))
    yield from _cut(batch.slice(half))


class _Rows:
    """The engine's batches on their way, and back again by row number."""

    def __init__(self, batches: Batches, schema: pa.Schema) -> None:
        self._batches = batches
        self._schema = schema
        self._waiting: deque[tuple[int, pa.RecordBatch]] = deque()

    def sent(self) -> Batches:
        """Yield the rows as stages read them, in slices that grow: engines hand over thousands of rows at once."""
        first, most, pauses = 0, FIRST_ROWS, list(PAUSES)
        for batch in map(with_offsets, self._batches):
            start = 0
            while start < batch.num_rows:
                if pauses and first >= pauses[0]:
                    pauses = [rows for rows in pauses if rows > first]
                    time.sleep(PAUSE)
                piece = batch.slice(start, most)
                self._waiting.append((first, piece))
                yield self._cast(piece, first)
                first, start, most = first + piece.num_rows, start + piece.num_rows, min(most * 2, MOST_ROWS)

    def of(self, made: pa.RecordBatch) -> "list[tuple[pa.RecordBatch, pa.RecordBatch, int]]":
        """Return parts of a result with the engine's batch of each and that batch's first row number."""
        places = np.asarray(made.column(ROW_COLUMN), np.int64)
        parts, start = [], 0
        while start < len(places):
            first, batch = self._waiting[0]
            end = int(np.searchsorted(places, first + batch.num_rows))
            if end > start:
                parts.append((made.slice(start, end - start), batch, first))
                start = end
            else:
                self._waiting.popleft()
        return parts

    def _cast(self, batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
        places = numbers(np.arange(first, first + batch.num_rows))
        fields = [field for field in self._schema if field.name != ROW_COLUMN]
        arrays = [_as(array, field.type) for array, field in zip(batch.columns, fields, strict=True)]
        return pa.RecordBatch.from_arrays([*arrays, places], schema=self._schema)


def _as(array: pa.Array, type_: pa.DataType) -> pa.Array:
    """Return a column in the type that stages read; those that they need not read are empty."""
    if array.type == type_:
        return array
    if pa.types.is_list(type_) and pa.types.is_null(type_.value_type):
        return pa.nulls(len(array), type_)
    return normalised(array) if type_ == COLUMN_TYPE else array.cast(type_)
