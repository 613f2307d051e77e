"""Arrays without offsets get them, at any depth; hand-made as Arrow's Java of Apache Spark 3.5 sends them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from annopipe.annotation import COLUMN_TYPE
from annopipe.arrow_offsets import whole, with_offsets
from hollow import GARBAGE, NOWHERE, hollow

TEXT, NUMBER = pa.string(), pa.int64()
INNER = [
    TEXT,
    pa.binary(),
    pa.large_string(),
    pa.large_binary(),
    pa.list_(TEXT),
    pa.list_(pa.list_(pa.binary())),
    pa.large_list(pa.large_string()),
    pa.list_(TEXT, 2),
    pa.map_(TEXT, NUMBER),
    pa.map_(TEXT, pa.list_(TEXT)),
    pa.map_(NUMBER, pa.struct([pa.field("a", pa.map_(TEXT, TEXT))])),
    pa.struct([pa.field("a", NUMBER), pa.field("b", pa.list_(TEXT))]),
    pa.struct([pa.field("m", pa.map_(TEXT, pa.date32())), pa.field("s", TEXT, nullable=False)]),
    pa.decimal128(38, 10),
    COLUMN_TYPE,
    COLUMN_TYPE.value_type,
]
"""Types of which an array may hold no value at all, inside others."""


def _around(inner: pa.DataType) -> list[tuple[pa.DataType, list[Any]]]:
    """Types with one inside them, and rows in which nothing of it is."""
    return [
        (pa.list_(inner), [[], None, []]),
        (pa.large_list(inner), [[], None, []]),
        (pa.map_(TEXT, inner), [[], None, []]),
        (pa.list_(pa.list_(inner)), [[], None, [[], None, []]]),
        (pa.struct([pa.field("n", NUMBER), pa.field("i", pa.list_(inner))]), [{"n": 1, "i": []}, None, {"n": 2}]),
        (pa.map_(TEXT, pa.list_(inner)), [[("a", [])], None, [("b", None), ("c", [])]]),
        (pa.list_(pa.struct([pa.field("i", pa.list_(inner))])), [[{"i": []}], None, [None, {"i": None}]]),
        (pa.list_(pa.list_(inner), 2), [[[], []], None, [None, []]]),
        (pa.list_(inner), []),
    ]


CASES = [pytest.param(type_, rows, id=f"{type_} {len(rows)}"[:90]) for inner in INNER for type_, rows in _around(inner)]


@pytest.mark.parametrize("offsets", [NOWHERE, GARBAGE], ids=["nowhere", "garbage"])
@pytest.mark.parametrize(("type_", "rows"), CASES)
def test_no_values_have_offsets(type_: pa.DataType, rows: list[Any], offsets: pa.Buffer) -> None:
    good = pa.array(rows, type_)
    bad = hollow(good, offsets)
    assert any(buffer is not None and not buffer.size for buffer in bad.buffers()) or type_.num_fields == 0
    mended = whole(bad)
    _is_sound(mended, good)
    for first in range(len(rows)):
        _is_sound(whole(bad[first:]), good[first:])
        _is_sound(whole(bad)[first:], good[first:])


def _is_sound(array: pa.Array, expected: pa.Array) -> None:
    """All that reads offsets works, and the values are those of an array that never lacked them."""
    array.validate(full=True)
    assert array.type == expected.type
    assert array.equals(expected)
    assert array.null_count == expected.null_count
    assert array.nbytes >= 0
    batch = pa.record_batch({"a": array})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    assert pa.ipc.open_stream(sink.getvalue()).read_all()["a"].to_pylist() == expected.to_pylist()
    assert all(buffer.size for array in _within(array) for buffer in array.buffers()[1:2] if _has_offsets(array.type))


def _has_offsets(type_: pa.DataType) -> bool:
    return str(type_).startswith(("list<", "large_", "map<", "string", "binary"))


def _within(array: pa.Array) -> list[pa.Array]:
    type_ = array.type
    if pa.types.is_struct(type_):
        inside = [array.field(place) for place in range(type_.num_fields)]
    else:
        inside = [array.values] if type_.num_fields == 1 else []
    return [array, *(deep for one in inside for deep in _within(one))]


def test_what_has_offsets_is_returned_as_it_is() -> None:
    values = [
        pa.array(["a", None, ""]),
        pa.array([b"", None]),
        pa.array([], TEXT),
        pa.array([[["a"]], [], None]),
        pa.array([[], None], pa.list_(TEXT)),
        pa.array([[("a", [])]], pa.map_(TEXT, pa.list_(TEXT))),
        pa.array([{"a": None}, None]),
        pa.array([Decimal("1.5")]),
        pa.array([dt.date(2020, 1, 1)]),
        pa.array([None, None]),
        pa.array(["a", "b"]).dictionary_encode(),
        pa.array(["a"], pa.string_view()),
        pa.array([[]], pa.list_(pa.string_view())),
        pa.array([], pa.list_view(TEXT)),
        pa.array([], pa.struct([])),
    ]
    for array in values:
        assert whole(array) is array, array.type
        batch = pa.record_batch({"a": array, "b": array})
        assert with_offsets(batch) is batch
        for first in range(len(array) + 1):
            part = array[first:]
            assert whole(part) is part


def test_nulls_and_values_beside_stay_where_they_are() -> None:
    """More than 8 rows, from the middle of a byte of validity."""
    type_ = pa.struct([pa.field("n", NUMBER, nullable=False), pa.field("i", pa.list_(pa.list_(TEXT)))])
    rows = [None if n % 3 == 0 else {"n": n, "i": [[]] if n % 2 else []} for n in range(40)]
    good = pa.array(rows, type_)
    for first in (0, 1, 7, 8, 9, 21, 40):
        part = whole(hollow(good)[first:])
        part.validate(full=True)
        assert part.to_pylist() == rows[first:]
        assert part.nbytes >= 0


def test_dictionaries_and_extensions() -> None:
    empty = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), pa.array([], TEXT))
    mended = whole(hollow(empty))
    assert mended.dictionary.nbytes == 0
    assert mended.to_pylist() == [None, None]
    uuid = pa.ExtensionArray.from_storage(pa.json_(), hollow(pa.array([], TEXT)))
    assert whole(uuid).storage.nbytes == 0
    assert whole(uuid).type == pa.json_()


def test_a_batch_keeps_its_schema_and_other_columns() -> None:
    schema = pa.schema(
        [pa.field("n", NUMBER), pa.field("a", pa.list_(pa.list_(TEXT)), metadata={"k": "v"})], {"m": "w"}
    )
    columns = [pa.array([1, 2]), hollow(pa.array([[], None], schema.field("a").type))]
    mended = with_offsets(pa.RecordBatch.from_arrays(columns, schema=schema))
    assert mended.schema.equals(schema, check_metadata=True)
    assert mended.nbytes > 0
    assert mended.to_pydict() == {"n": [1, 2], "a": [[], None]}
