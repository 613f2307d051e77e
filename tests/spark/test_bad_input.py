"""What users meet when something is wrong: one line, by name, and a session that still works."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, Tokenizer
from annopipe.albert.config import AlbertConfig
from annopipe.errors import (
    AnnopipeError,
    ColumnTypeError,
    ModelFileMissing,
    ModelMismatch,
    RowTooLarge,
    UnsupportedColumn,
    VersionMismatch,
    WiringError,
)
from annopipe.spark import shipping as spark_shipping
from spark.conftest import ENGINE
from tiny_model import make_tiny_model


@pytest.fixture
def folder(tmp_path: Path, tiny_model_folder: Path) -> Path:
    """A model's folder that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def _frame(spark: Any, *texts: str | None) -> Any:
    return spark.createDataFrame([[text] for text in texts], "text string")


def _pipeline(folder: Path, **values: Any) -> PipelineModel:
    albert = AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "token").setOutputCol("e")
    for name, value in values.items():
        albert.set(name, value)
    documents = DocumentAssembler(inputCol="text", outputCol="document")
    return Pipeline(stages=[documents, Tokenizer(inputCols=["document"], outputCol="token"), albert]).fit()


def _told(kind: type[AnnopipeError], act: Callable[[], Any], text: str) -> AnnopipeError:
    """Check an error as a user meets it, its class, one line and what it says, and return it."""
    with pytest.raises(kind) as told:
        act()
    assert type(told.value) is kind
    assert "\n" not in str(told.value)
    assert re.search(text, str(told.value)), str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__
    return told.value


@pytest.mark.filterwarnings("ignore:toPandas attempted Arrow:UserWarning")
def test_a_row_too_large(spark: Any, folder: Path) -> None:
    model = _pipeline(folder, maxRowBytes=16 * 4 * 10)
    result = model.transform(_frame(spark, "a " * 10, "a " * 11))
    assert result.limit(0).count() == 0
    for act in (result.collect, result.count, result.toPandas, result.show):
        told = _told(
            RowTooLarge,
            act,
            r"^row \d of its partition, AlbertEmbeddings: a row of 11 tokens needs 704 bytes .*maxRowBytes \(640\)",
        )
        assert told.row in (0, 1)
    assert model.transform(_frame(spark, "a " * 10)).count() == 1


def test_an_error_of_a_worker_is_one_line_in_a_notebook(spark: Any, folder: Path) -> None:
    result = _pipeline(folder, maxRowBytes=64).transform(_frame(spark, "a a"))
    with pytest.raises(RowTooLarge) as told:
        result.collect()
    (line,) = told.value._render_traceback_()  # type: ignore[attr-defined]
    assert line == f"RowTooLarge: {told.value}"


def test_a_row_too_large_while_files_are_written(spark: Any, folder: Path, tmp_path: Path) -> None:
    result = _pipeline(folder, maxRowBytes=64).transform(_frame(spark, "a a"))
    _told(RowTooLarge, lambda: result.write.parquet(str(tmp_path / "out")), "2 tokens")


def test_a_models_folder_is_not_on_the_worker(spark: Any, folder: Path) -> None:
    result = _pipeline(folder).transform(_frame(spark, "a"))
    shutil.rmtree(folder)
    _told(ModelFileMissing, result.collect, rf"{folder} is not there on the machine .* a path that driver and workers")
    assert _frame(spark, "a").count() == 1


def test_a_models_folder_holds_another_model_on_the_worker(spark: Any, folder: Path) -> None:
    model = _pipeline(folder)
    result = model.transform(_frame(spark, "a"))
    make_tiny_model(folder, seed=5)
    _told(
        ModelMismatch,
        result.collect,
        rf"{folder} on the machine .* holds other content \(SHA-256 \w{{12}}….* the same files",
    )
    assert _pipeline(folder).transform(_frame(spark, "a")).count() == 1


def test_stages_of_another_version(spark: Any, model: PipelineModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_shipping, "__version__", "0.0.1")
    result = model.transform(_frame(spark, "a"))
    _told(VersionMismatch, result.collect, r"stages of annopipe 0\.0\.1 came to a worker with annopipe .* install")
    monkeypatch.undo()
    assert model.transform(_frame(spark, "a")).count() == 1


def test_errors_of_others_stay_pysparks(spark: Any) -> None:
    from pyspark.errors import PySparkException

    def wrong(batches: Any) -> Any:
        raise ValueError("mine")
        yield from batches

    with pytest.raises(PySparkException, match="ValueError: mine"):
        spark.range(1).mapInArrow(wrong, "id long").collect()
    with pytest.raises(PySparkException):
        spark.sql("select nothing").collect()


