"""What ``predict`` takes: texts, arrays, Series and frames of every library."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import texts as arrow_texts
from annopipe.errors import ColumnTypeError
from annopipe.surrogates import mend_all

if TYPE_CHECKING:
    import pandas as pd

TEXT: Final = "text"
_MISSING: Final = ("NAType", "NaTType")


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
        data: a text; a list, tuple or one-dimensional array of texts (None is an empty one); a Series or DataFrame of
            pandas or Polars; an Arrow table or array; a Spark DataFrame. Of a frame the column ``text`` is read, else
            the first, whatever its type.

    Raises:
        ColumnTypeError: something else; the text names it and the way.
    """
    if isinstance(data, str):
        return Given(_texts([data]))
    if isinstance(data, list | tuple):
        return Given(_texts(data))
    if isinstance(data, np.ndarray):
        return Given(_texts(_one_dimensional(data)))
    if isinstance(data, pa.Array | pa.ChunkedArray):
        return Given(_texts(data.to_pylist()))
    if hasattr(data, "toPandas") and hasattr(data, "columns"):
        return _of_frame(data.toPandas(), labelled=False, is_spark=True)
    return _of_library(data)


def _of_library(data: Any) -> Given:
    library = type(data).__module__.partition(".")[0]
    if library == "pandas" and type(data).__name__ == "Series":
        return Given(_texts([None if _is_missing(value) else value for value in data]), index=data.index)
    if library == "pandas" and hasattr(data, "columns"):
        return _of_frame(data, labelled=True)
    if library == "polars" and type(data).__name__ == "Series":
        return Given(_texts(data.to_list()))
    if library == "polars" and hasattr(data, "collect_schema"):
        frame = data.collect() if hasattr(data, "collect") else data
        return _of_frame(frame.to_pandas(), labelled=False)
    if isinstance(data, pa.Table | pa.RecordBatch):
        return _of_frame(data.to_pandas(), labelled=False)
    if hasattr(data, "__arrow_c_stream__"):
        return _of_frame(pa.table(data).to_pandas(), labelled=False)
    msg = (
        "predict takes a text, a list of texts, a one-dimensional array, a Series, or a frame of pandas, Polars, Arrow "
        f"or Spark, not {type(data).__name__}"
    )
    raise ColumnTypeError(msg)


def _of_frame(frame: "pd.DataFrame", *, labelled: bool, is_spark: bool = False) -> Given:
    if not len(frame.columns):
        raise ColumnTypeError("the frame has no columns: it needs one of texts, best called 'text'")
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()].tolist()
        raise ColumnTypeError(f"the frame has several columns of one name ({twice}): rename them first")
    source = TEXT if TEXT in frame.columns else frame.columns[0]
    beside = frame if source == TEXT else frame.rename(columns={source: TEXT})
    column = frame[source]
    values = [None if _is_missing(value) else value for value in column]
    if all(value is None or isinstance(value, str) for value in values):
        array = _texts(values)
    else:
        array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return Given(array, beside, frame.index if labelled else None, is_spark)


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


def _is_missing(value: Any) -> bool:
    """Tell None, NaN, NaT and ``pandas.NA``, without importing pandas."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in _MISSING
