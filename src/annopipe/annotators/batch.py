"""The rows that flow through a pipeline: plain Arrow columns beside columns of annotations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import numbers, values_of
from annopipe.columns import AnnotationColumn, Ints
from annopipe.frames.carrying import ROW_COLUMN
from annopipe.frames.layouts import taken
from annopipe.surrogates import NOTE_COLUMN

Column: TypeAlias = "pa.Array | AnnotationColumn"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a frame.

    Attributes:
        rows: number of rows.
        columns: name → Arrow array of ``rows`` values, or `AnnotationColumn` of ``rows`` rows.
        places: int64 ``[rows]``, the number in its frame of the row that each came from.
        replaced: int64 ``[rows]``, characters of each row that could not be kept (lone surrogates), or None.
    """

    rows: int
    columns: dict[str, Column]
    places: Ints
    replaced: Ints | None = None

    @classmethod
    def of(cls, batch: pa.RecordBatch, first: int = 0) -> Self:
        """Take an Arrow batch as it lies; its first row has the number ``first`` unless a column has the numbers."""
        columns: dict[str, Column] = dict(zip(batch.schema.names, batch.columns, strict=True))
        note = columns.pop(NOTE_COLUMN, None)
        replaced = None if note is None else values_of(note)
        told = columns.get(ROW_COLUMN)
        places = np.arange(first, first + batch.num_rows) if told is None else values_of(told)
        return cls(batch.num_rows, columns, places, replaced)

    def array(self, name: str) -> pa.Array:
        """Return a column as Arrow, annotations turned into lists of structs."""
        column = self.columns[name]
        return column.to_arrow() if isinstance(column, AnnotationColumn) else column

    def annotations(self, name: str) -> AnnotationColumn:
        """Return a column as annotations, read from Arrow where a frame brought them."""
        column = self.columns[name]
        return column if isinstance(column, AnnotationColumn) else AnnotationColumn.from_arrow(column)

    def put(self, name: str, column: Column) -> Self:
        """Return the batch with one more column, or with another one of this name."""
        return replace(self, columns={**self.columns, name: column})

    def drop(self, names: Iterable[str]) -> Self:
        """Return the batch without some columns."""
        gone = set(names)
        return replace(self, columns={k: v for k, v in self.columns.items() if k not in gone})

    def take_rows(self, rows: Ints) -> Self:
        """Return the rows of the given numbers, in their order; a number may occur several times."""
        index = numbers(rows)
        columns: dict[str, Column] = {
            name: column.take_rows(rows) if isinstance(column, AnnotationColumn) else taken(column, index)
            for name, column in self.columns.items()
        }
        replaced = None if self.replaced is None else self.replaced[rows]
        return type(self)(len(rows), columns, self.places[rows], replaced)

    def to_arrow(self, schema: pa.Schema) -> pa.RecordBatch:
        """Return the columns that a schema names, in its order."""
        arrays = [self.array(field.name) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)
