"""How errors of a JVM are read: what reading one brings about is not read in turn; Python workers that do not start."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from annopipe.errors import AnnopipeError, RowTooLarge, SessionError, WorkerDied, WorkerLacks
from annopipe.spark.hooks.raising import _teach_jvm
from annopipe.spark.worker_errors import by_name


class _UnknownException(Exception):
    """As pyspark's, of what it has no name for."""


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return pyspark's modules, as far as they are asked for, in one."""
    module: Any = ModuleType("captured")
    module.convert_exception = lambda error: _UnknownException(f"theirs: {error}")
    module.UnknownException = _UnknownException
    module.SparkContext = SimpleNamespace(_active_spark_context="one")
    module.StreamingQuery = type("StreamingQuery", (), {"exception": lambda _: RuntimeError("theirs")})
    module.SCCallSiteSync = type("SCCallSiteSync", (), {"_context": SimpleNamespace(_jsc=None), "__enter__": id})
    monkeypatch.setattr("annopipe.spark.hooks.raising.import_module", lambda _: module)
    return module


def test_reading_that_fails_in_the_jvm_does_not_go_on_for_ever(captured: Any) -> None:
    """pyspark's text of an error asks the JVM for a setting, and a wrong setting makes that an error too."""
    met: list[str] = []

    def reading(error: Exception) -> AnnopipeError | None:
        met.append(str(captured.convert_exception("a wrong setting")))
        return RowTooLarge("ours") if "too large" in str(error) else None

    _teach_jvm(reading)
    assert str(captured.convert_exception("too large")) == "ours"
    assert str(captured.convert_exception("another")) == "theirs: another"
    assert met == ["theirs: a wrong setting"] * 2


def test_what_is_unknown_after_a_stop_is_that_stop(captured: Any) -> None:
    _teach_jvm(lambda _: None)
    captured.SparkContext._active_spark_context = None
    assert type(captured.convert_exception("None.get")) is SessionError
    with pytest.raises(SessionError, match="was stopped"):
        captured.SCCallSiteSync().__enter__()


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        (
            "[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.10 than that in driver: 3.11, PySpark",
            WorkerLacks,
            "Spark's workers run Python 3.10, the driver 3.11: the variable PYSPARK_PYTHON",
        ),
        (
            "Python in worker has different version (3, 10) than that in driver 3.11, PySpark cannot run",
            WorkerLacks,
            "Spark's workers run Python 3.10, the driver 3.11: ",
        ),
        (
            'java.io.IOException: Cannot run program "/no/python": error=2, No such file or directory\n'
            "\tat org.apache.spark.api.python.PythonWorkerFactory.startDaemon(PythonWorkerFactory.scala:371)",
            WorkerLacks,
            "Spark's workers cannot run the Python /no/python (No such file or directory): ",
        ),
        (
            "Error from python worker:\n  Traceback (most recent call last):\n  SyntaxError: invalid syntax\n"
            "PYTHONPATH was:\n  /spark/pyspark.zip",
            WorkerLacks,
            "the Python of Spark's workers does not start (SyntaxError: invalid syntax): ",
        ),
        (
            "Task 0 in stage 1.0 failed 4 times, most recent failure: Lost task 0.3 in stage 1.0 (TID 4) (host-7 "
            "executor 2): org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
            WorkerDied,
            "a Python worker of Spark died 4 times in one task, at last on host-7 (executor 2): killed from outside",
        ),
        (
            'NullPointerException: the return value of "org.apache.spark.SparkContext.dagScheduler()" is null',
            SessionError,
            "this Spark session was stopped",
        ),
    ],
)
def test_what_spark_says_of_workers_and_ends(text: str, kind: type[AnnopipeError], told: str) -> None:
    error = by_name(RuntimeError(text))
    assert type(error) is kind
    assert str(error).startswith(told)
    assert "\n" not in str(error)


def test_causes_are_read_where_pysparks_text_lacks_them() -> None:
    for name in ("_stackTrace", "stackTrace"):
        error: Any = RuntimeError("Exception thrown in awaitResult")
        setattr(
            error, name, "Caused by: PythonException\nannopipe.errors.RowTooLarge: row 3 of its partition, X: too large"
        )
        found = by_name(error)
        assert type(found) is RowTooLarge
        assert (found.row, found.stage) == (3, "X")
    assert by_name(RuntimeError("something else")) is None
