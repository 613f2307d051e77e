"""The task in which a Python worker of Spark runs."""

import sys

from annopipe.albert.threads import limit_threads


def keep_to_task() -> None:
    """Let encoders use the processors of the Spark task alone, ``spark.task.cpus``; outside a task change nothing.

    pyspark is imported in every worker; nothing is imported to ask.
    """
    module = sys.modules.get("pyspark.taskcontext")
    task = module.TaskContext.get() if module is not None else None
    if task is not None:
        limit_threads(int(task.cpus()))
