"""Arrow: fields and metadata stay, readers are read once and lazily, every layout is read."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from fake_stages import adding, annotated, dropping, exploding
from frame_kinds import VIEWS

from annopipe.annotation import COLUMN_TYPE, FIELDS, STRUCT_TYPE
from annopipe.columns import AnnotationColumn
from annopipe.errors import ColumnTypeError
from annopipe.frames.detection import adapt

TEXTS = ["a b", None, "bare", ""]


def transform(frame: Any, stage: Any = adding) -> Any:
    adapter = adapt(frame, "text")
    return adapter.apply(*stage(adapter.schema))


@pytest.mark.skipif(not VIEWS, reason="this Arrow has no casts to string views")
def test_fields_and_metadata_stay() -> None:
    schema = pa.schema(
        [
            pa.field("id", pa.int64(), nullable=False, metadata={"unit": "none"}),
            pa.field("text", pa.string_view(), metadata={b"raw": b"\xff"}),
            pa.field("deep", pa.struct({"views": pa.list_(pa.string_view()), "n": pa.int8()})),
        ],
        metadata={"owner": "me"},
    )
    rows = [{"id": 1, "text": "a b", "deep": {"views": ["x"], "n": 1}}, {"id": 2, "text": None, "deep": None}]
    table = pa.Table.from_pylist(rows, schema)
    for stage in (adding, exploding):
        result = transform(table, stage)
        assert result.schema.metadata == {b"owner": b"me"}
        for field in schema:
            assert result.schema.field(field.name).equals(field, check_metadata=True)
        assert result.schema.field("words").metadata == {b"annotatorType": b"token", b"dimension": b"2"}
        result.validate(full=True)
    assert transform(table).select(schema.names).equals(table)


def test_pandas_metadata_stays_and_still_serves() -> None:
    frame = pd.DataFrame({"text": ["a b", "c"]}, index=pd.Index(["x", "y"], name="key"))
    result = transform(pa.Table.from_pandas(frame), exploding).to_pandas()
    assert result.index.tolist() == ["x", "x", "y"]
    assert result.index.name == "key"
    assert transform(pa.Table.from_pandas(frame.reset_index()), exploding).to_pandas()["key"].tolist() == [
        "x",
        "x",
        "y",
    ]


def test_tables_without_rows_or_chunks() -> None:
    schema = pa.schema({"text": pa.string(), "n": pa.int64()})
    for table in (schema.empty_table(), pa.Table.from_batches([], schema), pa.table({"text": ["a"], "n": [1]})[:0]):
        result = transform(table)
        assert (result.num_rows, result.column_names) == (0, ["text", "n", "words"])
    batch = transform(pa.RecordBatch.from_pylist([], schema), dropping)
    assert isinstance(batch, pa.RecordBatch)
    assert batch.schema.names == ["text", "size", "sizes"]


def test_a_slice_is_a_table_of_its_own() -> None:
    table = pa.table({"text": [str(n) for n in range(9)], "n": range(9)})
    result = transform(table.slice(3, 4), exploding)
    assert result["n"].to_pylist() == [3, 4, 5, 6]
    again = adapt(transform(table).slice(5, 2), "text")
    (batch,) = _sent(again)
    assert [row[0]["result"] for row in batch.column(2).to_pylist()] == ["5", "6"]


def test_a_reader_is_read_once_batch_by_batch() -> None:
    pulled: list[int] = []
    schema = pa.schema({"text": pa.string()})

    def source() -> Any:
        for n in range(100):
            pulled.append(n)
            yield pa.record_batch([pa.array([f"a {n}"])], schema=schema)

    result = transform(pa.RecordBatchReader.from_batches(schema, source()))
    assert isinstance(result, pa.RecordBatchReader)
    assert pulled == []
    assert result.read_next_batch()["words"][0][1]["result"].as_py() == "0"
    assert pulled == [0]
    assert result.read_all().num_rows == 99


def test_two_columns_of_one_name_are_refused() -> None:
    table = pa.Table.from_arrays([pa.array(["a"])] * 2, names=["text", "text"])
    with pytest.raises(ColumnTypeError, match=r"several columns of one name \(text\)"):
        adapt(table, "text")


def layouts() -> dict[str, pa.Array]:
    """One column of annotations in the layouts that other libraries write."""
    usual = annotated(TEXTS).to_arrow()
    large = pa.struct(
        {
            "annotatorType": pa.large_string(),
            "begin": pa.int64(),
            "end": pa.int64(),
            "result": pa.large_string(),
            "metadata": pa.map_(pa.large_string(), pa.large_string()),
            "embeddings": pa.large_list(pa.float64()),
        }
    )
    pairs = pa.list_(pa.struct({"key": pa.string(), "value": pa.string()}))
    changes: dict[str, dict[str, pa.DataType]] = {
        "dictionary": {"annotatorType": pa.dictionary(pa.int32(), pa.string())},
        "pairs": {"metadata": pairs},
        "large pairs": {"metadata": pa.large_list(pairs.value_type)},
        "struct": {"metadata": pa.struct({"place": pa.string()})},
        "fixed": {"begin": pa.int16()},
    }
    rows = [
        [{**item, "metadata": [("place", dict(item["metadata"])["place"])]} for item in row]
        for row in usual.to_pylist()
    ]
    made = {"usual": pa.array(rows, COLUMN_TYPE), "large": pa.array(rows, pa.large_list(large))}
    for name, change in changes.items():
        fields = [pa.field(f.name, change.get(f.name, f.type)) for f in STRUCT_TYPE]
        made[name] = pa.array([[_as(item, name) for item in row] for row in rows], pa.list_(pa.struct(fields)))
    return made


def _as(item: dict[str, Any], layout: str) -> dict[str, Any]:
    pairs = item["metadata"]
    if "pairs" in layout:
        return {**item, "metadata": [{"key": key, "value": value} for key, value in pairs]}
    return {**item, "metadata": dict(pairs)} if layout == "struct" else item


def _sent(adapter: Any) -> list[pa.RecordBatch]:
    seen: list[pa.RecordBatch] = []

    def run(batches: Any) -> Any:
        seen.extend(batches)
        return iter(())

    adapter.apply(run, adapter.schema)
    return seen


@pytest.mark.parametrize("layout", layouts())
def test_every_layout_of_annotations_is_read(layout: str) -> None:
    made = layouts()
    expected = made["usual"].to_pylist()
    table = pa.table({"text": TEXTS, "words": made[layout]})
    for part in (table, table.slice(2)):
        adapter = adapt(part, "text")
        field = adapter.schema.field("words")
        assert field.type == COLUMN_TYPE
        assert field.metadata[b"annotatorType"] == b"token"
        (batch,) = _sent(adapter)
        batch.validate(full=True)
        assert batch["words"].type == COLUMN_TYPE
        assert batch["words"].to_pylist() == expected[len(TEXTS) - part.num_rows :]
        assert AnnotationColumn.from_arrow(batch["words"]).rows == part.num_rows


def test_nulls_at_every_depth_of_annotations() -> None:
    full = dict(zip(FIELDS, ("token", 0, 0, "a", [("k", None)], [1.0]), strict=True))
    bare = {**full, "metadata": None, "embeddings": None}
    struct = pa.struct([pa.field(field.name, field.type) for field in STRUCT_TYPE])
    words = pa.array([[bare], None, [full, None, full], []], pa.large_list(struct))
    (batch,) = _sent(adapt(pa.table({"words": words.slice(0)}), "text"))
    empty = {**full, "metadata": [], "embeddings": []}
    assert batch["words"].to_pylist() == [[empty], None, [full, full], []]
    (batch,) = _sent(adapt(pa.table({"words": words.slice(1, 2)}), "text"))
    assert batch["words"].to_pylist() == [None, [full, full]]


def test_a_null_map_may_hide_entries() -> None:
    """Arrow lets a null list or map own items; they belong to nobody."""
    keys, values = pa.array(["hidden", "k"]), pa.array(["x", "v"])
    maps = pa.MapArray.from_arrays(pa.array([0, 1, 2], pa.int32()), keys, values)
    hiding = pa.Array.from_buffers(maps.type, 2, [pa.py_buffer(b"\x02"), maps.buffers()[1]], children=[_entries(maps)])
    assert hiding.to_pylist() == [None, [("k", "v")]]
    items = pa.StructArray.from_arrays(
        [
            pa.array(["token", "token"]),
            pa.array([0, 1]),
            pa.array([0, 1]),
            pa.array(["a", "b"]),
            hiding,
            pa.array([[1.0], [2.0]]),
        ],
        names=[field.name for field in STRUCT_TYPE],
    )
    words = pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), items)
    (batch,) = _sent(adapt(pa.table({"words": words}), "text"))
    assert [item["metadata"] for item in batch["words"].to_pylist()[0]] == [[], [("k", "v")]]


def _entries(maps: pa.MapArray) -> pa.StructArray:
    fields = [pa.field("key", pa.string(), nullable=False), pa.field("value", pa.string())]
    return pa.StructArray.from_arrays([maps.keys, maps.items], fields=fields)
