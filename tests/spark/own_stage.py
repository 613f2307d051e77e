"""A stage of a user's own, as pyspark saves them: its class is found again by its module's name."""

from typing import Any

from pyspark.ml import Transformer
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.sql import functions


class Upper(Transformer, DefaultParamsReadable, DefaultParamsWritable):
    """The text in capitals."""

    def _transform(self, dataset: Any) -> Any:
        return dataset.withColumn("text", functions.upper("text"))
