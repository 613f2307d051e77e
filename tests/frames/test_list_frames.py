"""Lists and iterators: of texts, of lists of texts, of dicts."""

import gc
import itertools
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from fake_stages import adding, counting, dropping, exploding

from annopipe.annotation import Annotation
from annopipe.errors import ColumnTypeError
from annopipe.frames.detection import adapt


def transform(frame: Any, stage: Any = adding) -> Any:
    adapter = adapt(frame, "text")
    return adapter.apply(*stage(adapter.schema))


def test_texts_give_dicts_of_the_new_columns() -> None:
    result = transform(["a bare", None, ""])
    assert [list(row) for row in result] == [["words"]] * 3
    assert result[1] == result[2] == {"words": []}
    first, second = result[0]["words"]
    assert first == Annotation("token", 0, 1, "a", {"place": "0", "none": None}, [1.0, 0.0])
    assert first.embeddings.dtype == np.float32
    assert second.embeddings.dtype == np.float32
    assert second.embeddings.shape == (0,)


def test_vectors_belong_to_the_caller() -> None:
    first, second = transform(["a b", "c"])
    first["words"][0].embeddings[:] = 7
    assert first["words"][1].embeddings.tolist() == [1.0, 1.0]
    assert second["words"][0].embeddings.tolist() == [1.0, 0.0]


def test_kept_vectors_hold_only_their_row() -> None:
    rows = transform(["a"] * 1000)
    kept = rows[0]["words"][0].embeddings
    assert kept.base is None or kept.base.size == 2


def test_finished_vectors_are_arrays_and_plain_values_plain() -> None:
    def stage(schema: pa.Schema) -> Any:
        return dropping(schema)

    (row,) = transform(["ab c"], stage)
    assert row["size"] == 4
    assert isinstance(row["size"], int)
    assert [vector.dtype for vector in row["sizes"]] == [np.float32, np.float32]
    assert [vector.tolist() for vector in row["sizes"]] == [[2.0], [1.0]]


def test_lists_of_texts_are_one_row_each() -> None:
    adapter = adapt([["a", None], None, [], ["b"]], "text")
    assert adapter.schema.field("text").type == pa.list_(pa.large_string())
    seen: list[Any] = []

    def run(batches: Any) -> Any:
        for batch in batches:
            seen.extend(batch.column(0).to_pylist())
            yield batch

    assert adapter.apply(run, adapter.schema) == [{}] * 4
    assert seen == [["a", None], None, [], ["b"]]


def test_an_empty_list_gives_an_empty_list() -> None:
    assert transform([]) == []
    assert list(transform(iter([]))) == []


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (["a", 5], "row 1 holds a int"),
        ([None, None, b"a"], "row 2 holds a bytes"),
        (["a", float("nan")], "row 1 holds a float.*missing one None"),
        (["a", ["b"]], "row 1 holds a list"),
        ([["a"], "b"], "row 1 holds a str.*lists of str"),
        ([["a"], ["b", 3]], "row 1 holds a int"),
        ([{"text": "a"}, "b"], "row 1 holds a str.*dicts"),
        ([{"text": "a"}, None], "row 1 holds a NoneType"),
        ([{3: "a"}], "row 0 holds a int.*keys"),
    ],
)
def test_rows_of_a_wrong_type_are_named(items: list[Any], said: str) -> None:
    with pytest.raises(ColumnTypeError, match=said):
        adapt(items, "text")
    with pytest.raises(ColumnTypeError, match=said):
        _sent(adapt(iter(items), "text"))


