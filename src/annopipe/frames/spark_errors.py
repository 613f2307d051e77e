"""Errors of stages on workers, raised on the driver as what they are: by name, in one line.

An engine hands a worker's error to the driver as text, inside a message of its own that has the worker's traceback. The
text names our error; pyspark is taught to raise that one in place of its own. All other errors stay pyspark's.
"""

import re
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, TypeAlias

from annopipe import errors
from annopipe.errors import AnnopipeError, WorkerDied

Reading: TypeAlias = Callable[[Exception], AnnopipeError | None]
"""Tells which of our errors pyspark's error is, None for none of ours."""

_NAMED: Final = re.compile(r"\bannopipe\.errors\.(\w+): (.+)")
_ROW: Final = re.compile(r"row (\d+) of its partition, (\w+):")
_DIED: Final = re.compile(r"Python worker exited unexpectedly \(crashed\)(?:: (Fatal Python error: .+))?")
_TASK: Final = re.compile(r"failed (\d+) times, most recent failure: Lost task .*?\((\S+) executor (\S+)\)")


def one_line(error: AnnopipeError) -> AnnopipeError:
    """Return a worker's error without line breaks and frames: its name and text are what reaches the driver.

    A worker counts the rows of its partition, which the text says then.
    """
    told = " ".join(str(error).split())
    if error.row is not None:
        told = told.replace(f"row {error.row},", f"row {error.row} of its partition,", 1)
    return type(error)(told)


def by_name(error: Exception) -> AnnopipeError | None:
    """Return the error of annopipe that an engine's message names; that of a Python worker's death too."""
    text = str(error)
    found = _NAMED.search(text)
    kind = getattr(errors, found.group(1), None) if found else None
    if found is None or kind is None:
        return _death(text)
    told: AnnopipeError = kind(found.group(2).rstrip())
    row = _ROW.match(str(told))
    return _plain(told if row is None else told.at(int(row.group(1)), row.group(2)))


def _death(text: str) -> AnnopipeError | None:
    """Return an error for a message of Apache Spark's that a Python worker died in each try of a task."""
    died, task = _DIED.search(text), _TASK.search(text)
    if died is None or task is None:
        return None
    times, host, executor = task.groups()
    msg = (
        f"a Python worker of Spark died {times} times in one task, at last on {host} (executor {executor}): "
        f"{died.group(1) or 'killed from outside or for its memory'}. What helps: more memory beside the JVM "
        "(spark.executor.memoryOverhead), fewer tasks at once (spark.task.cpus), the log of that executor"
    )
    return _plain(WorkerDied(msg))


def raise_ours(session: Any, reading: Reading = by_name) -> None:
    """Let a session raise our errors in place of those that pyspark makes of them; once a session.

    Sessions in a JVM share one reader of the JVM's errors, which is taught once a process.
    """
    if is_connect(session):
        _teach_client(session.client, reading)
    else:
        _teach_jvm(reading)


def _teach_client(client: Any, reading: Reading) -> None:
    handle = client._handle_error
    if hasattr(handle, "annopipe"):
        return

    def told(error: Exception, *operation: Any) -> None:  # pyspark 4.3 names the operation, too
        from pyspark.errors import PySparkException

        try:
            handle(error, *operation)
        except (PySparkException, ValueError) as raised:
            ours = reading(raised)
            if ours is None:
                raise
            raise ours from None

    told.annopipe = True  # type: ignore[attr-defined]
    client._handle_error = told


def _teach_jvm(reading: Reading) -> None:
    captured: Any = import_module("pyspark.errors.exceptions.captured")
    convert = captured.convert_exception
    if hasattr(convert, "annopipe"):
        return

    reads = threading.local()

    def converted(error: Any) -> Any:
        theirs = convert(error)
        if getattr(reads, "now", False):  # the text asks the JVM for a setting: where that fails, it is converted, too
            return theirs
        reads.now = True
        try:
            return reading(theirs) or theirs
        finally:
            reads.now = False

    converted.annopipe = True  # type: ignore[attr-defined]
    captured.convert_exception = converted


def is_connect(session: Any) -> bool:
    """Tell whether a session is a client of a server: Spark Connect's or Sail's."""
    return any("pyspark.sql.connect" in kind.__module__ for kind in type(session).__mro__)


def _plain(error: AnnopipeError) -> AnnopipeError:
    """Let notebooks draw the error as its one line, without the frames of pyspark's client."""
    error._render_traceback_ = lambda: [f"{type(error).__name__}: {error}"]  # type: ignore[attr-defined]
    return error
