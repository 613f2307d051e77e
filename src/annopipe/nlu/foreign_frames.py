"""Frames of Polars and Arrow for ``predict``: their texts as Arrow, all their columns as pandas."""

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from annopipe.annotators.text_values import check_text_type
from annopipe.frames.layouts import plain

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_UNFIT: Final = (pa.ArrowException, TypeError, ValueError, OverflowError)


def polars_texts(frame: "pl.DataFrame", source: str) -> pa.Array:
    """Return the text column of a Polars frame.

    Raises:
        ColumnTypeError: it holds no texts.
    """
    from annopipe.frames.polars_frames import polars_column

    series = frame.get_column(source)
    column = polars_column(series)
    check_text_type(column.field)
    return column.to_arrow(series)


def arrow_texts(table: pa.Table, source: str) -> pa.Array:
    """Return the text column of an Arrow table in one piece; errors as of `polars_texts`."""
    check_text_type(table.schema.field(source))
    chunks = [plain(chunk) for chunk in table.column(source).chunks]
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.large_string())


def as_pandas(frame: Any) -> "pd.DataFrame":
    """Return a Polars frame or an Arrow table as pandas has it; columns for which it has no type as Python objects."""
    import pandas as pd

    try:
        whole: pd.DataFrame = frame.to_pandas()
    except _UNFIT:
        names = frame.columns if hasattr(frame, "iter_columns") else frame.column_names
        columns = frame.iter_columns() if hasattr(frame, "iter_columns") else frame.columns
        return pd.DataFrame({name: _series(column) for name, column in zip(names, columns, strict=True)})
    return whole


def _series(column: Any) -> "pd.Series[Any]":
    import pandas as pd

    try:
        return pd.Series(column.to_pandas())
    except _UNFIT:
        return pd.Series(column.to_pylist() if hasattr(column, "to_pylist") else column.to_list(), dtype=object)
