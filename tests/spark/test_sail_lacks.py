"""What Sail does not have is told by name, with what serves instead."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annopipe import DocumentAssembler, PipelineModel
from annopipe.errors import EngineLacks, WiringError
from annopipe.spark.sail_lacks import read_lack
from spark.conftest import ENGINE

only_sail = pytest.mark.skipif(ENGINE != "sail", reason="what Sail lacks, Apache Spark has")

SINKS: dict[str, Callable[[Any, str], Any]] = {
    "parquet": lambda writer, path: writer.format("parquet").start(path),
    "csv": lambda writer, path: writer.format("csv").start(path),
    "json": lambda writer, path: writer.format("json").start(path),
    "text": lambda writer, path: writer.format("text").start(path),
    "console": lambda writer, _: writer.format("console").start(),
    "memory": lambda writer, _: writer.format("memory").queryName("kept").start(),
    "kafka": lambda writer, _: writer.format("kafka").start(),
    "foreachBatch": lambda writer, _: writer.foreachBatch(lambda *_: None).start(),
    "foreach": lambda writer, _: writer.foreach(lambda *_: None).start(),
    "table": lambda writer, _: writer.toTable("kept"),
}


@only_sail
@pytest.mark.parametrize("source", ["files", "rate"])
@pytest.mark.parametrize("name", SINKS)
def test_sinks_of_streams(spark: Any, model: PipelineModel, tmp_path: Path, name: str, source: str) -> None:
    spark.createDataFrame([["a house"]], ["text"]).write.parquet(str(tmp_path / "in"))
    stream = spark.readStream.schema("text string").parquet(str(tmp_path / "in"))
    if source == "rate":
        stream = spark.readStream.format("rate").load().selectExpr("cast(value as string) as text")
    writer = model.transform(stream).select("text").writeStream.option("checkpointLocation", str(tmp_path / "c"))
    with pytest.raises(EngineLacks, match=r"^Sail .*: use Apache Spark, .* spark\.read in place of spark\.readStream"):
        SINKS[name](writer, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert spark.range(2).count() == 2


@only_sail
@pytest.mark.parametrize("reader", ["parquet", "json", "csv"])
def test_a_path_where_nothing_is(spark: Any, model: PipelineModel, tmp_path: Path, reader: str) -> None:
    frame = getattr(spark.read, reader)(str(tmp_path / "absent"))
    with pytest.raises(WiringError, match=r"^this DataFrame has no columns\. Sail's answer .*: look at the path"):
        model.transform(frame)
    with pytest.raises(WiringError, match="this DataFrame has no columns"):
        DocumentAssembler(inputCol="text", outputCol="document").transform(frame)


@only_sail
def test_a_pipeline_with_a_stage_of_ones_own_is_saved(
    spark: Any, model: PipelineModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pyspark.ml.connect takes a main module without a file, as xdist's workers have, for its own doctests and exits
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    from pyspark.ml import PipelineModel as SparkPipelineModel

    from spark.own_stage import Upper

    both = SparkPipelineModel([Upper(), *model.stages])
    with pytest.raises(EngineLacks, match=r"^Sail has none of the commands .* saved by pipeline\.save\(path\)"):
        both.write().overwrite().save(str(tmp_path / "written"))
    both.save(str(tmp_path / "saved"))
    again = SparkPipelineModel.load(str(tmp_path / "saved"))
    frame = spark.createDataFrame([["a house"]], ["text"])
    assert again.transform(frame).first().token == both.transform(frame).first().token
    assert again.transform(frame).first().text == "A HOUSE"


def test_other_messages_are_left_alone() -> None:
    for text in ("", "No data source found for: avro", "an ml command failed", "no field named x", "not found: t"):
        assert read_lack(text) is None
    assert str(read_lack("No data source found for: memory\n")).startswith("Sail has no sink or source memory of")