class TestDicts:
    def test_values_come_back_as_they_were(self) -> None:
        thing = object()
        rows = [{"text": "a b", "thing": thing, "m": {"k": "v"}}, {"text": None, "n": 2**70}]
        result = transform(rows)
        assert [list(row) for row in result] == [["text", "thing", "m", "words"], ["text", "n", "words"]]
        assert result[0]["thing"] is thing
        assert result[0]["m"] is rows[0]["m"]
        assert result[1]["n"] == 2**70
        assert list(rows[0]) == ["text", "thing", "m"]

    def test_types_are_those_of_the_values(self) -> None:
        rows = [
            {
                "s": "a",
                "i": 1,
                "f": 1,
                "m": {"a": "1"},
                "t": ["a"],
                "mixed": 1,
                "none": None,
                "v": [0.5],
                "d": {"a": 1},
            },
            {"s": None, "i": 2, "f": 1.5, "m": {"b": None}, "t": [], "mixed": "x", "none": None, "v": None, "d": {}},
        ]
        schema = adapt(rows, "text").schema
        assert schema.field("s").type == pa.large_string()
        assert schema.field("i").type == pa.int64()
        assert schema.field("f").type == pa.float64()
        assert schema.field("m").type == pa.map_(pa.string(), pa.string())
        assert schema.field("t").type == pa.list_(pa.string())
        assert schema.field("none").type == pa.null()
        assert "int, at row 1 str" in str(schema.field("mixed").type)
        assert "Python objects (list)" in str(schema.field("v").type)
        assert schema.field("d").type == pa.struct({"a": pa.int64()})

    def test_rows_multiply(self) -> None:
        result = transform([{"text": "a b", "id": 1}, {"text": "", "id": 2}, {"text": "c", "id": 3}], exploding)
        assert [(row["id"], row["words"][0].result, row["number"]) for row in result] == [
            (1, "a", 0),
            (1, "b", 1),
            (3, "c", 0),
        ]

    def test_annotations_go_in_as_objects_or_dicts(self) -> None:
        notes = transform(["a b"])[0]["words"]
        for cells in (notes, [note.asDict() for note in notes], tuple(notes)):
            adapter = adapt([{"text": "x", "w": None}, {"text": "x", "w": []}, {"text": "x", "w": cells}], "text")
            assert adapter.schema.field("w").metadata[b"annotatorType"] == b"token"
            (batch,) = _sent(adapter)
            read = batch.column(batch.schema.get_field_index("w")).to_pylist()
            assert read[:2] == [None, []]
            assert [item["result"] for item in read[2]] == ["a", "b"]
            assert [item["embeddings"] for item in read[2]] == [[1.0, 0.0], [1.0, 1.0]]

    @pytest.mark.parametrize("wrong", ["text", 5, [3], [{"begin": 1}]])
    def test_a_cell_that_holds_no_annotations_is_named(self, wrong: Any) -> None:
        notes = transform(["a b"])[0]["words"]
        with pytest.raises(ColumnTypeError, match="column 'w', row 1: a cell of annotations"):
            _sent(adapt([{"w": notes}, {"w": wrong}], "text"))

    def test_a_field_of_another_type_is_named(self) -> None:
        note = Annotation("token", 0, 0, "a", {"k": 5})  # type: ignore[dict-item]
        with pytest.raises(ColumnTypeError, match="column 'w', rows 0 to 0: a field of an annotation"):
            _sent(adapt([{"w": [note]}], "text"))


def _sent(adapter: Any) -> list[pa.RecordBatch]:
    """The batches that a frame sends."""
    seen: list[pa.RecordBatch] = []

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        seen.extend(batches)
        return iter(())

    list(adapter.apply(run, adapter.schema))
    return seen


