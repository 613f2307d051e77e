"""What ``predict`` takes: texts, arrays, Series and frames of every library."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from annopipe.annotators.text_values import check_text_type
from annopipe.arrow_buffers import texts as arrow_texts
from annopipe.errors import ColumnTypeError
from annopipe.frames.arrow_frames import table_of
from annopipe.frames.carrying import check_names
from annopipe.frames.layouts import plain, plain_type
from annopipe.frames.nulls import is_missing
from annopipe.frames.refusals import way_of
from annopipe.surrogates import mend_all

if TYPE_CHECKING:
    import pandas as pd

TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Given:
    """The input of one ``predict``.

    Attributes:
        texts: the texts as an Arrow array; of any type that `DocumentAssembler` reads.
        beside: the frame's columns, the text column among them under the name ``text``; None without a frame.
        index: the caller's labels, or None.
        is_spark: it was a Spark frame.
    """

    texts: pa.Array
    beside: "pd.DataFrame | None" = None
    index: "pd.Index[Any] | None" = None
    is_spark: bool = False

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.texts)


def read(data: Any) -> Given:
    """Read what was given to ``predict``; it is not changed.

    Args:
        data: a text, or None for an empty one; a list, tuple, iterator or one-dimensional array of these; a Series or
            DataFrame of pandas or Polars; an Arrow table or array; a Spark DataFrame. Of a frame the column ``text`` is
            read, else the first; its type may be any that ``transform`` reads.

    Raises:
        ColumnTypeError: something else; the text names it and the way.
    """
    if data is None or isinstance(data, str):
        return Given(_texts([data]))
    if isinstance(data, list | tuple):
        return Given(_texts(data))
    if isinstance(data, np.ndarray):
        return Given(_texts(_one_dimensional(data)))
    if isinstance(data, pa.Array | pa.ChunkedArray):
        return Given(_of_array(data))
    if hasattr(data, "toPandas") and hasattr(data, "columns"):
        return _of_pandas(data.toPandas(), labelled=False, is_spark=True)
    return _of_library(data)


def _of_library(data: Any) -> Given:
    library = type(data).__module__.partition(".")[0]
    if library == "pandas" and type(data).__name__ == "Series":
        return Given(_texts([None if is_missing(value) else value for value in data]), index=data.index)
    if library == "pandas" and hasattr(data, "columns"):
        return _of_pandas(data, labelled=True)
    if library == "polars" and type(data).__name__ == "Series":
        return Given(_texts(data.to_list()))
    if library == "polars" and hasattr(data, "collect_schema"):
        return _of_polars(data.collect() if hasattr(data, "collect") else data)
    if isinstance(data, pa.Table | pa.RecordBatch) or hasattr(data, "__arrow_c_stream__"):
        return _of_arrow(table_of(data))
    if isinstance(data, Iterator):
        return Given(_texts(list(data)))
    msg = (
        "predict takes a text, a list of texts, a one-dimensional array, a Series, or a frame of pandas, Polars, Arrow "
        f"or Spark, not {type(data).__name__}{way_of(data)}"
    )
    raise ColumnTypeError(msg)


def _source(names: Sequence[Any]) -> Any:
    """Return the name of the column that is read: ``text``, else the first."""
    if not len(names):
        raise ColumnTypeError("the frame has no columns: it needs one of texts, best called 'text'")
    check_names([str(name) for name in names], "frame")
    return TEXT if TEXT in names else names[0]


def _of_pandas(frame: "pd.DataFrame", *, labelled: bool, is_spark: bool = False) -> Given:
    from annopipe.frames.pandas_columns import pandas_column

    names = frame.columns.tolist()
    source = _source(names)
    series = frame.iloc[:, names.index(source)]
    column = pandas_column(series, str(source), {})
    check_text_type(column.field)
    array, _ = column.to_arrow(series, 0)
    return Given(array, _called(frame, names, source), frame.index if labelled else None, is_spark)


def _of_polars(frame: Any) -> Given:
    from annopipe.nlu.foreign_frames import as_pandas, polars_texts

    source = _source(frame.columns)
    beside = as_pandas(frame)
    return Given(polars_texts(frame, source), _called(beside, beside.columns.tolist(), source))


def _of_arrow(table: pa.Table) -> Given:
    from annopipe.nlu.foreign_frames import arrow_texts as column_texts
    from annopipe.nlu.foreign_frames import as_pandas

    source = _source(table.column_names)
    beside = as_pandas(table)
    return Given(column_texts(table, source), _called(beside, beside.columns.tolist(), source))


def _called(frame: "pd.DataFrame", names: Sequence[Any], source: Any) -> "pd.DataFrame":
    """Return a frame with its text column called ``text``, whatever the others are called."""
    import pandas as pd

    labels = [TEXT if name == source else name for name in names]
    return frame.set_axis(pd.Index(labels, dtype=object, tupleize_cols=False), axis="columns")


def _of_array(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return an Arrow array of texts as one plain array."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    held = plain_type(array.type)
    if not (pa.types.is_string(held) or pa.types.is_large_string(held) or pa.types.is_null(held)):
        msg = f"the Arrow array holds values of type {array.type}: give one of texts, such as array.cast(pa.string())"
        raise ColumnTypeError(msg)
    return pa.concat_arrays([plain(chunk) for chunk in chunks]) if chunks else pa.array([], pa.large_string())


def _texts(values: Sequence[Any]) -> pa.Array:
    for place, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            msg = f"item {place} of the texts is {type(value).__name__}, not str: give texts, or None for an empty one"
            raise ColumnTypeError(msg)
    mended, _ = mend_all(values)
    return arrow_texts(mended, large=True)


def _one_dimensional(array: Any) -> list[Any]:
    if array.ndim != 1:
        msg = f"the array has {array.ndim} dimensions: give one of texts, array.ravel() lays them in a row"
        raise ColumnTypeError(msg)
    values: list[Any] = array.tolist()
    return values
