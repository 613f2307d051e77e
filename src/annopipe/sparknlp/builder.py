"""``SparkSession.builder`` in scripts that were written for a JVM: what concerns the JVM is left out."""

from types import ModuleType
from typing import Any, Final

from annopipe.import_hooks import after_import
from annopipe.spark import packages
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
_MARK: Final = "_annopipe_original"


def mend_builder() -> None:
    """Let ``getOrCreate`` return ``annopipe.start()``'s session, without the options that are the JVM's."""
    after_import(_MODULE, _patch)


def _patch(module: ModuleType) -> None:
    builder = module.SparkSession.Builder
    if hasattr(builder, _MARK):
        return
    original = builder.getOrCreate

    def get_or_create(self: Any) -> Any:
        given = dict(self._options)
        left_out = sorted(name for name in given if name.startswith(_OF_THE_JVM))
        if left_out:
            warn_once(
                f"these options of SparkSession.builder concern a JVM and are ignored: {', '.join(left_out)}",
                cause="builder",
            )
        if not packages.has_sail():
            self._options = {name: value for name, value in given.items() if not name.startswith("spark.jars")}
            return original(self)
        session = start()
        for name, value in given.items():
            if name.startswith("spark.sql."):
                session.conf.set(name, value)
        return session

    builder.getOrCreate = get_or_create
    setattr(builder, _MARK, original)
