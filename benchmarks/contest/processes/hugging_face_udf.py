"""transformers inside Apache Spark, as Spark's guide has it: ``predict_batch_udf``, texts in order of arrival."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from child import Job, Texts, end_to_end, serve
from local_spark import session
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql.types import ArrayType, FloatType
from transformers import AutoTokenizer

CUT = {"truncation": True, "max_length": 512}
SIZE = 32


def predictor(model: str) -> Callable[[], Callable[[Any], Any]]:
    """Return what each Python worker calls once: it loads the model and returns the function of a batch of texts."""

    def load() -> Callable[[Any], Any]:
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.set_num_threads(1)  # a core a task, as Spark counts
        tokenizer = AutoTokenizer.from_pretrained(model)
        albert = AutoModel.from_pretrained(model, add_pooling_layer=False).eval()

        def predict(texts: Any) -> Any:
            found = tokenizer([str(text) for text in texts], **CUT, padding=True, return_tensors="pt")
            with torch.inference_mode():
                states = albert(**found).last_hidden_state.numpy()
            return states.reshape(len(states), -1)

        return predict

    return load


class HuggingFaceUdf:
    """Setting ``batch 32``: a Parquet file in, the vectors stay with the workers, as for a job that writes them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._spark = session(job, {"spark.driver.memory": "4g"})
        self._vectors = predict_batch_udf(
            predictor(str(job.model)), return_type=ArrayType(FloatType()), batch_size=SIZE
        )

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("pyspark", "transformers", "torch")}

    def run(self, setting: str, texts: Texts) -> None:
        del setting
        self._frame(texts).write.format("noop").mode("overwrite").save()

    def _frame(self, texts: Texts) -> Any:
        if texts.parquet:
            frame = self._spark.read.parquet(texts.parquet).repartition(self._job.threads)
        else:
            frame = self._spark.createDataFrame([[text] for text in texts.values], "text string")
        return frame.select("text", self._vectors("text").alias("vectors"))

    def vectors(self, setting: str, texts: Texts) -> dict[str, Any]:
        del setting
        lengths = map(len, AutoTokenizer.from_pretrained(self._job.model)(texts.values, **CUT)["input_ids"])
        found = {row.text: np.array(row.vectors, np.float32).reshape(-1, self._width) for row in self._rows(texts)}
        return end_to_end([found[text][:length] for text, length in zip(texts.values, lengths, strict=True)])

    def _rows(self, texts: Texts) -> list[Any]:
        rows: list[Any] = self._frame(texts).collect()
        return rows

    @property
    def _width(self) -> int:
        from transformers import AutoConfig

        width: int = AutoConfig.from_pretrained(self._job.model).hidden_size
        return width


if __name__ == "__main__":
    serve(HuggingFaceUdf)
