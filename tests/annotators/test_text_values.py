"""Columns of any type as texts."""

import datetime as dt
import re
from decimal import Decimal

import pyarrow as pa
import pytest

from annopipe.annotators.text_values import check_text_type, metadata_of, texts_of
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


@pytest.mark.parametrize(
    ("type_", "number", "text"),
    [
        (pa.timestamp("s"), 0, "1970-01-01 00:00:00"), (pa.timestamp("ms"), 1_500, "1970-01-01 00:00:01.5"),
        (pa.timestamp("us"), 400_000, "1970-01-01 00:00:00.4"),
        (pa.timestamp("ns"), 1, "1970-01-01 00:00:00.000000001"),
        (pa.timestamp("us", "Europe/Berlin"), 400_000, "1970-01-01 01:00:00.4+01:00"),
        (pa.timestamp("s", "America/New_York"), 0, "1969-12-31 19:00:00-05:00"),
        (pa.timestamp("s", "UTC"), 253402300800, "10000-01-01 00:00:00+00:00"),
        (pa.time32("s"), 3661, "01:01:01"), (pa.time32("ms"), 1, "00:00:00.001"),
        (pa.time64("ns"), 1, "00:00:00.000000001"),
        (pa.date32(), 2932897, "10000-01-01"), (pa.date32(), -1, "1969-12-31"), (pa.date64(), 86_400_000, "1970-01-02"),
    ],
)  # fmt: skip
def test_dates_and_times_of_every_unit_and_year(type_: pa.DataType, number: int, text: str) -> None:
    width = pa.int32() if type_.bit_width == 32 else pa.int64()
    assert texts_of(pa.array([number, None], width).view(type_), "c") == [text, None]


@pytest.mark.parametrize(
    "type_", [pa.duration("us"), pa.duration("ns"), pa.month_day_nano_interval(), pa.fixed_shape_tensor(pa.int8(), [2])]
)
def test_what_has_no_text_of_its_own_is_refused_by_name(type_: pa.DataType) -> None:
    field = pa.field("c", type_)
    for read in (lambda: check_text_type(field), lambda: texts_of(pa.nulls(1, type_), "c")):
        with pytest.raises(
            ColumnTypeError, match=rf"column 'c' holds values of type {re.escape(str(type_))}, which is"
        ):
            read()


def test_an_extension_that_is_not_known_here_is_refused_unless_it_is_text() -> None:
    named = {b"ARROW:extension:name": b"geo.wkb"}
    check_text_type(pa.field("c", pa.string(), metadata=named))
    with pytest.raises(ColumnTypeError, match=r"values of the extension type geo\.wkb"):
        check_text_type(pa.field("c", pa.binary(), metadata=named))


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
