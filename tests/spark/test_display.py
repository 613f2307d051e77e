"""``annopipe.show``: words and the beginning of vectors, from every kind of frame."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import annopipe
from annopipe import PipelineModel

TEXT = "a house"
MAKERS = {
    "pandas": lambda: pd.DataFrame({"text": [TEXT, None]}),
    "polars": lambda: pl.DataFrame({"text": [TEXT, None]}),
    "polars lazy": lambda: pl.LazyFrame({"text": [TEXT, None]}),
    "arrow": lambda: pa.table({"text": [TEXT, None]}),
    "dicts": lambda: [{"text": TEXT}, {"text": None}],
}


def _lines(shown: Any) -> list[list[str]]:
    return [line.split() for line in str(shown).splitlines()]


@pytest.fixture
def expected(model: PipelineModel) -> list[list[str]]:
    """The lines of a result of two rows, built from the vectors themselves."""
    (row,) = model.transform([TEXT])

    def vector(floats: Any) -> list[str]:
        numbers = [f"{number:.3f}" for number in floats[:3]]
        return [f"[{numbers[0]}", numbers[1], numbers[2], "…", "16]"]

    first = ["a", "house", "a", "house", "a", "house"]
    for word in row["e"]:
        begin, *rest = vector(word.embeddings)
        first += [word.result + begin, *rest]
    begin, *rest = vector(row["mean"][0].embeddings)
    return [["text", "document", "token", "e", "mean"], [*first, "a", "house" + begin, *rest], ["None"]]


@pytest.mark.parametrize("kind", MAKERS)
def test_frames_look_alike(kind: str, model: PipelineModel, expected: list[list[str]]) -> None:
    lines = _lines(annopipe.show(model.transform(MAKERS[kind]())))
    assert [lines[0], *lines[2:]] == expected


def test_spark_frames_look_the_same(spark: Any, model: PipelineModel, expected: list[list[str]]) -> None:
    frame = spark.createDataFrame([[TEXT], [None]], "text string")
    lines = _lines(annopipe.show(model.transform(frame)))
    assert [lines[0], *lines[2:]] == expected
    lines = _lines(annopipe.show(model.transform(frame).toPandas()))
    assert [lines[0], *lines[2:]] == expected


def test_few_rows_are_computed(spark: Any, model: PipelineModel, encoded: list[int]) -> None:
    shown = annopipe.show(model.transform(spark.range(100_000).selectExpr("cast(id as string) as text")), 5)
    assert len(str(shown).splitlines()) == 2 + 5 + 1
    assert sum(encoded) <= 128


def test_long_cells_are_cut_and_html_is_escaped() -> None:
    shown = annopipe.show([{"text": "<b>" + "x" * 100, "many": list("abcdefgh"), "none": np.zeros(0)}])
    text = str(shown)
    assert "x" * 100 not in text
    assert "a b c d e f … 8" in text
    html = shown._repr_html_()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert repr(shown) == text
