"""What Apache Spark says of Python workers that die or do not start, read as errors of ours."""

import re
from typing import Final

from annopipe.errors import AnnopipeError, WorkerDied, WorkerLacks

_DIED: Final = re.compile(r"Python worker exited unexpectedly \(crashed\)(?:: (Fatal Python error: .+))?")
_TASK: Final = re.compile(r"failed (\d+) times, most recent failure: Lost task .*?\((\S+) executor (\S+)\)")
_OTHER_VERSION: Final = re.compile(r"Python in worker has different version:? (.+?) than that in driver:? ([\d.]+\d)")
_NO_PROGRAM: Final = re.compile(r'Cannot run program "([^"]+)"[^:]*: (?:error=\d+, )?(.+)')
_NO_START: Final = re.compile(r"Error from python worker:\n(.*?)\nPYTHONPATH was:", re.DOTALL)
_CURE: Final = (
    "the variable PYSPARK_PYTHON, or spark.pyspark.python, names the Python of the workers, set before the session "
    "starts: on this machine sys.executable, elsewhere one of the driver's version, as in an environment that "
    "spark.archives sends along"
)


def read_worker(text: str) -> AnnopipeError | None:
    """Return an error for a message of Apache Spark's on its Python workers, None where it is of something else."""
    if (versions := _OTHER_VERSION.search(text)) is not None:
        worker, driver = versions.groups()
        return WorkerLacks(
            f"Spark's workers run Python {worker.strip('()').replace(', ', '.')}, the driver {driver}: {_CURE}"
        )
    if (program := _NO_PROGRAM.search(text)) is not None and "PythonWorkerFactory" in text:
        path, why = program.groups()
        return WorkerLacks(f"Spark's workers cannot run the Python {path} ({why.strip()}): {_CURE}")
    if (output := _NO_START.search(text)) is not None:
        why = output.group(1).splitlines()[-1].strip()
        return WorkerLacks(f"the Python of Spark's workers does not start ({why}): {_CURE}")
    return _death(text)


def _death(text: str) -> AnnopipeError | None:
    """Return an error for a message that a Python worker died in each try of a task."""
    died, task = _DIED.search(text), _TASK.search(text)
    if died is None or task is None:
        return None
    times, host, executor = task.groups()
    return WorkerDied(
        f"a Python worker of Spark died {times} times in one task, at last on {host} (executor {executor}): "
        f"{died.group(1) or 'killed from outside or for its memory'}. What helps: more memory beside the JVM "
        "(spark.executor.memoryOverhead), fewer tasks at once (spark.task.cpus), the log of that executor"
    )
