"""Apache Spark in a JVM on this machine."""

import os
import sys
from collections.abc import Mapping
from typing import Any


def start_classic(conf: Mapping[str, str]) -> Any:
    """Return a session of Apache Spark on all processors of this machine, unless ``conf`` names another master.

    Workers run this Python, unless ``PYSPARK_PYTHON`` names another: Spark's own choice, ``python3`` on the search
    path, is seldom the environment that holds this package.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    usual = {"spark.master": "local[*]", "spark.app.name": "annopipe", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder
    for key, value in {**usual, **conf}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
