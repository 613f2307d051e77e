"""Apache Spark in a JVM of this machine's, or a cluster's driver: settings that suit Arrow, wherever none is given.

What the user set wins, whether by a keyword of `annopipe.start`, ``spark-submit``, ``spark-defaults.conf`` or
``PYSPARK_SUBMIT_ARGS``.
"""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final

from annopipe.errors import MissingExtra, SessionError
from annopipe.spark.hooks.raising import raise_ours
from annopipe.spark.java import check_java
from annopipe.spark.jvm import Jvm
from annopipe.spark.master import MASTER, check_master, is_local
from annopipe.spark.packages import installed
from annopipe.spark.variables import variables

LEAST: Final = (3, 5)
"""The oldest pyspark that hands Arrow batches to a function as annopipe needs it."""

USUAL: Final[Mapping[str, str]] = {
    "spark.app.name": "annopipe",
    "spark.python.worker.faulthandler.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2048",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
LOCAL: Final[Mapping[str, str]] = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""Settings of a Spark that is on this machine alone, which nobody else need reach."""

QUIET: Final[Mapping[str, str]] = {"spark.ui.showConsoleProgress": "false"}
_FILLED_IN: Final = (("spark.app.name", "pyspark-shell"), ("spark.master", "local[*]"))
"""What pyspark puts into every configuration of a driver that nobody configured."""

_PYTHON: Final = "spark.pyspark.python"
_GIGABYTE: Final = 1 << 30


def start_classic(conf: Mapping[str, str]) -> tuple[Any, Jvm]:
    """Return a session of Apache Spark on all processors of this machine, unless a master is named, and its JVM.

    Workers run this Python, unless the setting ``spark.pyspark.python`` or the variable ``PYSPARK_PYTHON`` names
    another: Spark's own choice, ``python3`` on the search path, is seldom the environment that holds this package.
    pyspark itself reads the variable alone.

    Raises:
        MissingExtra: no pyspark, an old one, or the client alone.
        JavaError: no Java, or one that is too old for this pyspark.
        SessionError: the JVM does not come up, or Apache Spark refuses to start with these settings.
    """
    check_classic()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with variables(_own_variables(conf)):
        jvm = Jvm({**QUIET, **conf})
        try:
            session = _session(conf)
        except (Py4JError, PySparkException) as error:
            cause = _cause(error)
            jvm.leave()
            raise SessionError(f"Apache Spark does not start: {cause}") from None
        except BaseException:
            jvm.leave()
            raise
    raise_ours(session)
    return session, jvm


def _session(conf: Mapping[str, str]) -> Any:
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    settings = SparkConf().setAll(list(conf.items()))
    for key, value in unset(settings).items():
        settings.set(key, value)
    check_master(settings.get("spark.master"))
    return SparkSession.builder.config(conf=settings).getOrCreate()


def _cause(error: Exception) -> str:
    """Return one line of what Java says, without its stack."""
    java = getattr(error, "java_exception", None)
    return str(error if java is None else java.toString()).strip().partition("\n")[0]


def unset(settings: Any) -> dict[str, str]:
    """Return the usual settings that a ``SparkConf`` lacks."""
    near = LOCAL if is_local(settings.get("spark.master", MASTER)) else {}
    usual = {"spark.master": MASTER, **QUIET, **USUAL, **near}
    return {key: usual[key] for key in usual if not settings.contains(key) or (key, settings.get(key)) in _FILLED_IN}


def check_classic() -> None:
    """Check that Apache Spark can be started here; see `start_classic` for what is raised."""
    whole, client = installed("pyspark"), installed("pyspark-client")
    if whole is None and client is not None:
        msg = (
            f"pyspark-client {client} is installed, which talks to servers and has no Spark of its own: for "
            "engine='spark' pip uninstall -y pyspark-client, then pip install 'annopipe[spark]'; or name a server, "
            "start(remote='sc://host:port')"
        )
        raise MissingExtra(msg)
    if whole is None or find_spec("pyspark") is None:
        msg = "the engine 'spark' needs pyspark: pip install 'annopipe[spark]', and Java"
        raise MissingExtra(msg)
    if tuple(map(int, whole.split(".")[:2])) < LEAST:
        msg = f"pyspark {whole} is too old: annopipe needs {'.'.join(map(str, LEAST))} or later, pip install -U pyspark"
        raise MissingExtra(msg)
    if os.environ.get("SPARK_REMOTE"):
        msg = "SPARK_REMOTE is set, and pyspark would talk to that server: unset it, or leave engine='spark' out"
        raise SessionError(msg)
    check_java(whole)


def _own_variables(conf: Mapping[str, str]) -> dict[str, str]:
    """Return variables that a start reads: the Python of workers, and the JVM's memory where nothing else sets it.

    It may take up to a quarter of this machine's, 1 to 8 GB: Spark's default, 1 GB, is little for vectors that are
    collected. The variable is the weakest of all ways to set it.
    """
    own = {"PYSPARK_PYTHON": conf.get(_PYTHON) or os.environ.get("PYSPARK_PYTHON") or sys.executable}
    if "SPARK_DRIVER_MEMORY" not in os.environ and "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        own["SPARK_DRIVER_MEMORY"] = f"{min(8, max(1, whole // 4 // _GIGABYTE))}g"
    return own
