"""What is said of objects that are no frames: each refusal names the way."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.errors import ColumnTypeError

KINDS: Final = (
    "a list or iterator of str (or of lists of str, or of dicts), a pandas DataFrame, a Polars DataFrame or LazyFrame, "
    "a Spark DataFrame, an Arrow Table, RecordBatch or RecordBatchReader, or an object with __arrow_c_stream__"
)

_WAYS: Final = (
    "to_native", "to_arrow", "to_pyarrow", "to_arrow_table", "to_table", "to_pandas", "_to_pandas", "to_dataframe",
    "compute",
)  # fmt: skip
_WAYS_OF_VALUES: Final = (
    (Mapping, "a dict of columns becomes a frame by pandas.DataFrame(...) or pyarrow.table(...), one row by [row]"),
    (bytes | bytearray | memoryview, "bytes are no text: decode them first, such as [data.decode()]"),
)
_SIGNS_OF_A_FRAME: Final = ("columns", "column_names", "dtypes", "dtype", "shape", "schema", "coords", "data_vars")


def comes_from(frame: Any, library: str, *classes: str) -> bool:
    """Tell whether an object is of one of a library's classes; a library that nobody imported has no objects."""
    module = sys.modules.get(library)
    return any(isinstance(frame, kind) for name in classes if (kind := getattr(module, name, None)) is not None)


def known_refusal(frame: Any) -> ColumnTypeError | None:
    """Return the error for an object that is near a frame, or None."""
    text = _frame_way(frame) or _column_way(frame)
    return None if text is None else ColumnTypeError(text)


def _frame_way(frame: Any) -> str | None:
    if isinstance(frame, str):
        return (
            "transform takes a frame, and a single str is none: pass a list ([text]), or use "
            "LightPipeline(model).fullAnnotate(text)"
        )
    if comes_from(frame, "pyspark.pandas", "DataFrame", "Series"):
        return "a pandas-on-Spark frame is read as a Spark DataFrame: pass frame.to_spark()"
    return None


def _column_way(frame: Any) -> str | None:
    """Return what is said of one column without its frame."""
    name = type(frame).__name__
    if comes_from(frame, "pandas", "Series", "Index"):
        return f"a pandas {name} alone is no frame: pass {name.lower()}.to_frame('text') or {name.lower()}.tolist()"
    if comes_from(frame, "polars", "Series"):
        return "a Polars Series alone is no frame: pass series.to_frame('text') or series.to_list()"
    if isinstance(frame, pa.Array | pa.ChunkedArray):
        return f"an Arrow {name} alone is no frame: pass pa.table({{'text': array}}) or array.to_pylist()"
    if isinstance(frame, np.ndarray):
        return (
            f"a numpy array of {frame.ndim} dimensions and dtype {frame.dtype} is no frame: pass a one-dimensional "
            "array of str"
        )
    return None


def unknown_refusal(frame: Any) -> ColumnTypeError:
    """Return the error for any other object, with the kinds that are accepted."""
    kind = f"{type(frame).__module__}.{type(frame).__name__}"
    return ColumnTypeError(f"a frame of type {kind} cannot be read: pass {KINDS}{way_of(frame)}")


def way_of(frame: Any) -> str:
    """Return the way from an object to a kind that is read, to follow a refusal; "" where it shows none.

    What has columns is never said to be ``list(...)``: that of most frames holds the names of the columns, which are
    texts too.
    """
    for kinds, way in _WAYS_OF_VALUES:
        if isinstance(frame, kinds):
            return f"; {way}"
    name = type(frame).__name__
    if callable(getattr(frame, "map_partitions", None)) and callable(getattr(frame, "compute", None)):
        return f"; for this lazy {name} pass frame.compute(), or run frame.map_partitions(model.transform)"
    method = next((method for method in _WAYS if callable(getattr(frame, method, None))), None)
    if method is not None:
        gives = "an Arrow table" if "arrow" in method or method == "to_table" else "a frame that may be read"
        return f"; this {name} has a method that gives {gives}: frame.{method}()"
    if hasattr(frame, "__dataframe__"):
        return f"; pyarrow.interchange.from_dataframe(...) makes an Arrow Table of this {name}"
    if isinstance(frame, Iterable) and not any(hasattr(frame, sign) for sign in _SIGNS_OF_A_FRAME):
        return f"; list(...) makes a list of this {name}, if it holds texts"
    return ""
