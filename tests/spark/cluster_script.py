"""A cluster of two executors whose Python has no annopipe and whose machines have no model: what is told, what helps.

Run by ``test_cluster.py``: ``cluster_script.py CASE PYTHON MODEL STASH``; the case ``connected`` has a server's address
in place of PYTHON, ``environment`` an archive. Prints one JSON object.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

import annopipe
from annopipe import AlbertEmbeddings, AnnopipeError, DocumentAssembler, Pipeline, PipelineModel, Tokenizer
from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer

ROWS, PARTS = 40, 4
SOON = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
BASE = {
    "spark.driver.extraJavaOptions": SOON,
    "spark.executor.extraJavaOptions": SOON,
    "spark.master": "local-cluster[2,1,1024]",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
    "spark.locality.wait": "0",
    "spark.sql.shuffle.partitions": "4",
}


class Loads(Transformer):
    """A stage that counts, in the process that runs it, how often a model is loaded."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        from annopipe.albert import model

        self.__dict__.update(state)
        if not hasattr(model, "test_loads"):
            model.test_loads = 0
            load = model.AlbertModel.load.__func__

            def counted(cls: Any, *arguments: Any, **named: Any) -> Any:
                model.test_loads += 1
                return load(cls, *arguments, **named)

            model.AlbertModel.load = classmethod(counted)

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        return schema.append(pa.field("loads", pa.string()))

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        from annopipe.albert import model

        time.sleep(0.2)  # so that both executors get some of the tasks
        return batch.put("loads", pa.array([f"{os.getpid()}:{model.test_loads}"] * batch.rows, pa.string()))


def spoil(spark: Any, pattern: str) -> int:
    """Append a line to a file of one executor's copy, and of that one alone; return how many files were changed."""

    def change(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pathlib import Path

        from pyspark import SparkFiles

        line = b"\n__version__ = '0.0.1'\n"
        root = Path(SparkFiles.getRootDirectory()).resolve()
        files = [file for file in root.glob(pattern) if root.name == "0" and not file.read_bytes().endswith(line)]
        for file in files:
            with file.open("ab") as end:
                end.write(line)
        list(batches)
        yield pa.RecordBatch.from_arrays([pa.array([len(files)], pa.int64())], names=["changed"])

    frame = spark.range(0, 4, 1, 4).mapInArrow(change, "changed long")
    return sum(row.changed for row in frame.collect())


def session(python: str, **more: str) -> Any:
    return annopipe.start(engine="spark", **BASE, **{"spark.pyspark.python": python}, **more)


def frame(spark: Any, parts: int = PARTS) -> Any:
    rows = [[n, f"the house of day {n}"] for n in range(ROWS)]
    return spark.createDataFrame(rows, "n long, text string").repartition(parts)


def vectors(rows: Any) -> list[Any]:
    return [[int(row["n"]), [list(map(float, word["embeddings"])) for word in row["e"]]] for row in rows]


def pipeline(folder: Path) -> PipelineModel:
    albert = AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "token").setOutputCol("e")
    documents = DocumentAssembler(inputCol="text", outputCol="document")
    return Pipeline(stages=[documents, Tokenizer(inputCols=["document"], outputCol="token"), albert]).fit()


class Store:
    """The driver's models, which are not where workers would look while rows are collected."""

    def __init__(self, folder: Path, stash: Path) -> None:
        self._folder = folder
        self.stash = stash

    def collect(self, result: Any) -> list[Any]:
        self._folder.rename(self.stash)
        try:
            return sorted(result.collect(), key=lambda row: row["n"])
        finally:
            self.stash.rename(self._folder)

    def told(self, result: Any) -> list[str]:
        """Return name and text of the error that a result raises."""
        try:
            self.collect(result)
        except AnnopipeError as error:
            return [type(error).__name__, str(error)]
        return ["nothing", ""]


def delivered(model: PipelineModel, python: str, store: Store) -> dict[str, Any]:
    """Deliver annopipe and the model to a running session, workers reused; ask before, between and after."""
    spark = session(python)
    counting = PipelineModel([Loads(), *model.stages])
    found: dict[str, Any] = {"without annopipe": store.told(counting.transform(frame(spark)))}
    annopipe.spark.deliver(spark, code=True)
    found["without the model"] = store.told(counting.transform(frame(spark)))
    annopipe.spark.deliver(spark, model)
    rows = store.collect(counting.transform(frame(spark)))
    again = store.collect(counting.transform(frame(spark)))
    return {**found, "vectors": vectors(rows), "loads": [row["loads"] for row in [*rows, *again]]}


def packed(model: PipelineModel, python: str, store: Store) -> dict[str, Any]:
    """Give annopipe at the session's start, workers not reused; then one executor gets other files than the other."""
    archive = annopipe.spark.pack(store.stash.with_name("annopipe.zip"))
    once = {"spark.python.worker.reuse": "false", "spark.task.maxFailures": "1"}
    spark = session(python, **once, **{"spark.archives": f"{archive}#annopipe"})
    annopipe.spark.deliver(spark, model)
    rows = store.collect(PipelineModel([Loads(), *model.stages]).transform(frame(spark)))
    found: dict[str, Any] = {"vectors": vectors(rows), "loads": [row["loads"] for row in rows]}
    found["spoilt models"] = spoil(spark, "annopipe-model-*/spiece.model")
    found["a spoilt model"] = store.told(model.transform(frame(spark, 8)))
    found["spoilt versions"] = spoil(spark, "annopipe/annopipe/version.py")
    found["another version"] = store.told(model.transform(frame(spark, 8)))
    return found


def environment(model: PipelineModel, archive: str, store: Store) -> dict[str, Any]:
    """Give workers a whole environment at the session's start, with the Python in it."""
    spark = session("./environment/bin/python", **{"spark.archives": f"{archive}#environment"})
    annopipe.spark.deliver(spark, model)
    return {"vectors": vectors(store.collect(model.transform(frame(spark))))}


def connected(model: PipelineModel, server: str, store: Store) -> dict[str, Any]:
    """Deliver annopipe and the model to a session of a Connect server, as artifacts."""
    spark = annopipe.start(remote=server)
    found = {"without annopipe": store.told(model.transform(frame(spark)))}
    annopipe.spark.deliver(spark, model, code=True)
    return {**found, "vectors": vectors(store.collect(model.transform(frame(spark))))}


def main(case: str, python: str, folder: Path, stash: Path) -> None:
    warnings.simplefilter("ignore")
    model = pipeline(folder)
    rows = model.transform([{"n": n, "text": f"the house of day {n}"} for n in range(ROWS)])
    native = [[row["n"], [list(map(float, word.embeddings)) for word in row["e"]]] for row in rows]
    cases = {"delivered": delivered, "packed": packed, "environment": environment, "connected": connected}
    found = cases[case](model, python, Store(folder, stash))
    annopipe.stop()
    print(json.dumps({**found, "native": native}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
