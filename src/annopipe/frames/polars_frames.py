"""Polars DataFrames and LazyFrames: the same class back, lazy stays lazy."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, STRUCT_TYPE, is_annotation_type
from annopipe.arrow_buffers import numbers
from annopipe.frames.adapter import Batches, Run
from annopipe.frames.carrying import (
    ROW_COLUMN,
    ROW_FIELD,
    Ints,
    check_names,
    is_every_row,
    is_kept,
    kept_field,
    noted_batch,
    row_ranges,
)
from annopipe.frames.parts import first_kind, normalised
from annopipe.frames.unheld import unheld

_OLDEST: Final = pl.CompatLevel.oldest()
_PAIRS: Final = pa.list_(pa.struct([pa.field("key", pa.string()), pa.field("value", pa.string())]))
_PAIRED: Final = pa.list_(
    pa.struct([field.with_type(_PAIRS) if field.name == "metadata" else field for field in STRUCT_TYPE])
)


class DataFrameAdapter:
    """A Polars DataFrame as batches.

    Only row numbers make the way through Arrow and back: columns that were there stay as they are, Python objects
    included. New annotation columns are ``List(Struct)``; ``metadata`` is a ``Map`` where this Polars has it, else a
    list of key-value structs. Both are read.
    """

    def __init__(self, frame: pl.DataFrame, text_column: str) -> None:
        check_names(frame.columns, "DataFrame")
        self._frame = frame
        self._text_column = text_column
        self._columns = [polars_column(series) for series in frame.iter_columns()]

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`."""
        return pa.schema([*(kept_field(column.field) for column in self._columns), ROW_FIELD])

    def apply(self, run: Run, schema: pa.Schema) -> pl.DataFrame:
        """See `Adapter.apply`."""
        table = pa.Table.from_batches(run(self._batches()), schema)
        rows = np.asarray(table.column(ROW_COLUMN), np.int64)
        made = [field.name for field in schema if not is_kept(field) and field.name != ROW_COLUMN]
        kept = self._frame.select([field.name for field in schema if is_kept(field)])
        if not is_every_row(rows, self._frame.height):
            kept = kept[rows]
        new = from_arrow(table.select(made))
        return kept.with_columns(new.get_columns()).select([name for name in schema.names if name != ROW_COLUMN])

    def _batches(self) -> Batches:
        schema = self.schema
        for first, end in row_ranges(self._text_sizes()):
            part = self._frame.slice(first, end - first)
            arrays = [column.to_arrow(part.get_column(column.field.name)) for column in self._columns]
            yield noted_batch([*arrays, numbers(np.arange(first, end))], schema, None)

    def _text_sizes(self) -> Ints:
        if self._frame.schema.get(self._text_column) != pl.String:
            return np.zeros(self._frame.height, np.int64)
        return self._frame.get_column(self._text_column).str.len_chars().fill_null(0).to_numpy().astype(np.int64)


class LazyFrameAdapter:
    """A Polars LazyFrame: its schema is known, its rows come when the result is collected.

    The query optimiser moves nothing past this step, since rows may multiply and columns be replaced; the streaming
    engine may run it part by part.
    """

    def __init__(self, frame: pl.LazyFrame, text_column: str) -> None:
        self._frame = frame
        self._text_column = text_column
        self._empty = DataFrameAdapter(pl.DataFrame(schema=frame.collect_schema()), text_column)

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`; the kinds of annotation columns are not known."""
        return self._empty.schema

    def apply(self, run: Run, schema: pa.Schema) -> pl.LazyFrame:
        """See `Adapter.apply`: nothing runs before the result is collected."""
        text_column = self._text_column

        def step(part: pl.DataFrame) -> pl.DataFrame:
            return DataFrameAdapter(part, text_column).apply(run, schema)

        result = self._empty.apply(lambda _: iter(()), schema).schema
        return self._frame.map_batches(
            step,
            predicate_pushdown=False,
            projection_pushdown=False,
            slice_pushdown=False,
            schema=result,
            streamable=True,
        )


def polars_adapter(frame: pl.DataFrame | pl.LazyFrame, text_column: str) -> DataFrameAdapter | LazyFrameAdapter:
    """Return the adapter of a Polars frame.

    Raises:
        ColumnTypeError: a column with a name that is used here.
    """
    if isinstance(frame, pl.LazyFrame):
        return LazyFrameAdapter(frame, text_column)
    return DataFrameAdapter(frame, text_column)


@dataclass(frozen=True, slots=True)
class PolarsColumn:
    """How one column becomes Arrow; ``opaque`` ones, which Arrow cannot hold, are sent as nulls."""

    field: pa.Field
    opaque: bool = False

    def to_arrow(self, series: pl.Series) -> pa.Array:
        """Return some rows."""
        if self.opaque:
            return pa.nulls(len(series), self.field.type)
        array = to_arrow(series)
        if self.field.type == COLUMN_TYPE:
            return normalised(array)
        return array if array.type == self.field.type else array.cast(self.field.type)


def polars_column(series: pl.Series) -> PolarsColumn:
    """Return how a column becomes Arrow."""
    passing = PolarsColumn(pa.field(series.name, unheld(f"Polars {series.dtype}")), opaque=True)
    if series.dtype == pl.Object:
        return passing
    try:
        type_ = to_arrow(series.clear()).type
    except pa.ArrowException:
        return passing
    if not is_annotation_type(type_):
        return PolarsColumn(pa.field(series.name, type_))
    kind = _first_kind(series)
    return PolarsColumn(pa.field(series.name, COLUMN_TYPE, metadata={"annotatorType": kind} if kind else None))


def _first_kind(series: pl.Series) -> str | None:
    filled = (series.list.len().fill_null(0) > 0).arg_max() if len(series) else None
    return None if filled is None else first_kind(to_arrow(series.slice(filled, 1)))


def to_arrow(series: pl.Series) -> pa.Array:
    """Return a series as Arrow, categories as the texts that they stand for."""
    if series.dtype in (pl.Categorical, pl.Enum):
        series = series.cast(pl.String)
    return series.to_arrow(compat_level=_OLDEST)


def from_arrow(table: pa.Table) -> pl.DataFrame:
    """Return a table as a frame, annotation columns in the form that this Polars has for them."""
    if not hasattr(pl, "Map"):
        fields = [field.with_type(_PAIRED) if field.type == COLUMN_TYPE else field for field in table.schema]
        table = table.cast(pa.schema(fields))
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101
    return frame
