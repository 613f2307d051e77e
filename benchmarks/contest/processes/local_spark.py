"""An Apache Spark session in this machine's JVM, as peers on Spark have it."""

from typing import Any

from child import Job
from pyspark.sql import SparkSession


def session(job: Job, conf: dict[str, str]) -> Any:
    """Return a session with a task a thread and the settings that a peer needs beside."""
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(f"local[{job.threads}]").appName("contest")
    for key, value in (settings | conf).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
