"""pandas: whatever stands beside the texts comes back as it was."""

import datetime
import decimal
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from fake_stages import adding, counting, dropping, exploding, replacing
from hypothesis import given, settings
from hypothesis import strategies as st

from annopipe.annotation import COLUMN_TYPE
from annopipe.errors import ColumnTypeError
from annopipe.frames.detection import adapt


def transform(frame: Any, stage: Any = adding) -> Any:
    adapter = adapt(frame, "text")
    return adapter.apply(*stage(adapter.schema))


def sent(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The values that a frame sends."""
    adapter = adapt(frame, "text")
    batches: list[pa.RecordBatch] = []

    def run(source: Any) -> Any:
        batches.extend(source)
        return iter(())

    adapter.apply(run, adapter.schema)
    return pa.Table.from_batches(batches).to_pydict()


def everything() -> pd.DataFrame:
    """A column of every dtype and of things that Arrow cannot hold."""
    frame = pd.DataFrame(
        {
            "text": ["a b", None, "c"],
            "mixed": pd.Series([1, "x", {1, 2}], dtype=object),
            "huge": pd.Series([2**70, 1, -1], dtype=object),
            "complex": [1j, 2, 3],
            "category": pd.Categorical(["u", None, "u"], categories=["v", "u"], ordered=True),
            "numbers category": pd.Categorical([3, 1, 3]),
            "when": pd.date_range("2026-01-01", periods=3, tz="Europe/Paris"),
            "naive": pd.date_range("2026-01-01", periods=3),
            "while": pd.to_timedelta([1, 2, None], unit="D"),
            "month": pd.period_range("2026-01", periods=3, freq="M"),
            "between": pd.interval_range(0, 3),
            "sparse": pd.arrays.SparseArray([0, 0, 1]),
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "truth": pd.array([True, None, False], dtype="boolean"),
            "half": np.array([1, 2, 3], np.float16),
            "nan": [1.5, float("nan"), -0.0],
            "string": pd.array(["a", None, "c"], dtype="string"),
            "arrow list": pd.array([[1], None, []], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
            "money": pd.Series([decimal.Decimal("1.10"), None, decimal.Decimal("3")], dtype=object),
            "day": pd.Series([datetime.date(2026, 1, 1), None, datetime.date(1, 1, 1)], dtype=object),
            "bytes": pd.Series([b"\xff", None, b""], dtype=object),
            "arrays": pd.Series([np.ones(2), None, np.ones((2, 2))], dtype=object),
            "functions": pd.Series([len, None, print], dtype=object),
            "missing": pd.Series([pd.NA, pd.NaT, None], dtype=object),
        }
    )
    return frame.set_index(pd.MultiIndex.from_tuples([("x", 1), ("x", 1), ("y", None)], names=["k", None]))


def assert_same_cells(left: pd.Series, right: pd.Series) -> None:
    assert left.dtype == right.dtype
    assert left.index.equals(right.index)
    if left.dtype == object:
        assert all(a is b for a, b in zip(left, right, strict=True))
    else:
        pd.testing.assert_series_equal(left, right)


def test_every_other_column_comes_back_as_it_was() -> None:
    frame = everything()
    before = frame.copy()
    result = transform(frame)
    assert list(result.columns) == [*frame.columns, "words"]
    for name in frame.columns:
        assert_same_cells(result[name], frame[name])
        assert_same_cells(frame[name], before[name])
    assert result.index.names == ["k", None]


def test_every_other_column_follows_its_row() -> None:
    frame = everything()
    result = transform(frame, exploding)
    taken = frame.iloc[[0, 0, 2]]
    for name in frame.columns:
        assert_same_cells(result[name], taken[name])
    assert result["number"].tolist() == [0, 1, 0]
    assert result["number"].dtype == np.int32


def test_cells_are_dicts_with_dicts_and_arrays() -> None:
    result = transform(pd.DataFrame({"text": ["a bare", None]}))
    assert result["words"].dtype == object
    first, bare = result["words"][0]
    assert {key: first[key] for key in ("annotatorType", "begin", "end", "result")} == {
        "annotatorType": "token",
        "begin": 0,
        "end": 1,
        "result": "a",
    }
    assert first["metadata"] == {"place": "0", "none": None}
    assert isinstance(first["metadata"], dict)
    assert first["embeddings"].dtype == bare["embeddings"].dtype == np.float32
    assert first["embeddings"].tolist() == [1.0, 0.0]
    assert bare["embeddings"].shape == (0,)
    assert result["words"][1] == []


def test_plain_columns_get_pandas_types() -> None:
    result = transform(pd.DataFrame({"text": ["ab c", ""], "n": [1, 2]}), dropping)
    assert result["size"].dtype == np.int64
    assert [vector.tolist() for vector in result["sizes"][0]] == [[2.0], [1.0]]
    assert result["sizes"][1] == []


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(5, 11, 3),
        pd.Index(["k", "k"]),
        pd.Index([1.5, float("nan")]),
        pd.Index([None, "x"], dtype=object),
        pd.date_range("2026-01-01", periods=2, freq="MS", name="when"),
        pd.CategoricalIndex(["a", "b"]),
        pd.interval_range(0, 2),
    ],
    ids=lambda index: type(index).__name__,
)
def test_the_index_is_the_same(index: pd.Index) -> None:
    frame = pd.DataFrame({"text": ["a b", "c"]}, index=index)
    pd.testing.assert_index_equal(transform(frame).index, index, exact=True)
    pd.testing.assert_index_equal(transform(frame, exploding).index, index.take([0, 0, 1]))


def test_the_result_shares_nothing_with_the_frame() -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "n": [1, 2]})
    result = transform(frame)
    result.loc[0, "n"] = 9
    result.loc[0, "text"] = "z"
    assert frame.to_dict("list") == {"text": ["a", "b"], "n": [1, 2]}
    assert "words" not in frame
    assert frame.attrs == {}


def test_missing_texts_of_every_sort_are_null() -> None:
    cells = pd.Series(["a", None, float("nan"), pd.NA, np.float64("nan"), pd.NaT], dtype=object)
    assert sent(pd.DataFrame({"text": cells}))["text"] == ["a", None, None, None, None, None]
    assert sent(pd.DataFrame({"text": [float("nan")] * 2}))["text"] == [None, None]


def test_a_text_column_with_other_things_says_which_and_is_no_text() -> None:
    field = adapt(pd.DataFrame({"text": pd.Series(["a", None, 5], dtype=object)}), "text").schema.field("text")
    assert "str, at row 2 int" in str(field.type)
    assert pa.types.is_nested(field.type)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ColumnTypeError, match=r"several columns of one name \(a\)"):
        adapt(pd.DataFrame([[1, 2]], columns=["a", "a"]), "text")
    with pytest.raises(ColumnTypeError, match=r"several columns of one name \(1\)"):
        adapt(pd.DataFrame([[1, 2]], columns=[1, "1"]), "text")


def test_labels_that_are_no_text_stay() -> None:
    label = datetime.date(2026, 1, 1)
    frame = pd.DataFrame([["a b", 1, 2, 3]], columns=pd.Index(["text", 0, label, None], dtype=object))
    assert adapt(frame, "text").schema.names[:4] == ["text", "0", "2026-01-01", "None"]
    assert list(transform(frame).columns) == ["text", 0, label, None, "words"]


def test_a_replaced_column_keeps_its_label() -> None:
    frame = pd.DataFrame({"z": [1], "text": ["a b"], "n": [2]})
    result = transform(frame, replacing)
    assert list(result.columns) == ["z", "text", "n"]
    assert [note["result"] for note in result["text"][0]] == ["a", "b"]
    assert frame["text"][0] == "a b"


def test_columns_in_levels() -> None:
    frame = pd.DataFrame([["a b", 1]], columns=pd.MultiIndex.from_tuples([("text", "en"), ("n", "")]))
    adapter = adapt(frame, "('text', 'en')")
    result = adapter.apply(lambda batches: batches, adapter.schema)
    pd.testing.assert_frame_equal(result, frame)


def test_a_subclass_and_attributes_stay() -> None:
    class Own(pd.DataFrame):
        @property
        def _constructor(self) -> type:
            return Own

    frame = Own({"text": ["a b"]})
    frame.attrs["source"] = "here"
    result = transform(frame, exploding)
    assert isinstance(result, Own)
    assert result.attrs["source"] == "here"
    assert frame.attrs == {"source": "here"}


@pytest.mark.parametrize("dtype", ["object", "string[python]", "category"])
def test_surrogates_are_mended_and_counted(dtype: str) -> None:
    cells = pd.Series(["a\ud800", None, "b", "\udc00\udfff"], dtype=object)
    if dtype == "category":
        categories = pd.Index(["b", "a\ud800", "\udc00\udfff"], dtype=object)
        cells = pd.Series(pd.Categorical.from_codes([1, -1, 0, 2], categories))
    else:
        cells = cells.astype(dtype)
    frame = pd.DataFrame({"text": cells, "id": cells})
    adapter = adapt(frame, "text")
    stage, seen = counting(adapter.schema)
    result = adapter.apply(*stage)
    assert seen == [1, 0, 0, 2]
    assert result["words"][3][0]["result"] == "\ufffd\ufffd"
    assert result["text"][0] == "a\ud800"
    assert sent(frame)["id"] == ["a\ufffd", None, "b", "\ufffd\ufffd"]


def _by_key(item: dict[str, Any]) -> dict[str, Any]:
    """Parquet's structs may have their fields in another order."""
    return {**item, "metadata": dict(item["metadata"])}


class TestAnnotationsComeBackIn:
    def test_the_kind_and_the_fields_notes_are_kept(self) -> None:
        result = transform(pd.DataFrame({"text": ["a", None]}))
        field = adapt(result, "text").schema.field("words")
        assert field.type == COLUMN_TYPE
        assert (field.metadata[b"annotatorType"], field.metadata[b"dimension"]) == (b"token", b"2")
        assert "words" not in adapt(result.drop(columns="words"), "text").schema.names

    @pytest.mark.parametrize("texts", [[], [None, ""]])
    def test_a_frame_without_any_annotation_keeps_the_kind(self, texts: list[str | None]) -> None:
        result = transform(pd.DataFrame({"text": pd.Series(texts, dtype=object)}))
        field = adapt(pickle.loads(pickle.dumps(result)), "text").schema.field("words")  # noqa: S301
        assert field.type == COLUMN_TYPE
        assert field.metadata[b"annotatorType"] == b"token"

    def test_what_the_cells_say_counts_more_than_an_old_note(self) -> None:
        result = transform(pd.DataFrame({"text": ["a"]}))
        result["words"] = [[{**result["words"][0][0], "annotatorType": "document"}]]
        metadata = adapt(result, "text").schema.field("words").metadata
        assert metadata[b"annotatorType"] == b"document"
        assert b"dimension" not in metadata
        result["words"] = ["plain"]
        assert adapt(result, "text").schema.field("words").type == pa.large_string()

    def test_through_parquet(self, tmp_path: Any) -> None:
        """Arrow gives pandas arrays of dicts, with structs or pairs for metadata."""
        result = transform(pd.DataFrame({"text": ["a b", None, "bare"]}))
        expected = sent(result)["words"]
        adapter = adapt(pa.table({"text": ["a b", None, "bare"]}), "text")
        as_arrow = adapter.apply(*adding(adapter.schema))
        assert sent(as_arrow.to_pandas())["words"] == expected
        result.to_parquet(tmp_path / "f.parquet")
        read = sent(pd.read_parquet(tmp_path / "f.parquet"))["words"]
        assert [[_by_key(item) for item in row] for row in read] == [
            [_by_key(item) for item in row] for row in expected
        ]

    def test_as_arrow_dtype(self) -> None:
        adapter = adapt(pa.table({"text": ["a b", None, "bare"]}), "text")
        frame = adapter.apply(*adding(adapter.schema)).to_pandas(types_mapper=pd.ArrowDtype)
        assert adapt(frame, "text").schema.field("words").metadata[b"annotatorType"] == b"token"
        assert [len(cell) for cell in sent(frame)["words"]] == [2, 0, 1]


@given(st.data())
@settings(max_examples=50)
def test_any_rows_of_any_frame(data: st.DataObject) -> None:
    """Row by row, what stood beside a text still stands there, however rows multiply."""
    things = st.none() | st.integers() | st.text(max_size=3) | st.floats() | st.binary(max_size=2)
    texts = data.draw(st.lists(st.none() | st.text("ab ", max_size=6), max_size=30))
    cells = data.draw(st.lists(things, min_size=len(texts), max_size=len(texts)))
    labels = data.draw(st.lists(st.integers(0, 3), min_size=len(texts), max_size=len(texts)))
    index = pd.Index(labels, dtype="int64")
    frame = pd.DataFrame({"text": pd.Series(texts, index, dtype=object), "x": pd.Series(cells, index, dtype=object)})
    result = transform(frame, exploding)
    rows = [row for row, text in enumerate(texts) for _ in (text or "").split()]
    assert result.index.tolist() == [labels[row] for row in rows]
    assert all(cell is cells[row] for cell, row in zip(result["x"], rows, strict=True))
