"""Sessions of Apache Spark that start wrongly, end or die, and what is said: ``start_script.py CASE``.

Run by ``test_starts.py``, each case in a process of its own; prints one JSON object.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import annopipe
from annopipe import DocumentAssembler, Pipeline, Tokenizer

QUIET = {"spark.log.level": "OFF", "spark.master": "local[1]", "spark.ui.enabled": "false"}
STAGES = [
    DocumentAssembler(inputCol="text", outputCol="document"),
    Tokenizer(inputCols=["document"], outputCol="token"),
]


def told(act: Callable[[], Any]) -> list[str]:
    """Return class and text of what an action raises, nothing where it passes."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
        return [type(error).__name__, str(error)]
    return []


def begin(**conf: str) -> Any:
    return annopipe.start(engine="spark", **{**QUIET, **conf})


def tokens(spark: Any) -> Any:
    return Pipeline(stages=STAGES).fit().transform(spark.createDataFrame([["I love Spark NLP"]], ["text"]))


def acts(frame: Any) -> list[list[str]]:
    """Return what the usual calls on a frame of a session that ended raise."""
    calls = [frame.collect, frame.show, frame.count, lambda: list(frame.toLocalIterator())]
    return [told(call) for call in [*calls, lambda: frame.write.parquet("never")]]


def wrong_starts() -> Any:
    """Starts that fail, and sessions after them: nothing of one is left in the next."""
    failures = {
        "archive": told(lambda: begin(**{"spark.archives": "typo.zip#annopipe"})),
        "processors": told(lambda: begin(**{"spark.task.cpus": "2"})),
        "master": told(lambda: begin(**{"spark.master": "spark://127.0.0.1:9"})),
    }
    os.environ["SPARK_HOME"] = "/nowhere"
    failures["home"] = told(begin)
    del os.environ["SPARK_HOME"]
    spark = begin(
        **{"spark.sql.session.timeZone": "Asia/Tokyo", "spark.driver.memory": "600m", "spark.app.name": "mine"}
    )
    first, variables = _settings(spark), "PYSPARK_PYTHON" in os.environ
    annopipe.stop()
    spark = begin()
    second, rows = _settings(spark), tokens(spark).count()
    annopipe.stop()
    return {
        "failures": failures,
        "late": told(lambda: begin(**{"spark.driver.memory": "700m"})),
        "first": first,
        "second": second,
        "variables": [variables, "PYSPARK_PYTHON" in os.environ],
        "rows": rows,
    }


def _settings(spark: Any) -> dict[str, Any]:
    most = spark.sparkContext._jvm.java.lang.Runtime.getRuntime().maxMemory()
    zone = spark.conf.get("spark.sql.session.timeZone")
    return {"megabytes": most >> 20, "zone": zone, "name": spark.sparkContext.appName}


def ended() -> Any:
    """Frames of sessions that were stopped by us, by their own method, and whose JVM died; what is made once stays."""
    from pyspark.sql import functions
    from pyspark.sql.types import LongType

    longer = functions.udf(lambda number: number + 1, LongType())
    stopped_by, sums = {}, []
    for name in ("annopipe", "itself"):
        spark = begin()
        frame = tokens(spark)
        sums.append(spark.range(3).select(longer("id").alias("n")).groupBy().sum("n").first()[0])
        if name == "annopipe":
            annopipe.stop()
        spark.stop()
        stopped_by[name] = acts(frame)
    spark = begin()
    frame = tokens(spark)
    os.kill((jvm := spark.sparkContext._gateway.proc).pid, signal.SIGKILL)
    jvm.wait()
    died = acts(frame)
    spark = begin()
    others = [spark.range(100).filter("id < 50") for _ in range(20)]
    died.append(told(lambda: tokens(spark).union(frame).count()))
    return {"stopped by": stopped_by, "sums": sums, "died": died, "rows": tokens(spark).count(), "kept": len(others)}


def self_made() -> Any:
    """A session that pyspark made, with a Python of the workers that has nothing, and after its own stop."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.argv[2]
    builder = SparkSession.builder
    for key, value in QUIET.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    frame = tokens(spark)
    bare = told(frame.collect)
    spark.stop()
    late = told(lambda: begin(**{"spark.driver.memory": "2g"}))
    return {"bare": bare, "stopped": acts(frame), "late": late}


def submitted() -> Any:
    """Two sessions, one after the other, in the JVM of ``spark-submit``."""
    rows = []
    for _ in range(2):
        rows.append(tokens(begin(**{"spark.driver.memory": "1g"})).count())
        annopipe.stop()
    return {"rows": rows}


CASES = {"wrong": wrong_starts, "ended": ended, "self-made": self_made, "submitted": submitted}

if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]]()))
