"""annopipe on a Spark engine: Sail inside this process, or Apache Spark."""

import importlib.util
from importlib.metadata import version
from typing import Any

from annopipe_pipeline import card_pipeline, words_of
from child import Job, Texts, serve

import annopipe
from annopipe import LightPipeline


class Spark:
    """Settings ``default`` and ``one text`` (LightPipeline).

    A Parquet file goes in; out of Sail comes an Arrow table of the vectors in this process.

    On Apache Spark the vectors stay with the workers, as for a job that writes them, and as its peers' do there.
    """

    def __init__(self, job: Job) -> None:
        self._engine = "sail" if importlib.util.find_spec("pysail") else "spark"
        self._threads = job.threads
        self._pipeline = card_pipeline(job.model)
        conf = {} if self._engine == "sail" else {"spark.master": f"local[{job.threads}]"}
        self._light = LightPipeline(self._pipeline, parse_embeddings=True)
        self._spark = annopipe.start(engine=self._engine, **conf)

    def versions(self) -> dict[str, str]:
        names = ("annopipe", "pysail", "pyspark-client") if self._engine == "sail" else ("annopipe", "pyspark")
        return {name: version(name) for name in names}

    def run(self, setting: str, texts: Texts) -> None:
        if setting == "one text":
            for text in texts.values:
                self._light.fullAnnotate(text)
        elif self._engine == "sail" or not texts.parquet:
            self._frame(texts).toArrow()
        else:
            self._frame(texts).write.format("noop").mode("overwrite").save()

    def _frame(self, texts: Texts) -> Any:
        if not texts.parquet:
            frame = self._spark.createDataFrame([[text] for text in texts.values], "text string")
        elif self._engine == "sail":
            frame = self._spark.read.parquet(texts.parquet)
        else:
            frame = self._spark.read.parquet(texts.parquet).repartition(self._threads)
        return self._pipeline.transform(frame).select("text", "words")

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        del setting
        made = self._frame(texts).toArrow()
        places = {text: place for place, text in enumerate(made.column("text").to_pylist())}
        return words_of(made.take([places[text] for text in texts.values]).column("words"))


if __name__ == "__main__":
    serve(Spark)
