"""Apache Spark for tests: when it is there, a Connect server of it, and settings that keep it small and quiet."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from annopipe.spark.java import java
from annopipe.spark.packages import installed

LISTENING = re.compile(r"Spark Connect server started at: \S*?:(\d+)")
PATIENCE = 300.0
LOGGING = """
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %m%n%ex
logger.connect.name = org.apache.spark.sql.connect.service
logger.connect.level = info
"""


def skip_without_apache_spark(*, connect: bool = False) -> None:
    """Skip a test where Apache Spark cannot run here, with the reason."""
    if installed("pyspark") is None or java() is None:
        pytest.skip("Apache Spark is absent: pip install 'annopipe[spark]', and Java 17")
    if connect and (not list((home() / "jars").glob("spark-connect_*.jar")) or find_spec("grpc") is None):
        pytest.skip("Spark Connect is absent: pyspark 4 has it, pip install 'pyspark[connect]'")


def home() -> Path:
    """Return the folder of pyspark's package, which holds a whole Apache Spark."""
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def quiet(scratch: Path) -> dict[str, str]:
    """Return settings for a small Spark that leaves nothing outside ``scratch``."""
    return {
        "spark.master": "local[2, 4]",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.local.dir": str(scratch / "local"),
        "spark.checkpoint.dir": str(scratch / "checkpoints"),
        "spark.log.level": "ERROR",
    }


@contextmanager
def connect_server(scratch: Path, python: Path = Path(sys.executable)) -> Iterator[str]:
    """Run a Connect server of the installed Apache Spark with workers of a Python, and yield its connection string."""
    (scratch / "log4j2.properties").write_text(LOGGING)
    settings = {
        **quiet(scratch),
        "spark.connect.grpc.binding.port": "0",
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={scratch / 'log4j2.properties'}",
        "spark.ui.enabled": "false",
    }
    del settings["spark.log.level"]
    options = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
    service = "org.apache.spark.sql.connect.service.SparkConnectServer"
    log = scratch / "log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SPARK_")}
    environment["PYSPARK_PYTHON"] = str(python)
    with log.open("w") as output:
        server = subprocess.Popen(
            [home() / "bin" / "spark-submit", *options, "--class", service, "spark-internal"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield f"sc://127.0.0.1:{_port(server, log)}"
    finally:
        server.terminate()
        server.wait(30)


def _port(server: "subprocess.Popen[bytes]", log: Path) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        if (found := LISTENING.search(log.read_text("utf-8", "replace"))) is not None:
            return int(found.group(1))
        time.sleep(0.1)
    raise AssertionError(f"no Connect server came up:\n{log.read_text('utf-8', 'replace')[-4000:]}")
