"""The JVM behind sessions of Apache Spark: one a process, launched with the first session's settings.

pyspark hands the settings of the launch on to all later sessions, keeps a JVM in which a first start failed, and never
notices one that died. Here settings end with their session, a failed start leaves nothing, and a dead JVM is replaced.
"""

import contextlib
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from annopipe.errors import SessionError

_PATIENCE: Final = 2.0
_SUBMITTED: Final = "PYSPARK_GATEWAY_PORT"
_NOTE: Final = "annopipe_launch"
_AT_LAUNCH: Final = frozenset(
    f"spark.{name}"
    for name in (
        "driver.defaultJavaOptions",
        "driver.extraClassPath",
        "driver.extraJavaOptions",
        "driver.extraLibraryPath",
        "driver.memory",
        "jars.packages",
        "jars.repositories",
    )
)
"""Settings that a JVM takes when it starts, and never again."""


class Jvm:
    """The JVM that pyspark uses in this process; it outlives its sessions, and with it what users made of Java objects.

    Raises:
        SessionError: it does not come up, or one runs already and a setting would need another.
    """

    def __init__(self, conf: Mapping[str, str]) -> None:
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException

        idle, submitted = SparkContext._gateway is None, _SUBMITTED in os.environ
        self._launched = idle and not submitted
        if not idle and not submitted:
            _check_late(SparkContext._gateway, conf)
        try:
            SparkContext._ensure_initialized(conf=SparkConf(loadDefaults=False).setAll(list(conf.items())))
        except (OSError, PySparkException) as error:
            raise _not_up(error) from None
        self._gateway: Any = SparkContext._gateway
        if self._launched:
            setattr(self._gateway, _NOTE, dict(conf))
            for key in conf:
                self._gateway.jvm.java.lang.System.clearProperty(key)
            self._tell_its_death()

    @property
    def running(self) -> bool:
        """Whether the JVM lives; of one that ``spark-submit`` runs nobody can say."""
        process = getattr(self._gateway, "proc", None)
        return process is None or process.poll() is None

    def leave(self) -> None:
        """End the JVM if it was launched for a start that failed, so that nothing of it is left for the next."""
        process = getattr(self._gateway, "proc", None)
        if not self._launched or process is None:
            return
        self._forget()
        self._gateway.shutdown()
        with contextlib.suppress(OSError):
            process.stdin.close()
        for end in (lambda: None, process.terminate, process.kill):
            end()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
                return

    def bury(self) -> None:
        """Forget a JVM that died, so that the next start launches another.

        Its objects are marked: another JVM counts its own from the start again, and would take an old frame for
        whatever has that number there.
        """
        from py4j.finalizer import ThreadSafeFinalizer

        self._forget()
        client = self._gateway._gateway_client
        with ThreadSafeFinalizer.lock:
            alive = [found for reference in ThreadSafeFinalizer.finalizers.values() if (found := reference())]
        for one in alive:
            if one._gateway_client is client:
                one._target_id = _Dead()

    def _forget(self) -> None:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        if SparkContext._gateway is self._gateway:
            SparkContext._gateway = SparkContext._jvm = None
            SparkContext._active_spark_context = SparkSession._instantiatedSession = None

    def _tell_its_death(self) -> None:
        """Let calls say that the JVM died, which py4j tells as a connection that is refused."""
        from py4j.protocol import Py4JNetworkError

        client, process = self._gateway._gateway_client, getattr(self._gateway, "proc", None)
        send = client.send_command

        def told(*args: Any, **kwargs: Any) -> Any:
            try:
                return send(*args, **kwargs)
            except (OSError, Py4JNetworkError):
                if process is None or process.poll() is None:
                    raise
                raise _died(process.returncode) from None

        client.send_command = told


class _Dead:
    """In place of the number of a Java object whose JVM died: every command that would name it is the error."""

    def __radd__(self, _: Any) -> NoReturn:
        raise _died()

    __add__ = __radd__


def _died(code: int | None = None) -> SessionError:
    how = "" if code is None else f" (exit code {code})"
    return SessionError(
        f"the JVM of Apache Spark died{how}, perhaps for lack of memory (spark.driver.memory): annopipe.start() gives "
        "a new session"
    )


def _check_late(gateway: Any, conf: Mapping[str, str]) -> None:
    launched = vars(gateway).get(_NOTE, {})  # other names of a gateway are Java's
    late = sorted(key for key in _AT_LAUNCH & conf.keys() if launched.get(key) != conf[key])
    if late:
        msg = (
            f"Spark's JVM runs in this process already, and {', '.join(late)} act when it starts and never again: "
            "give them to the first start(...), in a new process"
        )
        raise SessionError(msg)


def _not_up(error: Exception) -> SessionError:
    if isinstance(error, OSError):
        home = os.environ.get("SPARK_HOME")
        cure = f": SPARK_HOME is {home}; unset it for pyspark's own Apache Spark" if home else ""
        return SessionError(f"Apache Spark cannot be launched ({error}){cure}")
    first = str(error).partition("\n")[0]
    return SessionError(f"the JVM of Apache Spark does not come up ({first}): its own output above says why")
