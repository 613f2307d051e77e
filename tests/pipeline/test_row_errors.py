"""Errors that one row brings about name it by its number in the caller's frame, and the stage that met it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from annopipe import (
    AlbertEmbeddings,
    DocumentAssembler,
    LightPipeline,
    Pipeline,
    PipelineModel,
    RegexMatcher,
    SentenceDetector,
    Tokenizer,
)
from annopipe.errors import AnnopipeError, ColumnTypeError, PatternTimeout, RowTooLarge

FRAMES: dict[str, Callable[[list[Any]], Any]] = {
    "list": lambda texts: texts,
    "iterator": iter,
    "dicts": lambda texts: [{"n": 1, "text": text} for text in texts],
    "pandas": lambda texts: pd.DataFrame({"text": texts}, index=range(7, 7 + len(texts))),
    "polars": lambda texts: pl.DataFrame({"text": texts}),
    "table": lambda texts: pa.table({"text": pa.chunked_array([texts[:900], texts[900:]])}),
    "reader": lambda texts: pa.table({"text": texts}).to_reader(100),
}
NOT_UTF8 = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(np.array([0, 1, 3], np.int32)), pa.py_buffer(b"a\xc3(")]
)
RUNAWAY, HOSTILE = "(a|aa)+b", "a" * 4000


@pytest.fixture
def embeddings(tiny_model_folder: Path) -> AlbertEmbeddings:
    return AlbertEmbeddings.pretrained(tiny_model_folder).setMaxRowBytes(16 * 4 * 5).setOutputCol("words")


def _model(*stages: Any) -> PipelineModel:
    return Pipeline(stages=[DocumentAssembler(inputCol="text", outputCol="document"), *stages]).fit()


def _spend(result: Any) -> None:
    if isinstance(result, pl.LazyFrame):
        result.collect()
    elif not isinstance(result, list | pd.DataFrame | pl.DataFrame | pa.Table):
        list(result)


@pytest.mark.parametrize("kind", FRAMES)
@pytest.mark.parametrize("explode", [False, True])
def test_a_row_too_large(kind: str, explode: bool, embeddings: AlbertEmbeddings) -> None:
    sentences = SentenceDetector(inputCols=["document"], outputCol="sentence", explodeSentences=explode)
    tokens = Tokenizer(inputCols=["sentence"], outputCol="token")
    model = _model(sentences, tokens, embeddings.setInputCols("sentence", "token"))
    frame = FRAMES[kind](["a b. c d." if explode else "a b."] * 1000 + ["a. a b c d e f."] + ["a"] * 5)
    with pytest.raises(RowTooLarge, match=r"^row 1000, AlbertEmbeddings: a row of \d tokens needs") as told:
        _spend(model.transform(frame))
    assert told.value.row == 1000


@pytest.mark.parametrize(
    "stage",
    [
        Tokenizer(inputCols=["document"], outputCol="out", splitPattern=RUNAWAY),
        SentenceDetector(inputCols=["document"], outputCol="out", customBounds=[RUNAWAY]),
        RegexMatcher(inputCols=["document"], outputCol="out", rules=[f"{RUNAWAY},x"], delimiter=","),
    ],
    ids=lambda stage: type(stage).__name__,
)
def test_a_pattern_that_runs_away(stage: Any) -> None:
    name = type(stage).__name__
    with pytest.raises(PatternTimeout, match=rf"^row 3, {name}(Model)?: the pattern .* ran longer than"):
        _model(stage).transform(["b", "b", "b", HOSTILE, "b"])
    with pytest.raises(PatternTimeout, match=r"^row 1, "):
        LightPipeline(_model(stage)).annotate(["b", HOSTILE])


@pytest.mark.parametrize("column", ["text", "id", "more"])
def test_texts_that_are_no_utf8(column: str) -> None:
    """A Parquet file may hold such bytes: Arrow does not look."""
    good = pa.array(["a", "b"])
    more = pa.MapArray.from_arrays([0, 1, 2], good, NOT_UTF8 if column == "more" else good)
    table = pa.table({"text": good, "id": good, "more": more})
    if column != "more":
        table = table.set_column(table.schema.names.index(column), column, NOT_UTF8)
    stage = DocumentAssembler(inputCol="text", outputCol="document", idCol="id", metadataCol="more")
    with pytest.raises(ColumnTypeError, match=rf"^row 1, DocumentAssembler: a text of column '{column}' is no"):
        stage.transform(table)


def test_lists_of_texts_that_are_no_utf8() -> None:
    lists = pa.ListArray.from_arrays([0, 0, 1, 2], NOT_UTF8)
    with pytest.raises(ColumnTypeError, match=r"^row 2, DocumentAssembler: a text of column 'text' is no UTF-8"):
        DocumentAssembler(inputCol="text", outputCol="document").transform(pa.table({"text": lists}))


def test_binary_columns_have_replacements() -> None:
    (good, odd) = DocumentAssembler(inputCol="text", outputCol="document").transform(
        [{"text": b"a"}, {"text": b"\xc3("}]
    )
    assert (good["document"][0].result, odd["document"][0].result) == ("a", "\ufffd(")


def test_other_errors_stay_as_they_are() -> None:
    assert AnnopipeError("x").row is None
    assert (AnnopipeError("x").at(3).row, AnnopipeError("x").at(3, "Stage").stage) == (3, "Stage")
