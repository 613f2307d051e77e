"""The schemas of finished columns are those that the real Spark NLP gives, nullability included, on every engine."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from annopipe import EmbeddingsFinisher, Finisher, PipelineModel, warnings
from annopipe.errors import AnnopipeWarning
from annopipe.spark.hooks.raising import is_connect
from spark.conftest import ENGINE

VECTORS = """\
 |-- finished_e: array (nullable = true)
 |    |-- element: array (containsNull = true)
 |    |    |-- element: float (containsNull = false)
 |-- finished_mean: array (nullable = true)
 |    |-- element: array (containsNull = true)
 |    |    |-- element: float (containsNull = false)
"""
TEXTS = """\
 |-- t: array (nullable = true)
 |    |-- element: string (containsNull = true)
 |-- t_metadata: array (nullable = true)
 |    |-- element: struct (containsNull = true)
 |    |    |-- _1: string (nullable = true)
 |    |    |-- _2: string (nullable = true)
"""
ROOT = "root\n |-- text: string (nullable = true)\n"


def _printed(frame: Any) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        frame.printSchema()
    return printed.getvalue().rstrip("\n") + "\n"


def _finished(spark: Any, model: PipelineModel, stage: Any) -> Any:
    return PipelineModel([*model.stages, stage]).transform(spark.createDataFrame([["a house"]], "text string"))


def test_arrays_of_vectors_hold_no_null(spark: Any, model: PipelineModel) -> None:
    finisher = EmbeddingsFinisher(inputCols=["e", "mean"], cleanAnnotations=True)
    finisher.setOutputCols("finished_e", "finished_mean")
    result = _finished(spark, model, finisher)
    assert _printed(result) == ROOT + VECTORS
    assert result.select("finished_mean").schema.simpleString() == "struct<finished_mean:array<array<float>>>"
    assert not result.selectExpr("explode(finished_e) as v").schema["v"].dataType.containsNull


def test_texts_and_their_metadata(spark: Any, model: PipelineModel) -> None:
    finisher = Finisher(inputCols=["token"], outputCols=["t"], includeMetadata=True)
    assert _printed(_finished(spark, model, finisher)) == ROOT + TEXTS


def test_one_text(spark: Any, model: PipelineModel) -> None:
    finisher = Finisher(inputCols=["token"], outputCols=["t"], outputAsArray=False)
    assert _printed(_finished(spark, model, finisher)) == ROOT + " |-- t: string (nullable = true)\n"


def test_all_recorded_schemas(spark: Any, model: PipelineModel, reference: Path) -> None:
    """Of each recorded column that finishing made, the lines of ``printSchema``."""
    recorded = reference / "golden" / "embeddings"
    finishers = {
        "embeddings_finisher_schema.json": (EmbeddingsFinisher, ["e", "mean"], ["words", "pool"]),
        "finisher_schema.json": (Finisher, ["token", "e"], ["finished_token", "finished_embeddings"]),
    }
    compared = 0
    for file, (kind, inputs, outputs) in finishers.items():
        for options, schema in json.loads((recorded / file).read_text("utf-8")).items():
            if "=" not in options or "outputAsVector=True" in options:
                continue
            given = {name: value == "True" for name, _, value in (one.partition("=") for one in options.split(","))}
            result = _finished(spark, model, kind(inputCols=inputs, outputCols=outputs, **given))
            wanted, printed = _columns(schema["printSchema"]), _columns(_printed(result))
            for name in (*outputs, *(f"{output}_metadata" for output in outputs)):
                assert printed.get(name) == wanted.get(name), (options, name)
                compared += name in wanted
    assert compared > 20


def _columns(printed: str) -> dict[str, str]:
    parts = printed.partition("\n |-- ")[2].rstrip("\n").split("\n |-- ")
    return {part.partition(":")[0]: part for part in parts}


def test_vectors_that_an_engine_forgets_are_warned_of(
    spark: Any, model: PipelineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark.ml.linalg import VectorUDT

    monkeypatch.setattr(warnings, "_said", set())
    finisher = EmbeddingsFinisher(inputCols=["mean"], outputCols=["of `a`.b"], outputAsVector=True)
    if ENGINE == "sail":
        with pytest.warns(AnnopipeWarning, match=r"^column 'of `a`.b' is array<vector>, and this engine \(Sail\)"):
            result = _finished(spark, model, finisher)
    else:
        result = _finished(spark, model, finisher)
    assert result.schema["of `a`.b"].dataType.elementType == VectorUDT()
    first = result.select(result["`of ``a``.b`"].getItem(0).alias("v"))
    assert (first.schema["v"].dataType == VectorUDT()) is (ENGINE != "sail")
    assert is_connect(spark) is (ENGINE != "spark")
