"""What only a JVM's Spark has: plans, checkpoints, streams, threads a task, errors through py4j, dying workers."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from annopipe import AlbertEmbeddings, Finisher, Pipeline, PipelineModel
from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer
from annopipe.errors import ColumnTypeError, RowTooLarge, SessionError, WorkerDied
from annopipe.spark import connection_string
from spark.conftest import ENGINE

pytestmark = pytest.mark.skipif(ENGINE != "spark", reason="Apache Spark in a JVM: ANNOPIPE_TEST_ENGINE=spark")


def _frame(spark: Any, count: int = 6) -> Any:
    return spark.range(count).selectExpr("id as n", "concat('the house of day ', id) as text")


def _passes(frame: Any) -> int:
    """Number of passes through Python in a frame's plan."""
    return len(re.findall(r"MapInArrow", frame._jdf.queryExecution().executedPlan().toString()))


def test_settings_suit_arrow_and_this_machine_alone(spark: Any) -> None:
    context = spark.sparkContext
    assert context.appName == "annopipe"
    assert context.getConf().get("spark.driver.bindAddress") == "127.0.0.1"
    assert spark.conf.get("spark.sql.execution.arrow.pyspark.enabled") == "true"
    assert spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch") == "2048"
    assert context.uiWebUrl is None


def test_consecutive_stages_are_one_pass_in_the_plan(spark: Any, model: PipelineModel) -> None:
    from pyspark.ml import Pipeline

    frame = _frame(spark)
    assert _passes(Pipeline(stages=model.stages).fit(frame).transform(frame)) == 1
    result = frame
    for stage in model.stages:
        result = stage.transform(result)
    assert _passes(result) == 1


@pytest.mark.parametrize("method", ["cache", "persist", "checkpoint", "localCheckpoint"])
def test_what_the_engine_keeps_is_not_computed_again(
    spark: Any, model: PipelineModel, method: str, tmp_path: Path
) -> None:
    spark.sparkContext.setCheckpointDir(str(tmp_path))
    tokens = getattr(PipelineModel(model.stages[:2]).transform(_frame(spark)), method)()
    result = PipelineModel(model.stages[2:]).transform(tokens)
    plan = result._jdf.queryExecution().executedPlan().toString()
    kept = "InMemoryTableScan" if method in {"cache", "persist"} else "ExistingRDD"
    assert kept in plan
    assert plan.partition(kept)[0].count("MapInArrow") == 1
    expected = model.transform(_frame(spark)).select("n", "e.result").collect()
    assert sorted(result.select("n", "e.result").collect()) == sorted(expected)


@pytest.mark.parametrize("how", ["CACHE TABLE", "CACHE LAZY TABLE", "catalog"])
def test_what_is_kept_as_a_view_is_not_computed_again(spark: Any, model: PipelineModel, how: str) -> None:
    spark.catalog.clearCache()
    tokens = PipelineModel(model.stages[:2]).transform(_frame(spark))
    assert _passes(PipelineModel(model.stages[2:]).transform(tokens)) == 1
    tokens.createOrReplaceTempView("kept")
    if how == "catalog":
        spark.catalog.cacheTable("kept")
    else:
        spark.sql(f"{how} kept")
    try:
        plan = PipelineModel(model.stages[2:]).transform(tokens)._jdf.queryExecution().executedPlan().toString()
        assert "InMemoryRelation" in plan
        assert plan.partition("InMemoryRelation")[0].count("MapInArrow") == 1
    finally:
        spark.catalog.uncacheTable("kept")


