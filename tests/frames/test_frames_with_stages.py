"""Frames of every kind through stages of ours: one answer, and errors that say what is there."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from frame_kinds import KINDS, Kind

from annopipe.annotation import COLUMN_TYPE
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.sentence_detector import SentenceDetector
from annopipe.annotators.tokenizer import Tokenizer
from annopipe.errors import AnnopipeError, ColumnTypeError
from hollow import GARBAGE, NOWHERE, hollow

TEXTS = ["Hello world. It rains.", None, "", "One. Two. Three", "no end"]


def _documents(frame: Any) -> Any:
    return DocumentAssembler(inputCol="text", outputCol="document", idCol="n").transform(frame)


def _sentences(frame: Any) -> Any:
    return SentenceDetector(inputCols=["document"], outputCol="sentence", explodeSentences=True).transform(frame)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_step_by_step_every_kind_gives_the_same(kind: Kind) -> None:
    frame = _sentences(_documents(kind.make(list(TEXTS))))
    assert isinstance(frame, kind.result)
    rows = kind.rows(frame)
    found = [(row["n"], [item["result"] for item in row["sentence"]]) for row in rows]
    assert [pair for pair in found if pair[1]] == [
        (0, ["Hello world."]),
        (0, ["It rains."]),
        (3, ["One."]),
        (3, ["Two."]),
        (3, ["Three"]),
        (4, ["no end"]),
    ]
    assert [row["document"][0]["metadata"]["id"] for row in rows] == [str(row["n"]) for row in rows]
    assert [row["text"] for row in rows] == [TEXTS[row["n"]] for row in rows]


# A list or an iterator of no dicts has no columns.
TABLES = [kind for kind in KINDS if "dicts" not in kind.name]


@pytest.mark.parametrize("kind", TABLES, ids=lambda kind: kind.name)
def test_a_frame_without_rows_goes_all_the_way(kind: Kind) -> None:
    frame = Tokenizer(inputCols=["document"], outputCol="token").fit(None).transform(_documents(kind.make([])))
    assert kind.rows(frame) == []


def test_an_assembler_may_replace_its_text() -> None:
    result = DocumentAssembler(inputCol="text", outputCol="text").transform(pd.DataFrame({"text": ["a"], "n": [1]}))
    assert list(result.columns) == ["text", "n"]
    assert result["text"][0][0]["annotatorType"] == "document"


def test_replaced_characters_reach_the_document() -> None:
    (row,) = DocumentAssembler(inputCol="text").transform(["a\ud800"])
    assert row["document"][0].metadata["replacedCharacters"] == "1"


def test_a_column_of_other_things_is_refused_with_what_it_holds() -> None:
    frame = pd.DataFrame({"text": pd.Series(["a", 5], dtype=object)})
    with pytest.raises(ColumnTypeError, match=r"str, at row 1 int"):
        DocumentAssembler(inputCol="text").transform(frame)


def test_an_existing_output_column_is_refused_even_where_arrow_cannot_hold_it() -> None:
    frame = pd.DataFrame({"text": ["a"], "document": pd.Series([object()])})
    with pytest.raises(AnnopipeError, match="'document' exists already"):
        DocumentAssembler(inputCol="text", outputCol="document").transform(frame)


@pytest.mark.parametrize("offsets", [NOWHERE, GARBAGE], ids=["nowhere", "garbage"])
def test_columns_that_came_without_offsets(offsets: pa.Buffer) -> None:
    """As a table has them that came from Arrow's Java."""
    type_ = pa.list_(pa.struct([pa.field("m", pa.map_(pa.string(), pa.list_(pa.string())))]))
    empty = hollow(pa.array([[], None], type_), offsets)
    table = pa.table({"text": ["a", None], "other": empty})
    result = DocumentAssembler(inputCol="text", outputCol="document").transform(table)
    assert result["other"].to_pylist() == [[], None]
    assert result.nbytes > 0
    assert result.schema.field("other") == table.schema.field("other")
    documents = hollow(pa.array([[], []], COLUMN_TYPE), offsets)
    tokens = Tokenizer(inputCols=["document"], outputCol="token").fit()
    assert tokens.transform(pa.table({"document": documents}))["token"].to_pylist() == [[], []]
