"""pyspark, taught to raise our errors where its own messages name them; all other errors stay pyspark's."""

import threading
from importlib import import_module
from typing import Any

from annopipe.spark.worker_errors import Reading, by_name, session_stopped


def is_connect(session: Any) -> bool:
    """Tell whether a session is a client of a server: Spark Connect's or Sail's."""
    return any("pyspark.sql.connect" in kind.__module__ for kind in type(session).__mro__)


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
            return reading(theirs) or (session_stopped() if _is_unknown_after_stop(captured, theirs) else theirs)
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
            raise session_stopped()
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
