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
from annopipe.errors import AnnopipeError, SessionError
from annopipe.frames.spark_workers import read_worker

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
        told = _stopped() if _STOPPED.search(text) else read_worker(text)
        return None if told is None else _plain(told)
    named: AnnopipeError = kind(found.group(2).rstrip())
    row = _ROW.match(str(named))
    return _plain(named if row is None else named.at(int(row.group(1)), row.group(2)))


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
            return reading(theirs) or (_stopped() if _is_unknown_after_stop(captured, theirs) else theirs)
        finally:
            reads.now = False

    converted.annopipe = True  # type: ignore[attr-defined]
    captured.convert_exception = converted
    _teach_call_site()
    _teach_queries(reading)


def _is_unknown_after_stop(captured: Any, error: Exception) -> bool:
    """Tell whether Java says something that pyspark knows no name for while no Spark runs: its parts are gone."""
    context = import_module("pyspark").SparkContext
    return isinstance(error, captured.UnknownException) and context._active_spark_context is None


def _teach_call_site() -> None:
    """Let ``collect`` and the like say that their session was stopped, in place of an attribute of None."""
    sync = import_module("pyspark.traceback_utils").SCCallSiteSync
    enter = sync.__enter__

    def entered(self: Any) -> Any:
        if not self._context._jsc:
            raise _stopped()
        return enter(self)

    sync.__enter__ = entered


def _teach_queries(reading: Reading) -> None:
    """Let ``exception()`` of a stream's query return our error, as ``awaitTermination`` raises it."""
    query = import_module("pyspark.sql.streaming.query").StreamingQuery
    ask = query.exception

    def asked(self: Any) -> Any:
        found = ask(self)
        return found if found is None else reading(found) or found

    query.exception = asked


def _stopped() -> AnnopipeError:
    return SessionError("this Spark session was stopped, and its frames with it: annopipe.start() gives a new one")


def is_connect(session: Any) -> bool:
    """Tell whether a session is a client of a server: Spark Connect's or Sail's."""
    return any("pyspark.sql.connect" in kind.__module__ for kind in type(session).__mro__)


def _plain(error: AnnopipeError) -> AnnopipeError:
    """Let notebooks draw the error as its one line, without the frames of pyspark's client."""
    error._render_traceback_ = lambda: [f"{type(error).__name__}: {error}"]  # type: ignore[attr-defined]
    return error
