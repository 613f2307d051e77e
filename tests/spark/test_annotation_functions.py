"""Spark NLP's functions over annotations, and NLU, on Spark frames."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from annopipe import Annotation, PipelineModel, nlu
from annopipe.functions import (
    explode_annotations_col,
    filter_by_annotations_col,
    map_annotations,
    map_annotations_array,
    map_annotations_col,
    map_annotations_strict,
)

TEXTS = [("a bb ccc",), ("d",)]


@pytest.fixture
def frame(spark: Any, model: PipelineModel) -> Any:
    return model.transform(spark.createDataFrame(TEXTS, "text string"))


def _long(annotations: list[Annotation]) -> list[Annotation]:
    return [annotation for annotation in annotations if len(annotation.result) > 1]


def test_frames(frame: Any) -> None:
    long = map_annotations_col(frame, _long, "token", "long", "token")
    assert long.schema["long"].metadata == {"annotatorType": "token"}
    assert [row.r for row in long.selectExpr("long.result r").collect()] == [["bb", "ccc"], []]
    assert filter_by_annotations_col(frame, lambda tokens: len(tokens) > 1, "token").count() == 1
    exploded = explode_annotations_col(frame, "token", "one")
    assert [row.r for row in exploded.selectExpr("one.result r").collect()] == ["a", "bb", "ccc", "d"]


def test_columns(frame: Any) -> None:
    from pyspark.sql.functions import array, col
    from pyspark.sql.types import IntegerType

    counted = frame.select(map_annotations(len, IntegerType())(col("token")).alias("n")).collect()
    assert [row.n for row in counted] == [3, 1]
    strict = frame.select(map_annotations_strict(_long)(col("token")).alias("long"))
    assert [[a.result for a in row.long] for row in strict.collect()] == [["bb", "ccc"], []]
    assert strict.first().long[0].metadata == {"sentence": "0"}
    both = frame.select(map_annotations_array(len, IntegerType())(array("document", "token")).alias("n"))
    assert [row.n for row in both.collect()] == [4, 2]


def test_nlu_reads_spark_frames_and_gives_them(spark: Any, model: PipelineModel) -> None:
    given = spark.createDataFrame([(7, "a b"), (8, "c")], "id long, text string")
    pipe = nlu.to_nlu_pipe(model)
    local = pipe.predict(["a b", "c"], output_level="token")
    found = pipe.predict(given, output_level="token")
    assert found["id"].tolist() == [7, 7, 8]
    assert found.index.tolist() == [0, 0, 1]
    assert np.array_equal(np.stack(found["word_embedding_e"]), np.stack(local["word_embedding_e"]))
    for data in (given, pd.DataFrame({"text": ["a b", "c"]}), ["a b", "c"]):
        annotations = pipe.predict(data, return_spark_df=True)
        assert annotations.columns[-4:] == ["document", "token", "e", "mean"]
        rows = sorted(annotations.selectExpr("origin_index i", "token.result t").collect())
        assert [row.t for row in rows] == [["a", "b"], ["c"]]
