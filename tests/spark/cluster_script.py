"""A cluster of two executors whose Python has no annopipe and whose machines have no model: what is told, what helps.

Run by ``test_cluster.py``: ``cluster_script.py PYTHON MODEL STASH``. Prints one JSON object.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

import annopipe
from annopipe import AlbertEmbeddings, AnnopipeError, DocumentAssembler, Pipeline, PipelineModel, Tokenizer
from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer

ROWS, PARTS = 40, 4
BASE = {
    "spark.master": "local-cluster[2,1,1024]",
    "spark.log.level": "OFF",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
    "spark.locality.wait": "0",
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


def told(act: Callable[[], Any]) -> list[str]:
    """Return name and text of the error that an act raises."""
    try:
        act()
    except AnnopipeError as error:
        return [type(error).__name__, str(error)]
    return ["nothing", ""]


def spoil(spark: Any, pattern: str) -> int:
    """Append a byte to a file of one executor's copy; return how many files were changed."""

    def change(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pathlib import Path

        from pyspark import SparkFiles

        root = Path(SparkFiles.getRootDirectory()).resolve()
        files = sorted(root.glob(pattern)) if root.name == "0" else []
        for batch in batches:
            for file in files:
                with file.open("ab") as end:
                    end.write(b"\n__version__ = '0.0.1'\n")
            yield pa.RecordBatch.from_arrays([pa.array([len(files)] * batch.num_rows, pa.int64())], names=["changed"])
            files = []

    frame = spark.range(0, 16, 1, 16).mapInArrow(change, "changed long")
    return sum(row.changed for row in frame.collect())


def session(python: str, **more: str) -> Any:
    os.environ["PYSPARK_PYTHON"] = python
    return annopipe.start(engine="spark", **BASE, **more)


def frame(spark: Any) -> Any:
    rows = [[n, f"the house of day {n}"] for n in range(ROWS)]
    return spark.createDataFrame(rows, "n long, text string").repartition(PARTS)


def vectors(rows: Any) -> list[Any]:
    return [[int(row["n"]), [list(map(float, word["embeddings"])) for word in row["e"]]] for row in rows]


def main(python: str, folder: Path, stash: Path) -> None:
    warnings.simplefilter("ignore")
    albert = AlbertEmbeddings.pretrained(str(folder)).setInputCols("document", "token").setOutputCol("e")
    documents = DocumentAssembler(inputCol="text", outputCol="document")
    model = Pipeline(stages=[documents, Tokenizer(inputCols=["document"], outputCol="token"), albert]).fit()
    rows = [{"n": n, "text": f"the house of day {n}"} for n in range(ROWS)]
    found: dict[str, Any] = {
        "native": vectors([{"n": r["n"], "e": [vars_of(a) for a in r["e"]]} for r in model.transform(rows)])
    }
    counting = PipelineModel([Loads(), *model.stages])

    spark = session(python)
    result = counting.transform(frame(spark)).select("n", "loads", "e")
    folder.rename(stash)  # the workers see no model of the driver's
    found["without annopipe"] = told(result.collect)
    annopipe.spark.deliver(spark, code=True)
    found["without the model"] = told(result.collect)
    stash.rename(folder)
    annopipe.spark.deliver(spark, model)
    folder.rename(stash)
    collected = [*result.collect(), *result.collect()]
    found["delivered"] = vectors(sorted(collected[:ROWS], key=lambda row: row["n"]))
    found["loads, workers reused"] = [row["loads"] for row in collected]
    annopipe.stop()

    spark = session(python, **{"spark.python.worker.reuse": "false", "spark.task.maxFailures": "1"})
    stash.rename(folder)
    annopipe.spark.deliver(spark, model, code=True)
    folder.rename(stash)
    found["loads, workers not reused"] = [row["loads"] for row in counting.transform(frame(spark)).collect()]
    result = model.transform(frame(spark).repartition(16)).select("n", "e")
    found["spoilt models"] = spoil(spark, "annopipe-model-*/spiece.model")
    found["a spoilt model"] = told(result.collect)
    found["spoilt versions"] = spoil(spark, "annopipe-packages/annopipe/version.py")
    found["another version"] = told(result.collect)
    annopipe.stop()
    print(json.dumps(found))


def vars_of(annotation: Any) -> dict[str, Any]:
    return {"embeddings": annotation.embeddings}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
