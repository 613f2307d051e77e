"""annopipe on a Spark engine: Sail inside this process, or Apache Spark."""

import importlib.util
from importlib.metadata import version
from typing import Any

from annopipe_pipeline import card_pipeline, words_of
from child import Job, Texts, serve

import annopipe


class Spark:
    """Setting ``default``: a Parquet file in, an Arrow table of the vectors in this process out."""

    def __init__(self, job: Job) -> None:
        self._engine = "sail" if importlib.util.find_spec("pysail") else "spark"
        self._pipeline = card_pipeline(job.model)
        conf = {} if self._engine == "sail" else {"spark.master": f"local[{job.threads}]"}
        self._spark = annopipe.start(engine=self._engine, **conf)

    def versions(self) -> dict[str, str]:
        names = ("annopipe", "pysail", "pyspark-client") if self._engine == "sail" else ("annopipe", "pyspark")
        return {name: version(name) for name in names}

    def run(self, setting: str, texts: Texts) -> None:
        del setting
        self._table(texts)

    def _table(self, texts: Texts) -> Any:
        if texts.parquet:
            frame = self._spark.read.parquet(texts.parquet)
        else:
            frame = self._spark.createDataFrame([[text] for text in texts.values], "text string")
        return self._pipeline.transform(frame).select("words").toArrow()

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        del setting
        return words_of(self._table(texts).column("words"))


if __name__ == "__main__":
    serve(Spark)