class TestSurrogates:
    TEXTS = ("a\ud800", None, "b", "\udc00\udfff c")

    def test_replaced_characters_are_counted_row_by_row(self) -> None:
        for frame in (list(self.TEXTS), iter(self.TEXTS), [{"text": text} for text in self.TEXTS]):
            adapter = adapt(frame, "text")
            stage, seen = counting(adapter.schema)
            result = list(adapter.apply(*stage))
            assert seen == [1, 0, 0, 2]
            assert result[3]["words"][0].result == "\ufffd\ufffd"

    def test_lists_of_texts_count_the_row(self) -> None:
        adapter = adapt([["a\ud800", "\ud800"], ["b"]], "text")
        (batch,) = _sent(adapter)
        assert batch.column(0).to_pylist() == [["a\ufffd", "\ufffd"], ["b"]]
        assert batch.column(1).to_pylist() == [2, 0]

    def test_other_columns_are_mended_without_a_note(self) -> None:
        rows = [{"text": "a", "id": "\ud800", "m": {"k\ud800": "\ud800", "n": None}, "t": ["\ud800", "x"]}]
        (batch,) = _sent(adapt(rows, "text"))
        row = batch.to_pylist()[0]
        assert row["id"] == "\ufffd"
        assert row["m"] == [("k\ufffd", "\ufffd"), ("n", None)]
        assert row["t"] == ["\ufffd", "x"]
        assert "__annopipe_replaced__" not in row

    def test_annotations_with_surrogates_are_mended(self) -> None:
        note = Annotation("token", 0, 0, "\ud800", {"\ud800": "\udfff"})
        (batch,) = _sent(adapt([{"w": [note]}], "text"))
        (read,) = batch.column(0).to_pylist()[0]
        assert (read["result"], read["metadata"]) == ("\ufffd", [("\ufffd", "\ufffd")])


class TestStreams:
    def test_nothing_is_pulled_but_what_tells_the_kind(self) -> None:
        pulled: list[int] = []

        def source() -> Iterator[str]:
            for n in itertools.count():
                pulled.append(n)
                yield f"text {n}"

        result = transform(source())
        assert pulled == [0]
        assert next(result)["words"][1].result == "0"
        assert len(pulled) == 1
        taken = list(itertools.islice(result, 99))
        assert [row["words"][1].result for row in taken] == [str(n) for n in range(1, 100)]
        assert len(pulled) <= 256

    def test_much_text_makes_small_chunks(self) -> None:
        pulled: list[int] = []

        def source() -> Iterator[str]:
            for n in range(64):
                pulled.append(n)
                yield "x" * 300_000

        result = transform(source())
        for _ in range(20):
            next(result)
        assert len(pulled) <= 28

    def test_rows_before_a_wrong_one_come_out(self) -> None:
        result = transform(iter(["a", "b", "c", "d", "e", 6, "g"]))
        assert [next(result)["words"][0].result for _ in range(5)] == ["a", "b", "c", "d", "e"]
        with pytest.raises(ColumnTypeError, match="row 5 holds a int"):
            next(result)

    def test_leading_nulls_do_not_hide_the_kind(self) -> None:
        assert len(list(transform(iter([None, None, "a"])))) == 3
        result = list(transform(iter([{"text": None, "late": None}, *[{"text": "a", "late": "b"}] * 40])))
        assert [row["late"] for row in result] == [None, *["b"] * 40]

    def test_a_value_of_another_type_than_the_first_rows_is_named(self) -> None:
        rows = ({"text": "a", "n": 1 if n < 50 else "x"} for n in range(60))
        with pytest.raises(ColumnTypeError, match=r"column 'n', row 50: a str does not fit.*int64"):
            list(transform(rows))

    def test_late_keys_stay_and_may_not_hide_an_output(self) -> None:
        rows = [*[{"text": "a"}] * 20, {"text": "b", "more": 1}]
        assert list(transform(iter(rows)))[20]["more"] == 1
        rows[-1]["words"] = "mine"
        with pytest.raises(ColumnTypeError, match="row 20 brings a value of its own for the output column 'words'"):
            list(transform(iter(rows)))

    def test_items_are_let_go(self) -> None:
        class Row(dict[str, Any]):
            pass

        alive: list[weakref.ref[Row]] = []

        def source() -> Iterator[Row]:
            for n in range(6000):
                row = Row(text=f"a {n}")
                alive.append(weakref.ref(row))
                yield row

        for number, _ in enumerate(transform(source())):
            if number % 1000 == 999:
                gc.collect()
                assert sum(reference() is not None for reference in alive) < 5000
        gc.collect()
        assert not [reference for reference in alive[:-2048] if reference() is not None]

    def test_an_error_of_the_source_arrives(self) -> None:
        def source() -> Iterator[str]:
            yield "a"
            raise OSError("the file is gone")

        result = transform(source())
        assert next(result)["words"][0].result == "a"
        with pytest.raises(OSError, match="the file is gone"):
            next(result)
