"""Batches that hold no annotation, nor any value of a nested column, pass wherever a frame is handed on.

Arrow's Java of Apache Spark 3.5 sends their offsets as no bytes, of which pyarrow reads the first (`tests/hollow.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe import (
    AlbertEmbeddings,
    Chunk2Doc,
    ChunkEmbeddings,
    Doc2Chunk,
    DocumentAssembler,
    EmbeddingsFinisher,
    Finisher,
    NGramGenerator,
    PipelineModel,
    SentenceDetector,
    SentenceEmbeddings,
    TokenAssembler,
    Tokenizer,
)
from annopipe.errors import WiringError
from spark.conftest import ENGINE

Through = Callable[[Any, Path], Any]
MADE = ("document", "token", "e", "mean")


def _parquet(frame: Any, path: Path) -> Any:
    frame.write.parquet(str(path / "tokens"))
    return frame.sparkSession.read.parquet(str(path / "tokens"))


PLACES: dict[str, Through] = {
    "cache": lambda frame, _: frame.cache(),
    "repartition": lambda frame, _: frame.repartition(2),
    "select": lambda frame, _: frame.select("*"),
    "withColumn": lambda frame, _: frame.withColumn("more", frame["n"] + 1),
    "custom stage": lambda frame, _: _custom(frame),
    "Parquet": _parquet,
    "filter": lambda frame, _: frame.filter("size(token) = 0"),
}


def _custom(frame: Any) -> Any:
    """Return the frame behind a stage that is pyspark's."""
    from pyspark.ml import Transformer
    from pyspark.sql import functions

    class More(Transformer):
        def _transform(self, dataset: Any) -> Any:
            return dataset.withColumn("more", functions.size("token"))

    return More().transform(frame)


def _cells(row: Any) -> list[Any]:
    """Return the annotations of a row, made of whatever frame, comparable but for their floats."""
    return [
        [(a.annotatorType, a.begin, a.end, a.result, dict(a.metadata), len(a.embeddings)) for a in row[name]]
        for name in MADE
    ]


def _same(rows: list[Any], native: list[Any]) -> None:
    by_number = {row["n"]: row for row in native}
    assert sorted(row["n"] for row in rows) == sorted(by_number)
    for row in rows:
        other = by_number[row["n"]]
        assert _cells(row) == _cells(other)
        for name in MADE:
            for a, b in zip(row[name], other[name], strict=True):
                assert np.allclose(np.asarray(a.embeddings, np.float32), b.embeddings, rtol=0, atol=1e-6)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("texts", "kept"),
    [([None, ""], "true"), ([None, None, None], "true"), (["a house", None, ""], "n > 0"), (["a house"], "n > 9")],
    ids=["null and empty", "null", "filtered to none", "no rows"],
)
def test_rows_without_tokens_pass(
    spark: Any, model: PipelineModel, tmp_path: Path, place: str, texts: list[str | None], kept: str
) -> None:
    rows = [{"text": text, "n": n} for n, text in enumerate(texts)]
    frame = spark.createDataFrame([(text, n) for n, text in enumerate(texts)], "text string, n int").filter(kept)
    native = [row for row in model.transform(rows) if row["n"] >= {"true": 0, "n > 0": 1, "n > 9": 10}[kept]]
    tokens = PLACES[place](PipelineModel(model.stages[:2]).transform(frame), tmp_path)
    if not tokens.columns:
        assert (ENGINE, place, native) == ("sail", "Parquet", [])
        with pytest.raises(WiringError, match=r"^this DataFrame has no columns\. Sail"):
            PipelineModel(model.stages[2:]).transform(tokens)
        return
    result = PipelineModel(model.stages[2:]).transform(tokens)
    _same(result.collect(), native)


def _all_stages(folder: Path) -> list[Any]:
    embeddings = AlbertEmbeddings.pretrained(str(folder)).setInputCols("s", "token").setOutputCol("e")
    return [
        DocumentAssembler(inputCol="text", outputCol="document"),
        SentenceDetector(inputCols=["document"], outputCol="s"),
        Tokenizer(inputCols=["s"], outputCol="token").fit(),
        embeddings,
        SentenceEmbeddings(inputCols=["s", "e"], outputCol="mean"),
        NGramGenerator(inputCols=["token"], outputCol="ngram"),
        ChunkEmbeddings(inputCols=["ngram", "e"], outputCol="chunk_e"),
        Doc2Chunk(inputCols=["document"], outputCol="chunk"),
        Chunk2Doc(inputCols=["chunk"], outputCol="again"),
        TokenAssembler(inputCols=["s", "token"], outputCol="put"),
        EmbeddingsFinisher(inputCols=["e", "mean", "chunk_e"], outputCols=["fe", "fm", "fc"]),
        EmbeddingsFinisher(inputCols=["e"], outputCols=["fv"], outputAsVector=True),
        Finisher(inputCols=["token", "ngram"], outputCols=["ft", "fn"], cleanAnnotations=False, includeMetadata=True),
    ]


