"""Texts in every layout that Arrow has for them, read as texts, carried and multiplied as they are."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from annopipe import DocumentAssembler, Pipeline, SentenceDetector
from annopipe.annotators.text_values import is_text_list, text_lists_of, texts_of

TEXTS = ["a b", None, "c", "a b", "c"]
INDICES = (pa.int8(), pa.uint8(), pa.int16(), pa.uint32(), pa.int64(), pa.uint64())
STRINGS = (pa.string(), pa.large_string(), pa.string_view())
LISTS = [["a", "b"], None, [None], [], ["c"]]


def _dictionary(values: pa.DataType, index: pa.DataType) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 0, 1], index), pa.array(["a b", "c"], values))


def _nulls_inside(values: pa.DataType) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0, 2, 1, 0, 1]), pa.array(["a b", "c", None], values))


def _runs(values: pa.Array, ends: pa.DataType) -> pa.Array:
    """Runs of length one, but for a slice that begins inside the first run."""
    return pa.RunEndEncodedArray.from_arrays(pa.array([3, 4, 5, 6, 7], ends), values)[2:]


def _stored(type_: Any, values: pa.DataType) -> pa.Array:
    return pa.ExtensionArray.from_storage(type_, pa.array(TEXTS, values))


def text_arrays() -> dict[str, pa.Array]:
    """The same five texts in each layout."""
    arrays = {str(type_): pa.array(TEXTS, type_) for type_ in STRINGS}
    for type_ in STRINGS:
        arrays |= {f"dictionary<{type_}, {index}>": _dictionary(type_, index) for index in INDICES}
        arrays[f"dictionary<{type_}> with nulls inside"] = _nulls_inside(type_)
        arrays[f"runs<{type_}>"] = _runs(pa.array(TEXTS, type_), pa.int32())
        if hasattr(pa, "json_"):
            arrays[f"json<{type_}>"] = _stored(pa.json_(type_), type_)
    arrays["runs<dictionary>"] = _runs(pa.array(TEXTS).dictionary_encode(), pa.int16())
    if hasattr(pa, "opaque"):
        arrays["opaque"] = _stored(pa.opaque(pa.string(), "type", "vendor"), pa.string())
    arrays["binary view"] = pa.array([text and text.encode() for text in TEXTS], pa.binary_view())
    return arrays


def exploding() -> Any:
    """A pipeline that makes a row of each sentence."""
    detector = SentenceDetector(inputCols=["document"], outputCol="s", explodeSentences=True)
    return Pipeline(stages=[DocumentAssembler(inputCol="text"), detector]).fit()


def list_arrays() -> dict[str, pa.Array]:
    """The same five lists of texts in each layout."""
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2]), pa.array(["a", "b", "c"], pa.string_view()))
    offsets = pa.array([0, None, 2, 3, 3, 4], pa.int32())
    made = {f"list<{type_}>": pa.array(LISTS, pa.list_(type_)) for type_ in STRINGS}
    made |= {f"large<{type_}>": pa.array(LISTS, pa.large_list(type_)) for type_ in STRINGS}
    made |= {f"view<{type_}>": pa.array(LISTS, pa.list_view(type_)) for type_ in STRINGS}
    made |= {f"large view<{type_}>": pa.array(LISTS, pa.large_list_view(type_)) for type_ in STRINGS}
    made["list<dictionary<view>>"] = pa.ListArray.from_arrays(offsets, coded)
    made["list<dictionary>"] = pa.array(LISTS, pa.list_(pa.dictionary(pa.int8(), pa.string())))
    return made


ARRAYS, LISTED = text_arrays(), list_arrays()
OTHERS = {
    "fixed<view>": pa.array([["a", "b"], None, [None, "x"], ["b", "c"], ["d", "e"]], pa.list_(pa.string_view(), 2)),
    "runs of numbers": _runs(pa.array([1, None, 3, 4, 5]), pa.int32()),
    "map<view>": pa.array([[("k", "v")], None, [], [("l", None)], []], pa.map_(pa.string_view(), pa.string_view())),
    "struct<runs>": pa.StructArray.from_arrays([_runs(pa.array(TEXTS), pa.int32())], names=["r"]),
    "sparse union": pa.UnionArray.from_sparse(
        pa.array([0, 1, 0, 1, 0], pa.int8()), [pa.array(["a", "b", "c", "d", "e"]), pa.array([1, 2, 3, 4, 5])]
    ),
    "duration": pa.array([1, None, 3, 4, 5], pa.duration("ns")),
    "interval": pa.array([pa.MonthDayNano([1, 2, 3])] * 5),
    "null": pa.nulls(5),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_text_is_text(name: str) -> None:
    array = ARRAYS[name]
    for part in (array, array[1:4], pa.concat_arrays([array[3:], array[:3]])[2:], array[:0]):
        assert texts_of(part, "c") == [text.decode() if isinstance(text, bytes) else text for text in part.to_pylist()]
    assert texts_of(array, "c") == TEXTS


@pytest.mark.parametrize("name", LISTED)
def test_lists_of_texts_are_documents(name: str) -> None:
    array = LISTED[name]
    assert is_text_list(array.type)
    for part in (array, array[1:4], array[:0]):
        assert text_lists_of(part, "c") == part.to_pylist()
    assert text_lists_of(array, "c") == LISTS


def test_a_list_of_nothing_but_nulls_is_a_list_of_texts() -> None:
    assert text_lists_of(pa.array([[None], None, []], pa.list_(pa.null())), "c") == [[None], None, []]


class Stream:
    """A frame of a library that nothing here knows."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._table.__arrow_c_stream__(requested_schema)


KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "table": lambda table: table,
    "two chunks of their own dictionaries": lambda table: pa.concat_tables([table[:2], table[2:]]),
    "batch": lambda table: table.to_batches()[0],
    "reader": lambda table: table.to_reader(),
    "stream": Stream,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*ARRAYS, *LISTED])
def test_frames_of_every_layout(name: str, kind: str) -> None:
    array = {**ARRAYS, **LISTED}[name]
    result = DocumentAssembler(inputCol="text").transform(KINDS[kind](pa.table({"text": array})))
    table = result.read_all() if kind == "reader" else result
    found = [[one["result"] for one in row] for row in table.column("document").to_pylist()]
    expected = LISTS if name in LISTED else [[text] for text in TEXTS]
    assert found == [[text or "" for text in row or ()] for row in expected]
    assert table.schema.field("text").type == array.type


@pytest.mark.parametrize("name", [*ARRAYS, *LISTED, *OTHERS])
def test_columns_of_every_layout_are_carried_and_multiplied(name: str) -> None:
    array = {**ARRAYS, **LISTED, **OTHERS}[name]
    table = pa.table({"text": ["One. Two.", "x", "Three. Four.", "y", "z"], "other": array})
    result = exploding().transform(table)
    result.validate(full=True)
    assert result.schema.field("other").type == array.type
    values = array.to_pylist()
    assert result.column("other").to_pylist() == [values[row] for row in (0, 0, 1, 2, 2, 3, 4)]


@pytest.mark.parametrize("name", [name for name in ARRAYS if name != "opaque"])
def test_pandas_columns_of_every_arrow_type(name: str) -> None:
    frame = pd.DataFrame({"text": pd.arrays.ArrowExtensionArray(ARRAYS[name])})
    result = DocumentAssembler(inputCol="text").transform(frame)
    assert [row[0]["result"] for row in result["document"]] == ["a b", "", "c", "a b", "c"]
    beside = pd.DataFrame({"text": ["One. Two."] * 5, "other": frame["text"].array}, index=list("vwxyz"))
    made = exploding().transform(beside)
    assert made["other"].dtype == frame["text"].dtype
    values = pa.array(made["other"]).to_pylist()
    assert values == [value for value in ARRAYS[name].to_pylist() for _ in range(2)]
    assert made.index.tolist() == list("vvwwxxyyzz")


@pytest.mark.parametrize(
    "type_", [pl.Categorical, pl.Enum(["c", "a b"]), pl.List(pl.Categorical), pl.Array(pl.Categorical, 1)]
)
def test_polars_categories_however_they_come(type_: Any) -> None:
    texts = TEXTS if type_ in (pl.Categorical, pl.Enum(["c", "a b"])) else [[text] for text in TEXTS]
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=type_)})
    for given in (frame, frame.lazy(), pa.table(frame), pa.RecordBatchReader.from_stream(frame)):
        result = DocumentAssembler(inputCol="text").transform(given)
        table = result.collect() if isinstance(result, pl.LazyFrame) else result
        table = table.read_all() if isinstance(table, pa.RecordBatchReader) else table
        cells = table["document"].to_list() if isinstance(table, pl.DataFrame) else table.column("document").to_pylist()
        assert [row[0]["result"] for row in cells] == ["a b", "", "c", "a b", "c"]


def test_a_long_dictionary_is_read_only_where_rows_point() -> None:
    words = pa.array([f"word {n}" for n in range(100_000)], pa.string_view())
    array = pa.DictionaryArray.from_arrays(pa.array([99_999, 0]), words)
    assert texts_of(array, "c") == ["word 99999", "word 0"]
