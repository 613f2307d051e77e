"""The real Spark NLP, on Apache Spark in this machine's JVM, where the vectors stay, as for a job that writes them."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from child import Job, Texts, serve
from local_spark import session
from sparknlp.annotator import AlbertEmbeddings, Tokenizer
from sparknlp.base import DocumentAssembler, LightPipeline, Pipeline


class SparkNlp:
    """Settings ``default`` (batchSize 8), ``batch 32``, and ``one text`` (LightPipeline)."""

    def __init__(self, job: Job) -> None:
        self._job = job
        jars = sorted(map(str, Path(job.extra["jars"]).glob("*.jar")))
        conf = {
            "spark.jars": ",".join(jars),
            "spark.driver.extraClassPath": ":".join(jars),
            "spark.driver.memory": "6g",
            "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
            "spark.kryoserializer.buffer.max": "2000M",
        }
        self._spark = session(job, conf)
        self._models = {"default": self._fitted(8), "batch 32": self._fitted(32)}
        self._light = LightPipeline(self._models["default"], parse_embeddings=True)

    def _fitted(self, size: int) -> Any:
        albert = AlbertEmbeddings.loadSavedModel(str(self._job.model / "spark_nlp"), self._spark)
        albert.setInputCols(["document", "token"]).setOutputCol("words")
        albert.setCaseSensitive(False).setMaxSentenceLength(512).setBatchSize(size)
        stages = [
            DocumentAssembler().setInputCol("text").setOutputCol("document"),
            Tokenizer().setInputCols(["document"]).setOutputCol("token"),
            albert,
        ]
        return Pipeline(stages=stages).fit(self._spark.createDataFrame([[""]]).toDF("text"))

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("spark-nlp", "pyspark")}

    def run(self, setting: str, texts: Texts) -> None:
        if setting == "one text" or not texts.parquet:
            for text in texts.values:
                self._light.fullAnnotate(text)
            return
        self._frame(setting, texts).write.format("noop").mode("overwrite").save()

    def _frame(self, setting: str, texts: Texts) -> Any:
        frame = self._spark.read.parquet(texts.parquet).repartition(self._job.threads)
        return self._models[setting].transform(frame).select("text", "words")

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        wanted = "default" if setting == "one text" else setting
        found = {row.text: row.words for row in self._frame(wanted, texts).collect()}
        rows = [found[text] for text in texts.values]
        words = [word for row in rows for word in row]
        return {
            "values": np.array([word.embeddings for word in words], np.float32),
            "counts": np.array([len(row) for row in rows]),
            "begin": np.array([word.begin for word in words]),
        }


if __name__ == "__main__":
    serve(SparkNlp)
