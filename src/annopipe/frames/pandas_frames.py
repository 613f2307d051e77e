"""pandas DataFrames: the same index and columns back, the new ones appended."""

from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from annopipe.annotation import is_annotation_type
from annopipe.arrow_buffers import numbers
from annopipe.frames.adapter import Batches, Run
from annopipe.frames.annotation_cells import as_dict
from annopipe.frames.carrying import (
    ROW_COLUMN,
    ROW_FIELD,
    Ints,
    check_names,
    is_every_row,
    is_kept,
    kept_field,
    made_field,
    noted_batch,
    row_ranges,
)
from annopipe.frames.cells import cells_of
from annopipe.frames.layouts import taken
from annopipe.frames.pandas_columns import arrow_of, pandas_column, sizes_of

ATTRIBUTE: Final = "annopipe"


class PandasAdapter:
    """A pandas DataFrame as batches.

    Only row numbers make the way through Arrow and back: index and columns of the result are the frame's own, with
    their types and objects. Cells of new annotation columns are lists of dicts, ``metadata`` a dict, ``embeddings``
    a float32 array. What Arrow fields say of annotation columns (``annotatorType``, ``dimension``) is noted in
    ``DataFrame.attrs["annopipe"]``, so that a frame without rows can go on to the next stage too.

    Raises:
        ColumnTypeError: two columns whose labels are the same as text.
    """

    def __init__(self, frame: pd.DataFrame, text_column: str) -> None:
        names = [str(label) for label in frame.columns]
        check_names(names, "DataFrame")
        self._frame = frame
        self._text_column = text_column
        notes = frame.attrs.get(ATTRIBUTE, {})
        self._columns = [
            pandas_column(frame.iloc[:, place], name, notes.get(name, {})) for place, name in enumerate(names)
        ]

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`."""
        return pa.schema([*(kept_field(column.field) for column in self._columns), ROW_FIELD])

    def apply(self, run: Run, schema: pa.Schema) -> pd.DataFrame:
        """See `Adapter.apply`."""
        made = [field for field in schema if not is_kept(field) and field.name != ROW_COLUMN]
        values = {field.name: _Values(field) for field in made}
        rows: list[pa.Array] = [pa.array([], pa.int64())]
        for batch in run(self._batches()):
            rows.append(batch.column(schema.get_field_index(ROW_COLUMN)))
            for name, column in values.items():
                column.add(batch.column(schema.get_field_index(name)))
        numbers = np.concatenate([np.asarray(part, np.int64) for part in rows])
        return self._result(schema, numbers, values)

    def _result(self, schema: pa.Schema, rows: Ints, values: "dict[str, _Values]") -> pd.DataFrame:
        names = [field.name for field in schema if field.name != ROW_COLUMN]
        places = {column.field.name: place for place, column in enumerate(self._columns)}
        kept = self._frame.iloc[:, [places[name] for name in names if name not in values]]
        result = kept.copy() if is_every_row(rows, len(kept)) else taken_rows(kept, rows)
        for place, name in enumerate(names):
            if name in values:
                label = self._frame.columns[places[name]] if name in places else name
                result.insert(place, label, values[name].series(result.index))
        if notes := _notes(schema):
            result.attrs = {**result.attrs, ATTRIBUTE: notes}
        return result

    def _batches(self) -> Batches:
        schema = self.schema
        for first, end in row_ranges(self._text_sizes()):
            arrays, replaced = [], None
            for place, column in enumerate(self._columns):
                array, counts = column.to_arrow(self._frame.iloc[first:end, place], first)
                arrays.append(array)
                replaced = counts if column.field.name == self._text_column else replaced
            yield noted_batch([*arrays, numbers(np.arange(first, end))], schema, replaced)

    def _text_sizes(self) -> Ints:
        place = next((i for i, column in enumerate(self._columns) if column.field.name == self._text_column), None)
        if place is None:
            return np.zeros(len(self._frame), np.int64)
        return sizes_of(self._frame.iloc[:, place])


def taken_rows(frame: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    """Return some rows as a frame of its own, of Arrow's layouts too of which pandas cannot take rows."""
    try:
        return frame.take(rows).copy()
    except pa.ArrowNotImplementedError:
        places = {place for place, dtype in enumerate(frame.dtypes) if isinstance(dtype, pd.ArrowDtype)}
    result = frame.iloc[:, [place for place in range(frame.shape[1]) if place not in places]].take(rows).copy()
    for place in sorted(places):
        values = taken(arrow_of(frame.iloc[:, place]), numbers(rows))
        result.insert(place, frame.columns[place], pd.Series(pd.arrays.ArrowExtensionArray(values), result.index))
    return result


def _notes(schema: pa.Schema) -> dict[str, dict[str, str]]:
    """Return what the fields of annotation columns say of them."""
    fields = [made_field(field) for field in schema if is_annotation_type(field.type)]
    return {field.name: _texts(field) for field in fields if field.metadata}


def _texts(field: pa.Field) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in field.metadata.items()}


class _Values:
    """The values of one new column, gathered batch by batch: plain types as Arrow, others as cells."""

    def __init__(self, field: pa.Field) -> None:
        self._field = field
        self._cells: list[Any] = []
        self._arrays: list[pa.Array] = []

    def add(self, array: pa.Array) -> None:
        if pa.types.is_nested(self._field.type):
            self._cells += cells_of(array, as_dict)
        else:
            self._arrays.append(array)

    def series(self, index: "pd.Index[Any]") -> "pd.Series[Any]":
        """Return the column with the index of its frame."""
        if pa.types.is_nested(self._field.type):
            return pd.Series(np.fromiter(self._cells, object, len(self._cells)), index, dtype=object)
        plain: pd.Series[Any] = pa.chunked_array(self._arrays, self._field.type).to_pandas()
        return plain.set_axis(index)
