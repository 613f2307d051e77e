"""``SparkSession.builder`` in scripts that were written for Spark NLP: what has no use is left out and told."""

import os
import sys
from types import ModuleType
from typing import Any, Final

from annopipe.spark import packages
from annopipe.spark.hooks.imports import after_import
from annopipe.spark.session import start
from annopipe.warnings import warn_once

_MODULE: Final = "pyspark.sql.session"
_OF_THE_JVM: Final = (
    "spark.master",
    "spark.jars",
    "spark.driver.",
    "spark.executor.",
    "spark.kryo",
    "spark.serializer",
)
_SPARK_NLPS: Final = ("spark.jars",)
_MARK: Final = "_annopipe_original"


def mend_builder() -> None:
    """Let ``getOrCreate`` return ``annopipe.start()``'s session, without the options that are the JVM's.

    On Apache Spark the session is the one that was asked for, without the jars: they are Spark NLP's. Its workers run
    this Python, unless ``PYSPARK_PYTHON`` names another: the stages need annopipe there.
    """
    after_import(_MODULE, _patch)


def _patch(module: ModuleType) -> None:
    builder = module.SparkSession.Builder
    if hasattr(builder, _MARK):
        return
    original = builder.getOrCreate

    def get_or_create(self: Any) -> Any:
        given = dict(self._options)
        embedded = packages.has_sail()
        left_out = sorted(name for name in given if name.startswith(_OF_THE_JVM if embedded else _SPARK_NLPS))
        if left_out:
            concern = "a JVM" if embedded else "Spark NLP's jars"
            warn_once(
                f"these options of SparkSession.builder concern {concern} and are ignored: {', '.join(left_out)}",
                cause="builder",
            )
        if not embedded:
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            self._options = {name: value for name, value in given.items() if name not in left_out}
            return original(self)
        session = start()
        for name, value in given.items():
            if name.startswith("spark.sql."):
                session.conf.set(name, value)
        return session

    builder.getOrCreate = get_or_create
    setattr(builder, _MARK, original)
