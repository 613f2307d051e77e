"""Every row of the table of docs/frames.md that says which columns are text."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from annopipe import DocumentAssembler
from annopipe.errors import ColumnTypeError

PAGE = Path(__file__).parents[2] / "docs" / "frames.md"
REFUSED = "refused"
DAY, TIME = dt.date(2020, 1, 2), dt.time(3, 4, 5, 600000)
MOMENT = dt.datetime(2020, 1, 2, 3, 4, 5, 600000)
WINTER = pd.Timestamp("2020-01-02 03:04:05", tz="Europe/Berlin")
SPAN = dt.timedelta(days=1)
Made = Callable[[], Any]


def _table(values: Any, type_: Any = None) -> Made:
    return lambda: pa.table({"text": values if isinstance(values, pa.Array) else pa.array(values, type_)})


def _pandas(values: Any, **kinds: Any) -> Made:
    return lambda: pd.DataFrame({"text": pd.Series(values, **kinds)})


def _polars(values: Any, type_: Any = None) -> Made:
    return lambda: pl.DataFrame({"text": pl.Series(values, dtype=type_)})


def _lazy(values: Any, type_: Any = None) -> Made:
    return lambda: pl.LazyFrame({"text": pl.Series(values, dtype=type_)})


def _dicts(values: Any) -> Made:
    return lambda: [{"text": value} for value in values]


def _stream(values: Any) -> Made:
    return lambda: iter([{"text": value} for value in values])


def _everywhere(*values: Any) -> list[Made]:
    """The same Python values in each kind of frame that can hold them."""
    made = [maker(list(values)) for maker in (_table, _polars, _lazy, _dicts, _stream)]
    return [*made, _pandas(list(values), dtype=object)]


_UNION = pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array(["a", "b"]), pa.array([1, 2])])
_JSON = [_table(pa.ExtensionArray.from_storage(pa.json_(), pa.array(["[]", None])))] if hasattr(pa, "json_") else []
_TENSOR = pa.ExtensionArray.from_storage(
    pa.fixed_shape_tensor(pa.int8(), [2]), pa.array([[1, 2]] * 2, pa.list_(pa.int8(), 2))
)
ROWS: dict[str, tuple[list[Made], Any]] = {
    "string, string view, large string": (
        [*_everywhere("a b", None), *(_table(["a b", None], t) for t in (pa.large_string(), pa.string_view())),
         _pandas(["a b", None], dtype="string"), _pandas(["a b", None], dtype="string[pyarrow]")],
        [["a b"], [""]],
    ),
    "dictionary, category, enum, run-end encoded": (
        [_table(pa.array(["7", None]).dictionary_encode()), _table(pa.array([7, None]).dictionary_encode()),
         _pandas(["7", None], dtype="category"), _pandas(pd.Categorical([7, None])),
         _polars(["7", None], pl.Categorical),
         _lazy(["7", None], pl.Enum(["7"])),
         _table(pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array([7, None])))],
        [["7"], [""]],
    ),
    "extension type stored as text (`arrow.json`)": (_JSON, [["[]"], [""]]),
    "null": ([*_everywhere(None, None), _polars([None, None], pl.Null)], [[""], [""]]),
    "list of texts, in any layout; list of nulls": (
        [*_everywhere(["a", None], None), _table([["a", None], None], pa.list_view(pa.string_view())),
         _polars([["a", None], None], pl.Array(pl.Categorical, 2))],
        [["a", ""], []],
    ),
    "integer": (
        [*_everywhere(12, None), _pandas([12, np.nan], dtype=object), _pandas([12, None], dtype="Int8"),
         _pandas(pd.Categorical([12, None]))], [["12"], [""]]
    ),
    "float": ([*_everywhere(1.5, 1e10), _pandas([1.5, 1e10])], [["1.5"], ["1.0E10"]]),
    "decimal": (_everywhere(Decimal("1.50"), None), [["1.50"], [""]]),
    "boolean": ([*_everywhere(True, None), _pandas([True, None], dtype="boolean")], [["true"], [""]]),
    "date": ([*_everywhere(DAY, None), _table([DAY, None], pa.date64())], [["2020-01-02"], [""]]),
    "time": ([*_everywhere(TIME, None), _table([TIME, None], pa.time64("ns"))], [["03:04:05.6"], [""]]),
    "timestamp": (
        [*_everywhere(MOMENT, None), _pandas([MOMENT, None]), _pandas(pd.Categorical([MOMENT, None])),
         _table([MOMENT, None], pa.timestamp("ns")), _polars([MOMENT, None], pl.Datetime("ms"))],
        [["2020-01-02 03:04:05.6"], [""]],
    ),
    "timestamp with a time zone": (
        [_pandas([WINTER, None]), _table([WINTER, None]), _polars([WINTER, None], pl.Datetime("us", "Europe/Berlin"))],
        [["2020-01-02 03:04:05+01:00"], [""]],
    ),
    "binary": ([*_everywhere(b"a\xff", None), _table([b"a\xff", None], pa.binary_view())], [["a\ufffd"], [""]]),
    "UUID": ([_pandas([uuid.UUID(int=1)])] if hasattr(pa, "uuid") else [], [["00000000-0000-0000-0000-000000000001"]]),
    "duration, interval, pandas `timedelta`": (
        [*_everywhere(SPAN, None), _pandas([SPAN, None]), _pandas(pd.Categorical([SPAN])),
         _table([pa.MonthDayNano([1, 2, 3])]), _polars([SPAN], pl.Duration("ns"))],
        REFUSED,
    ),
    "pandas `Period`, `Interval`": (
        [_pandas(pd.period_range("2020", periods=2, freq="D")), _pandas([pd.Period("2020"), None], dtype=object),
         _pandas(pd.interval_range(0, 2)), _pandas(pd.cut(pd.Series([1, 2]), 2)),
         _pandas([pd.Interval(0, 1)], dtype=object)],
        REFUSED,
    ),
    "complex, sparse": (
        [_pandas([1j, 2]), _pandas([1j, 2], dtype=object), _pandas(pd.arrays.SparseArray([1.0, np.nan])),
         _pandas(pd.arrays.SparseArray([1, 0]))],
        REFUSED,
    ),
    "struct, map, union, list of anything else": (
        [*_everywhere({"a": 1}, None), *_everywhere([1], None),
         _table([[("a", "b")]], pa.map_(pa.string(), pa.string())),
         _table(_UNION), _table([[["a"]]]), _table([[1]], pa.list_view(pa.int8()))],
        REFUSED,
    ),
    "other extension types": ([_table(_TENSOR)], REFUSED),
    "Python objects of several types, or of others than these": (
        [_pandas(values, dtype=object)
         for values in (["a", 1], [1, "a"], [1.5, np.nan, "x"], ["a", ["b"]], [2**70], [object()])]
        + [_dicts(["a", 1]), _polars([object()], pl.Object), _pandas(pd.Categorical(["a", 1]))],
        REFUSED,
    ),
}  # fmt: skip


def _documents(result: Any) -> list[list[str]]:
    if isinstance(result, pl.LazyFrame):
        result = result.collect()
    if isinstance(result, pd.DataFrame | pl.DataFrame):
        return [[one["result"] for one in row] for row in result["document"]]
    if isinstance(result, pa.Table):
        return [[one["result"] for one in row] for row in result.column("document").to_pylist()]
    return [[one.result for one in row["document"]] for row in result]


def test_the_page_has_these_rows() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| type of the text column | its text |\n|---|---|\n")[2]
    rows = [line.strip("| ").rpartition(" | ") for line in table.partition("\n\n")[0].splitlines()]
    assert [name for name, _, _ in rows] == list(ROWS)
    assert [text == REFUSED for _, _, text in rows] == [expected == REFUSED for _, expected in ROWS.values()]


@pytest.mark.parametrize("row", ROWS)
def test_a_row(row: str) -> None:
    frames, expected = ROWS[row]
    for made in frames:
        frame = made()
        if expected != REFUSED:
            assert _documents(DocumentAssembler(inputCol="text").transform(frame)) == expected, frame
            continue
        with pytest.raises(ColumnTypeError, match="column 'text'"):
            DocumentAssembler(inputCol="text").transform(frame)