@pytest.mark.filterwarnings("ignore:toPandas attempted Arrow:UserWarning")
def test_errors_of_stages_are_ours_and_one_line(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    small = [stage.copy() for stage in model.stages[:3]]
    assert isinstance(small[2], AlbertEmbeddings)
    small[2].setMaxRowBytes(16 * 4 * 2)
    result = PipelineModel(small).transform(_frame(spark))
    acts = [result.collect, result.count, result.toPandas, lambda: result.write.parquet(str(tmp_path / "out"))]
    for act in [*acts, lambda: list(result.toLocalIterator()), lambda: result.foreach(print)]:
        with pytest.raises(RowTooLarge, match=r"a row of 5 tokens needs 320 bytes") as told:
            act()
        assert "\n" not in str(told.value)
        assert told.value.__suppress_context__
    assert _frame(spark).count() == 6


def test_errors_of_others_stay_pysparks(spark: Any, model: PipelineModel) -> None:
    from pyspark.errors import PySparkException

    def wrong(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        raise ValueError("mine")
        yield from batches

    model.transform(_frame(spark))
    with pytest.raises(PySparkException, match="ValueError: mine"):
        _frame(spark).select("n").mapInArrow(wrong, "n long").collect()


def test_a_session_in_a_jvm_cannot_be_joined(spark: Any) -> None:
    with pytest.raises(SessionError, match="no server that others can join"):
        connection_string(spark)


class Dies(Transformer):
    """A stage that kills the Python worker that runs it, so many times; each leaves a file."""

    def __init__(self, folder: Path, times: int) -> None:
        super().__init__()
        self._marks = [folder / str(number) for number in range(times)]

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        return schema

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        for mark in self._marks:
            try:
                mark.touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
        return batch


@pytest.fixture
def _by_value() -> Iterator[None]:
    """Let workers know the stages of this file, which they cannot import."""
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield
    cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


@pytest.mark.usefixtures("_by_value")
def test_a_killed_worker_changes_nothing(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    frame = _frame(spark, 60)
    rows = PipelineModel([*model.stages, Dies(tmp_path, 2)]).transform(frame).select("n", "e").collect()
    assert len(list(tmp_path.iterdir())) == 2
    native = model.transform([{"n": n, "text": f"the house of day {n}"} for n in range(60)])
    assert [row.n for row in rows] == list(range(60))
    for row, other in zip(rows, native, strict=True):
        assert [word.result for word in row.e] == [word.result for word in other["e"]]
        vectors = np.array([word.embeddings for word in row.e], np.float32)
        assert np.abs(vectors - np.stack([word.embeddings for word in other["e"]])).max() <= 1e-6


@pytest.mark.usefixtures("_by_value")
@pytest.mark.filterwarnings("ignore:toPandas attempted Arrow:UserWarning")
def test_a_worker_that_dies_again_and_again_is_told(spark: Any, tmp_path: Path) -> None:
    result = Dies(tmp_path, 100).transform(_frame(spark))
    acts = [result.collect, result.toPandas, lambda: result.write.parquet(str(tmp_path / "out"))]
    for act in acts:
        with pytest.raises(
            WorkerDied, match=r"^a Python worker of Spark died 4 times in one task, at last on \S+ \(ex"
        ) as told:
            act()
        assert "\n" not in str(told.value)
    assert _frame(spark).count() == 6


def test_a_stream_goes_on_after_a_restart(spark: Any, model: PipelineModel, tmp_path: Path) -> None:
    def stream() -> None:
        source = spark.readStream.schema("n long, text string").parquet(str(tmp_path / "in"))
        sink = model.transform(source).select("n", "token", "e").writeStream.format("parquet")
        sink = sink.option("checkpointLocation", str(tmp_path / "checkpoint")).trigger(availableNow=True)
        query = sink.start(str(tmp_path / "out"))
        query.awaitTermination()
        assert query.exception() is None

    _frame(spark, 4).write.parquet(str(tmp_path / "in"))
    stream()
    _frame(spark, 10).filter("n >= 4").write.mode("append").parquet(str(tmp_path / "in"))
    stream()
    stream()
    written = spark.read.parquet(str(tmp_path / "out")).orderBy("n").select("n", "token.result", "e")
    direct = model.transform(_frame(spark, 10)).orderBy("n").select("n", "token.result", "e")
    assert written.collect() == direct.collect()


def test_an_error_in_a_stream_is_ours(model: PipelineModel, stream: Any, tmp_path: Path) -> None:
    small = [*model.stages[:2], model.stages[2].copy({"maxRowBytes": 64})]
    sink = PipelineModel(small).transform(stream).writeStream.format("noop").trigger(availableNow=True)
    query = sink.option("checkpointLocation", str(tmp_path / "checkpoint")).start()
    with pytest.raises(RowTooLarge, match="a row of 5 tokens"):
        query.awaitTermination()
    assert type(query.exception()) is RowTooLarge


@pytest.fixture
def stream(spark: Any, tmp_path: Path) -> Any:
    """Return a streaming frame over a file of one row."""
    _frame(spark, 1).write.parquet(str(tmp_path / "in"))
    return spark.readStream.schema("n long, text string").parquet(str(tmp_path / "in"))


def test_stages_of_a_stream_are_one_pass_too(model: PipelineModel, stream: Any) -> None:
    result = model.transform(stream)
    assert result.isStreaming
    assert result._jdf.queryExecution().analyzed().toString().count("MapInArrow") == 1


def test_an_estimator_that_learns_from_a_stream_is_told(model: PipelineModel, stream: Any) -> None:
    import pyspark.ml
    from pyspark.ml.feature import CountVectorizer

    words = Finisher(inputCols=["token"], outputCols=["words"], outputAsArray=True)
    stages = [*model.stages, words, CountVectorizer(inputCol="words", outputCol="features")]
    for pipeline in (Pipeline(stages=stages), pyspark.ml.Pipeline(stages=stages)):
        with pytest.raises(
            ColumnTypeError, match=r"^CountVectorizer_\w+ learns from all rows, .* spark\.read "
        ) as told:
            pipeline.fit(stream)
        assert "\n" not in str(told.value)
    assert Pipeline(stages=stages[:-1]).fit(stream).transform(stream).isStreaming
