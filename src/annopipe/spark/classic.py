"""Apache Spark in a JVM on this machine."""

from collections.abc import Mapping
from typing import Any


def start_classic(conf: Mapping[str, str]) -> Any:
    """Return a session of Apache Spark on all processors of this machine, unless ``conf`` names another master."""
    from pyspark.sql import SparkSession

    usual = {"spark.master": "local[*]", "spark.app.name": "annopipe", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder
    for key, value in {**usual, **conf}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
