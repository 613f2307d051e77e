"""What needs a JVM: pyspark's client refuses it; here it names what to use in its place."""

from typing import Final

CONDITION: Final = "JVM_ATTRIBUTE_NOT_SUPPORTED"
WAYS: Final = (
    " Without a JVM: createDataFrame or spark.read in place of sparkContext, mapInArrow or mapInPandas in place of "
    "rdd; with one: annopipe.stop(), then annopipe.start(engine='spark')."
)


def name_ways() -> None:
    """Add the ways to pyspark's own sentence on ``sparkContext``, ``rdd`` and the like, once a process."""
    from pyspark.errors.error_classes import ERROR_CLASSES_MAP

    sentences = ERROR_CLASSES_MAP.get(CONDITION, {}).get("message", [])
    if sentences and not sentences[-1].endswith(WAYS):
        sentences[-1] += WAYS
