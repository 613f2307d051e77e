"""Columns of pandas DataFrames as Arrow: by their dtype, or cell by cell where they hold Python objects."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, is_annotation_type
from annopipe.errors import ColumnTypeError
from annopipe.frames.carrying import Ints
from annopipe.frames.parts import first_kind, normalised
from annopipe.frames.python_columns import PythonColumn, python_column
from annopipe.frames.rows import text_sizes
from annopipe.frames.unheld import unheld

_UNFIT: Final = (pa.ArrowException, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class PandasColumn:
    """How one column of a DataFrame becomes Arrow.

    Attributes:
        field: its Arrow field.
        python: how its cells become Arrow where its dtype does not tell, else None.
    """

    field: pa.Field
    python: PythonColumn | None = None

    def to_arrow(self, series: "pd.Series[Any]", first_row: int) -> tuple[pa.Array, list[int] | None]:
        """Return some rows, and how many characters were replaced in each, or None."""
        if self.python is not None:
            return self.python.to_arrow(_objects(series), first_row)
        try:
            array = arrow_of(series)
        except UnicodeEncodeError:
            return PythonColumn(self.field.name, self.field.type).to_arrow(_objects(series), first_row)
        except _UNFIT as unfit:
            msg = (
                f"column {self.field.name!r}, rows {first_row} to {first_row + len(series) - 1}: pandas "
                f"{series.dtype} cannot be read as {self.field.type}: convert the column first ({unfit})"
            )
            raise ColumnTypeError(msg) from unfit
        if array.type == self.field.type:  # a cast of a slice of runs to their own type forgets where the slice begins
            return array, None
        return normalised(array) if self.field.type == COLUMN_TYPE else array.cast(self.field.type), None


def pandas_column(series: "pd.Series[Any]", name: str, note: dict[str, str]) -> PandasColumn:
    """Return how a column becomes Arrow.

    Args:
        series: the whole column.
        name: its label as text.
        note: what an earlier stage noted of it; it holds unless the cells are annotations of another kind.
    """
    column = _python_column(series, name, note) if _is_python(series) else _typed_column(series, name)
    told = (column.field.metadata or {}).get(b"annotatorType", b"").decode()
    if is_annotation_type(column.field.type) and told in ("", note.get("annotatorType")):
        return replace(column, field=column.field.with_metadata(note))
    return column


def sizes_of(series: "pd.Series[Any]") -> Ints:
    """Return the number of characters of each text; 0 for anything else."""
    if isinstance(series.dtype, pd.StringDtype):
        return np.asarray(series.str.len().fillna(0), np.int64)
    return text_sizes(_objects(series)) if _is_python(series) else np.zeros(len(series), np.int64)


def _python_column(series: "pd.Series[Any]", name: str, note: dict[str, str]) -> PandasColumn:
    column = python_column(name, _objects(series), note.get("annotatorType"))
    return PandasColumn(column.field, column)


def _typed_column(series: "pd.Series[Any]", name: str) -> PandasColumn:
    trial = series.iloc[:0] if isinstance(series.dtype, pd.StringDtype) else series.iloc[:1]
    try:
        type_ = arrow_of(trial).type
    except _UNFIT:
        opaque = PythonColumn(name, unheld(f"pandas {series.dtype}"), opaque=True)
        return PandasColumn(opaque.field, opaque)
    if not is_annotation_type(type_):
        return PandasColumn(pa.field(name, type_))
    return PandasColumn(PythonColumn(name, COLUMN_TYPE, first_kind(arrow_of(series))).field)


def _is_python(series: "pd.Series[Any]") -> bool:
    return series.dtype == object or isinstance(series.dtype, pd.CategoricalDtype)


def _objects(series: "pd.Series[Any]") -> Any:
    """Return the cells as an object array; of categories their own values: whole numbers stay whole beside nulls."""
    if not isinstance(series.dtype, pd.CategoricalDtype):
        return series.to_numpy(dtype=object)
    values = np.append(series.cat.categories.to_numpy(dtype=object), [None])
    return values[series.cat.codes.to_numpy()]


def arrow_of(series: "pd.Series[Any]") -> pa.Array:
    """Return a column as Arrow, NaN as null."""
    array = pa.array(series, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