def test_what_is_wrong_with_columns_is_told_before_any_work(
    spark: Any, model: PipelineModel, encoded: list[int]
) -> None:
    cases = {
        "select 1 as n": (WiringError, "does not have any 'text' column"),
        "select 'a' as text, 1 as token": (WiringError, "'token' exists already"),
        "select struct(1) as text": (ColumnTypeError, "no text"),
        "select 'a' as text, INTERVAL '1' YEAR as y": (UnsupportedColumn, "'y' is of type interval year"),
    }
    for query, (kind, text) in cases.items():
        with pytest.raises(kind, match=text) as told:
            model.transform(spark.sql(query))
        assert "\n" not in str(told.value)
    assert encoded == []


def test_null_rows_are_empty_documents(spark: Any, model: PipelineModel) -> None:
    rows = model.transform(_frame(spark, None, "a")).select("token.result").collect()
    assert [row.result for row in rows] == [[], ["a"]]


GONE = (
    r"^the Spark server at 127\.0\.0\.1:\d+ does not answer any more, or this session was stopped: call annopipe\.stop"
)
TRY = """
import annopipe, time, warnings
from annopipe import DocumentAssembler
from annopipe.errors import SessionError
warnings.simplefilter("error", UserWarning)
stage = DocumentAssembler(inputCol="text", outputCol="document")
def result(spark):
    return stage.transform(spark.createDataFrame([["a"]], ["text"]))
def told(frame):
    begun = time.monotonic()
    try:
        frame.count()
    except SessionError as error:
        assert time.monotonic() - begun < 5, time.monotonic() - begun
        print(error)
"""


@pytest.mark.parametrize(
    "end",
    ["annopipe.stop()", "spark.stop()", "from annopipe.spark import session; session._running.server.stop()"],
)
def test_a_session_that_was_stopped(python: Callable[..., str], end: str) -> None:
    script = f"""{TRY}
spark = annopipe.start()
frame = result(spark)
assert frame.count() == 1
{end}
told(frame)
again = annopipe.start()
assert again is not spark
assert result(again).count() == 1
"""
    printed = python(script)
    assert re.match(GONE, printed), printed
    assert printed.count("\n") == 1


def test_a_server_that_was_killed(python: Callable[..., str]) -> None:
    script = f"""{TRY}
import subprocess, sys
code = '''
import os, time
os.environ["RUST_LOG"] = "error"
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
time.sleep(300)
'''
server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
spark = annopipe.start(remote=f"sc://127.0.0.1:{{int(server.stdout.readline())}}")
frame = result(spark)
assert frame.count() == 1
server.kill()
server.wait()
server.stdout.close()
told(frame)
annopipe.stop()
assert result(annopipe.start()).count() == 1
"""
    printed = python(script)
    assert re.match(GONE, printed), printed
    assert printed.count("\n") == 1


@pytest.mark.skipif(ENGINE == "spark", reason="there is a JVM")
def test_what_needs_a_jvm_names_its_replacement(spark: Any) -> None:
    for act, name in ((lambda: spark.sparkContext, "sparkContext"), (lambda: spark.range(1).rdd, "rdd")):
        with pytest.raises(AttributeError) as told:
            act()
        assert "\n" not in str(told.value)
        assert f"`{name}`" in str(told.value)
        assert "createDataFrame" in str(told.value)
        assert "mapInArrow" in str(told.value)
        assert "start(engine='spark')" in str(told.value)


def test_an_error_comes_at_once(spark: Any, folder: Path) -> None:
    result = _pipeline(folder, maxRowBytes=64).transform(spark.range(100_000).selectExpr("'a a' as text"))
    begun = time.monotonic()
    with pytest.raises(RowTooLarge):
        result.count()
    assert time.monotonic() - begun < 10


@pytest.mark.long
def test_a_row_of_200_megabytes_passes(spark: Any, tmp_path: Path) -> None:
    shape = AlbertConfig(
        embedding_size=16,
        hidden_size=256,
        num_hidden_layers=12,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        vocab_size=400,
    )
    model = _pipeline(make_tiny_model(tmp_path / "wide", config=shape), layers="concat:" + _layers(12))
    tokens = 200_000_000 // (12 * 256 * 4)
    table = model.transform(_frame(spark, "a house", "a " * tokens)).select("e").toArrow()
    small, large = table.column("e").combine_chunks()
    assert (len(small), len(large)) == (2, tokens)
    vectors = large.values.field("embeddings")
    assert len(vectors.flatten()) * 4 > 199_000_000
    assert np.isfinite(vectors.flatten().to_numpy()).all()


def _layers(count: int) -> str:
    return ",".join(f"-{number}" for number in range(1, count + 1))
