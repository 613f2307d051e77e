"""Which kind of frame an object is, told without importing any library that is not there already."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.frames.adapter import Adapter
from annopipe.frames.kinds import kind_of
from annopipe.frames.refusals import comes_from, known_refusal, unknown_refusal


def adapt(frame: Any, text_column: str) -> Adapter:
    """Return the adapter of a frame.

    Args:
        frame: list or iterator of str, of lists of str or of dicts; one-dimensional numpy array of str; pandas or
            Polars DataFrame, Polars LazyFrame; Spark DataFrame, of whatever engine has ``mapInArrow``; Arrow Table,
            RecordBatch or RecordBatchReader; anything else with the Arrow stream protocol (``__arrow_c_stream__``),
            which gives an Arrow Table back.
        text_column: name of the column that bare texts make; where lone surrogates are replaced in the column of
            this name, they are counted.

    Raises:
        ColumnTypeError: an object of another kind (the text names the way), or texts of a wrong type.
    """
    if isinstance(frame, np.ndarray) and frame.ndim == 1 and frame.dtype.kind in "OUT":
        frame = frame.tolist()
    if isinstance(frame, list):
        from annopipe.frames.lists import ListAdapter

        return ListAdapter(frame, text_column)
    if comes_from(frame, "pandas", "DataFrame"):
        from annopipe.frames.pandas_frames import PandasAdapter

        return PandasAdapter(frame, text_column)
    if comes_from(frame, "polars", "DataFrame", "LazyFrame"):
        from annopipe.frames.polars_frames import polars_adapter

        return polars_adapter(frame, text_column)
    if (kind := kind_of(frame)) is not None:
        return kind.adapter(frame)
    return _arrow_or_iterator(frame, text_column)


def _arrow_or_iterator(frame: Any, text_column: str) -> Adapter:
    from annopipe.frames.arrow_frames import arrow_adapter

    if isinstance(frame, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return arrow_adapter(frame)
    if (refusal := known_refusal(frame)) is not None:
        raise refusal
    if hasattr(frame, "__arrow_c_stream__"):
        return arrow_adapter(frame)
    if isinstance(frame, Iterator):
        from annopipe.frames.streams import StreamAdapter

        return StreamAdapter(frame, text_column)
    raise unknown_refusal(frame)
