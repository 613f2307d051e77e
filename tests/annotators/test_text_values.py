"""Columns of any type as texts."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from annopipe.annotators.text_values import metadata_of, texts_of
from annopipe.errors import ColumnTypeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5.0"), (5.5, "5.5"), (1e7, "1.0E7"), (1.5e-4, "1.5E-4"), (123456789.125, "1.23456789125E8"),
        (1e300, "1.0E300"), (-0.0, "-0.0"), (0.001, "0.001"), (float("nan"), "NaN"), (float("-inf"), "-Infinity"),
        (True, "true"), (7, "7"), (2**53 + 1, "9007199254740993"), (b"a\xff", "a\ufffd"),
        (dt.date(2020, 1, 2), "2020-01-02"), (Decimal("1.50"), "1.50"), ("x", "x"), (None, None),
    ],
)  # fmt: skip
def test_written_as_spark_writes(value: object, text: str | None) -> None:
    assert texts_of(pa.array([value]), "c") == [text]


def test_single_precision_is_written_short() -> None:
    assert texts_of(pa.array([0.1, None, 1e10], pa.float32()), "c") == ["0.1", None, "1.0E10"]


@pytest.mark.parametrize("type_", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_string_layouts(type_: pa.DataType) -> None:
    assert texts_of(pa.array(["a", None], pa.string()).cast(type_), "c") == ["a", None]


@pytest.mark.parametrize("value", [{"a": 1}, [1]])
def test_nested_is_no_text(value: object) -> None:
    with pytest.raises(ColumnTypeError, match="column 'c'"):
        texts_of(pa.array([value]), "c")


def test_maps_and_their_stand_ins() -> None:
    maps = pa.array([[("a", 1), ("b", None)], None], pa.map_(pa.string(), pa.int64()))
    assert metadata_of(maps, "c") == [{"a": "1", "b": None}, {}]
    assert metadata_of(pa.array([{"a": 1, "b": None}]), "c") == [{"a": "1"}]
    assert metadata_of(pa.array([[{"key": "a", "value": "x"}]]), "c") == [{"a": "x"}]
    with pytest.raises(ColumnTypeError, match="needs to be a map"):
        metadata_of(pa.array(["x"]), "c")
