"""Errors of stages on workers, read on the driver as what they are: by name, in one line.

An engine hands a worker's error to the driver as text, inside a message of its own that has the worker's traceback. The
text names our error.
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from annopipe import errors
from annopipe.errors import AnnopipeError, SessionError, WorkerDied, WorkerLacks
from annopipe.spark.sail_lacks import read_lack

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


Reading: TypeAlias = Callable[[Exception], AnnopipeError | None]
"""Tells which of our errors pyspark's error is, None for none of ours."""

_NAMED: Final = re.compile(r"\bannopipe\.errors\.(\w+): (.+)")
_STOPPED: Final = re.compile(r'on a stopped SparkContext|SparkContext\.\w+\(\)" is null|SparkContext has been shutdown')
_ROW: Final = re.compile(r"row (\d+) of its partition, (\w+):")


def one_line(error: AnnopipeError) -> AnnopipeError:
    """Return a worker's error without line breaks and frames: its name and text are what reaches the driver.

    A worker counts the rows of its partition, which the text says then.
    """
    told = " ".join(str(error).split())
    if error.row is not None:
        told = told.replace(f"row {error.row},", f"row {error.row} of its partition,", 1)
    return type(error)(told)


def by_name(error: Exception) -> AnnopipeError | None:
    """Return the error of annopipe that an engine's message names; that of a worker that died or does not start too."""
    java = getattr(error, "_stackTrace", None) or getattr(error, "stackTrace", "")  # pyspark 4 and 3.5
    text = f"{error}\n{java}"
    found = _NAMED.search(text)
    kind = getattr(errors, found.group(1), None) if found else None
    if found is None or kind is None:
        told = session_stopped() if _STOPPED.search(text) else read_worker(text) or read_lack(text)
        return None if told is None else _plain(told)
    named: AnnopipeError = kind(found.group(2).rstrip())
    row = _ROW.match(str(named))
    return _plain(named if row is None else named.at(int(row.group(1)), row.group(2)))


def session_stopped() -> AnnopipeError:
    """Return the error of a session that was stopped, and of its frames."""
    return SessionError("this Spark session was stopped, and its frames with it: annopipe.start() gives a new one")


def _plain(error: AnnopipeError) -> AnnopipeError:
    """Let notebooks draw the error as its one line, without the frames of pyspark's client."""
    error._render_traceback_ = lambda: [f"{type(error).__name__}: {error}"]  # type: ignore[attr-defined]
    return error
