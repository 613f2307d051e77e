"""Every kind of frame: how to make one of texts and numbers, and how to read what comes back."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa

from annopipe.annotation import Annotation

Texts = list[str | None]


class Stream:
    """Nothing but the Arrow stream protocol."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


@dataclass(frozen=True)
class Kind:
    """One kind of frame.

    ``make(texts)`` has the columns ``text`` and ``n`` (0, 1, …); ``rows(result)`` gives plain dicts, annotations as
    dicts with lists of floats.
    """

    name: str
    make: Callable[[Texts], Any]
    result: type | None
    rows: Callable[[Any], list[dict[str, Any]]]


def plain(value: Any) -> Any:
    """Annotations as dicts, arrays as lists, maps as dicts: what all kinds have in common."""
    if isinstance(value, Annotation):
        value = value.asDict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, list):
        if value and isinstance(value[0], tuple) and len(value[0]) == 2:
            return dict(value)
        if value and isinstance(value[0], dict) and set(value[0]) == {"key", "value"}:
            return {pair["key"]: pair["value"] for pair in value}
        return [plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [plain(dict(row)) for row in rows]


def _numbers(texts: Texts) -> list[int]:
    return list(range(len(texts)))


def _table(texts: Texts) -> pa.Table:
    """A table in chunks of three rows, with metadata of its own."""
    schema = pa.schema([pa.field("text", pa.string()), pa.field("n", pa.int64())], metadata={"made": "here"})
    table = pa.table([pa.array(texts, pa.string()), pa.array(_numbers(texts), pa.int64())], schema=schema)
    return pa.Table.from_batches(table.to_batches(max_chunksize=3), schema)


def _dicts(texts: Texts) -> list[dict[str, Any]]:
    return [{"text": text, "n": n} for n, text in enumerate(texts)]


def _pandas(dtype: str | None) -> Callable[[Texts], pd.DataFrame]:
    def make(texts: Texts) -> pd.DataFrame:
        index = pd.Index([n // 2 for n in _numbers(texts)], dtype="int64")
        return pd.DataFrame({"text": pd.Series(texts, index, dtype=dtype), "n": pd.Series(_numbers(texts), index)})

    return make


def _polars(texts: Texts) -> pl.DataFrame:
    return pl.DataFrame({"text": texts, "n": _numbers(texts)}, schema={"text": pl.String, "n": pl.Int64})


def _pandas_arrow(texts: Texts) -> pd.DataFrame:
    return _pandas("object")(texts).astype({"text": pd.ArrowDtype(pa.string())})


def _pandas_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return _rows(frame.to_dict("records"))


def _polars_rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return _rows(frame.to_dicts())


def _table_of(type_: pa.DataType) -> Callable[[Texts], pa.Table]:
    def make(texts: Texts) -> pa.Table:
        table = _table(texts)
        return table.set_column(0, pa.field("text", type_), table.column("text").cast(type_))

    return make


def _batch(texts: Texts) -> pa.RecordBatch:
    table = _table(texts)
    return pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], schema=table.schema)


def _arrow_rows(table: pa.Table) -> list[dict[str, Any]]:
    return _rows(table.to_pylist())


def _casts_to_views() -> bool:
    """Tell whether this Arrow can cast to string views at all; older ones cannot."""
    try:
        pa.array(["a"]).cast(pa.string_view())
    except (AttributeError, pa.ArrowNotImplementedError):
        return False
    return True


VIEWS = _casts_to_views()
_KINDS_OF_VIEWS = [Kind("table of string views", _table_of(pa.string_view()), pa.Table, _arrow_rows)] if VIEWS else []

KINDS = [
    Kind("dicts", _dicts, list, _rows),
    Kind("stream of dicts", lambda texts: iter(_dicts(texts)), Iterator, _rows),
    Kind("pandas object", _pandas("object"), pd.DataFrame, _pandas_rows),
    Kind("pandas string", _pandas("string"), pd.DataFrame, _pandas_rows),
    Kind("pandas python string", _pandas("string[python]"), pd.DataFrame, _pandas_rows),
    Kind("pandas category", _pandas("category"), pd.DataFrame, _pandas_rows),
    Kind("pandas pyarrow", _pandas_arrow, pd.DataFrame, _pandas_rows),
    Kind("polars", _polars, pl.DataFrame, _polars_rows),
    Kind("polars category", lambda texts: _polars(texts).cast({"text": pl.Categorical}), pl.DataFrame, _polars_rows),
    Kind("polars lazy", lambda texts: _polars(texts).lazy(), pl.LazyFrame, lambda lazy: _polars_rows(lazy.collect())),
    Kind("table", _table, pa.Table, _arrow_rows),
    Kind("table of large strings", _table_of(pa.large_string()), pa.Table, _arrow_rows),
    Kind("table of dictionaries", _table_of(pa.dictionary(pa.int32(), pa.string())), pa.Table, _arrow_rows),
    Kind("batch", _batch, pa.RecordBatch, _arrow_rows),
    Kind("reader", lambda texts: _table(texts).to_reader(), pa.RecordBatchReader, lambda r: _arrow_rows(r.read_all())),
    *_KINDS_OF_VIEWS,
    Kind("stream protocol", lambda texts: Stream(_table(texts)), pa.Table, _arrow_rows),
]