@pytest.mark.filterwarnings("ignore:column 'fv' is array<vector>")
def test_each_annotator_takes_columns_of_none(spark: Any, tiny_model_folder: Path) -> None:
    """Each stage in a pass of its own, its input sent by the engine."""
    stages = _all_stages(tiny_model_folder)
    frame = spark.createDataFrame([(None, 0), ("", 1)], "text string, n int")
    native = PipelineModel(stages).transform([{"text": None, "n": 0}, {"text": "", "n": 1}])
    result = frame
    for stage in stages:
        result = stage.transform(result).select("*")
    rows = result.collect()
    for row, other in zip(sorted(rows, key=lambda row: row.n), native, strict=True):
        for name in other:
            assert len(row[name] or ()) == len(other[name] or ()) if isinstance(other[name], list) else True, name
        assert list(other)[2:] == result.columns[2:]


NESTED = {
    "array<array<string>>": "array()",
    "array<array<array<binary>>>": "array(array())",
    "array<map<string,array<string>>>": "array()",
    "array<struct<m:map<string,string>,t:string>>": "array()",
    "map<string,array<string>>": "map()",
    "map<string,map<string,binary>>": "map()",
    "map<string,struct<a:array<string>>>": "map()",
    "struct<a:array<string>,b:map<string,array<int>>,n:int>": "named_struct('a', array(), 'b', map(), 'n', 1)",
    "array<binary>": "array()",
    "array<string>": "array()",
    "array<decimal(38,10)>": "array()",
    "array<date>": "array()",
    "array<timestamp>": "array()",
    "array<struct<a:struct<b:array<string>>>>": "array()",
    "binary": "X''",
    "string": "''",
    "decimal(20,2)": "cast(1.5 as decimal(20,2))",
    "array<array<float>>": "array(array(), array())",
}


@pytest.mark.parametrize("value", ["empty", "null", "both"])
def test_nested_columns_without_values_are_carried(spark: Any, model: PipelineModel, value: str) -> None:
    columns = []
    for place, (type_, empty) in enumerate(NESTED.items()):
        made = (
            f"map_from_entries(cast(array() as {_pairs(type_)}))" if empty == "map()" else f"cast({empty} as {type_})"
        )
        either = {"empty": made, "null": f"cast(null as {type_})", "both": f"if(id = 0, {made}, null)"}[value]
        columns.append(f"{either} as c{place}")
    frame = spark.range(0, 20, 1, 1).selectExpr("id as n", "if(id > 15, 'a house', null) as text", *columns)
    result = model.transform(frame)
    for place, type_ in enumerate(NESTED):
        assert result.schema[f"c{place}"] == frame.schema[f"c{place}"], type_
    names = [f"c{place}" for place in range(len(NESTED))]
    rows = result.select("n", *names).collect()
    assert sorted(rows) == sorted(frame.select("n", *names).collect()) if value == "null" else len(rows) == 20
    assert {repr(row[1:]) for row in rows} == {repr(row[1:]) for row in frame.select("n", *names).collect()}
    again = PipelineModel([DocumentAssembler(inputCol="text", outputCol="twice")]).transform(result.select("*"))
    assert again.select("twice.result", *names).count() == 20


def _pairs(type_: str) -> str:
    key, _, value = type_.removeprefix("map<").removesuffix(">").partition(",")
    return f"array<struct<key:{key},value:{value}>>"


@pytest.mark.parametrize("cached", [True, False])
def test_a_partition_of_nulls_among_three(spark: Any, model: PipelineModel, cached: bool) -> None:
    text = "case when id between 1000 and 1999 then null else concat('the house and day ', id % 7) end"
    frame = spark.range(0, 3000, 1, 3).selectExpr(f"{text} as text", "cast(id as int) as n")
    texts = [None if 1000 <= n < 2000 else f"the house and day {n % 7}" for n in range(3000)]
    tokens = PipelineModel(model.stages[:2]).transform(frame)
    result = PipelineModel(model.stages[2:]).transform(tokens.cache() if cached else tokens.select("*"))
    _same(result.collect(), model.transform([{"text": text, "n": n} for n, text in enumerate(texts)]))


def test_results_become_pandas_and_text(spark: Any, model: PipelineModel) -> None:
    frame = spark.createDataFrame([(None, 0), ("", 1)], "text string, n int")
    result = model.transform(frame)
    assert [list(cell) for cell in result.select("token").toPandas()["token"]] == [[], []]
    assert "None" in str(annopipe.show(result))


def test_each_micro_batch_of_a_stream(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    if ENGINE == "sail":
        pytest.skip("Sail has no foreachBatch: docs/spark.md")
    frame = spark.createDataFrame([(None, 0), ("", 1)], "text string, n int")
    frame.write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema(frame.schema).parquet(str(tmp_path / "in"))
    tokens = PipelineModel(model.stages[:2]).transform(stream)
    rest = PipelineModel(model.stages[2:])

    def write(batch: Any, number: int) -> None:
        rest.transform(batch).write.mode("append").parquet(str(tmp_path / "out"))

    sink = tokens.writeStream.foreachBatch(write).trigger(availableNow=True)
    sink.option("checkpointLocation", str(tmp_path / "checkpoint")).start().awaitTermination()
    rows = spark.read.parquet(str(tmp_path / "out")).collect()
    _same(rows, model.transform([{"text": None, "n": 0}, {"text": "", "n": 1}]))
