"""What is said of objects that are no frames: each refusal names the way."""

import sys
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.errors import ColumnTypeError

KINDS: Final = (
    "a list or iterator of str (or of lists of str, or of dicts), a pandas DataFrame, a Polars DataFrame or LazyFrame, "
    "a Spark DataFrame, an Arrow Table, RecordBatch or RecordBatchReader, or an object with __arrow_c_stream__"
)


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
    name = type(frame).__name__
    text = f"a frame of type {type(frame).__module__}.{name} cannot be read: pass {KINDS}"
    if isinstance(frame, Iterable) and not isinstance(frame, bytes | bytearray | dict):
        text += f"; list(...) makes a list of this {name}, if it holds texts"
    if hasattr(frame, "to_table") or hasattr(frame, "to_arrow"):
        text += f"; this {name} has a method that gives an Arrow table"
    return ColumnTypeError(text)
