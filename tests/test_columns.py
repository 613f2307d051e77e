"""AnnotationColumn: to Arrow and back, rows taken, odd metadata and vectors."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annopipe.annotation import COLUMN_TYPE, Annotation
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.errors import ColumnTypeError

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@st.composite
def columns(draw: st.DrawFn) -> AnnotationColumn:
    counts = draw(st.lists(st.integers(0, 3), max_size=5))
    total = sum(counts)
    many = lambda s: draw(st.lists(s, min_size=total, max_size=total))  # noqa: E731
    bare = np.array(many(st.booleans()), np.bool_)
    has_vectors = draw(st.booleans()) and not bare.all()
    vectors = np.arange(total * 2, dtype=np.float32).reshape(total, 2)
    vectors[bare] = 0
    return AnnotationColumn(
        annotator_type="token" if total else "",
        offsets=rows_of(counts),
        begin=np.array(many(st.integers(0, 99)), np.int64),
        end=np.array(many(st.integers(-1, 99)), np.int64),
        result=many(texts),
        metadata={"sentence": many(texts | st.none()), "b": many(texts)} if total else {},
        vectors=vectors if has_vectors else None,
        bare=bare if has_vectors and bare.any() else None,
    )


@given(columns())
def test_arrow_keeps_every_field(column: AnnotationColumn) -> None:
    array = column.to_arrow()
    array.validate(full=True)
    assert array.type == COLUMN_TYPE
    assert list(AnnotationColumn.from_arrow(array)) == list(column)


@given(columns(), st.data())
def test_rows_taken_are_the_rows(column: AnnotationColumn, data: st.DataObject) -> None:
    if not column.rows:
        return
    rows = data.draw(st.lists(st.integers(0, column.rows - 1), max_size=6))
    taken = column.take_rows(np.array(rows, np.int64))
    assert list(taken) == [column.row(i) for i in rows]


@given(columns(), st.integers(0, 4), st.integers(0, 4))
def test_sliced_arrow_reads_as_the_slice(column: AnnotationColumn, start: int, length: int) -> None:
    sliced = column.to_arrow().slice(start, length)
    assert list(AnnotationColumn.from_arrow(sliced)) == list(column)[start : start + length]


def _token(**changes: object) -> AnnotationColumn:
    column = AnnotationColumn(
        "token", rows_of([1, 1]), np.array([0, 0]), np.array([0, 0]), ["a", "b"], {"sentence": ["0", "0"]}
    )
    return replace(column, **changes)  # type: ignore[arg-type]


def test_inherited_metadata_gives_way_to_own() -> None:
    column = _token(inherited=[{"id": "7", "sentence": "9"}, None])
    assert [row[0].metadata for row in column] == [{"id": "7", "sentence": "0"}, {"sentence": "0"}]
    assert list(AnnotationColumn.from_arrow(column.to_arrow())) == list(column)


def test_null_rows_are_empty() -> None:
    array = pa.concat_arrays([pa.array([None], COLUMN_TYPE), _token().to_arrow()])
    assert [len(row) for row in AnnotationColumn.from_arrow(array)] == [0, 1, 1]


def test_mixed_kinds_are_refused() -> None:
    other = _token(annotator_type="document")
    array = pa.concat_arrays([other.to_arrow(), _token().to_arrow()])
    with pytest.raises(ColumnTypeError, match="several kinds"):
        AnnotationColumn.from_arrow(array)


def test_vectors_of_two_lengths_are_refused() -> None:
    first = _token(vectors=np.ones((2, 3), np.float32)).to_arrow()
    second = _token(vectors=np.ones((2, 4), np.float32)).to_arrow()
    with pytest.raises(ColumnTypeError, match="several lengths"):
        AnnotationColumn.from_arrow(pa.concat_arrays([first, second]))


def test_annotation_prints_as_in_spark_nlp() -> None:
    vector = np.array([0.5, -0.20784149], np.float32)
    shown = repr(Annotation("token", 0, 1, "ab", {"sentence": "0"}, vector))
    assert shown == "Annotation(token, 0, 1, ab, {'sentence': '0'}, [0.5, -0.20784149])"
    assert Annotation("token", 0, 1, "ab", {}, [1.0]) == Annotation("token", 0, 1, "ab", {}, np.ones(1, np.float32))
