"""The JVM behind a session of Apache Spark: launched with its settings, and ended with it, so that none of them stays.

pyspark keeps one JVM a process: settings given at its launch hold for all later sessions, memory cannot be changed
any more, and a session that failed to start spoils those after it.
"""

import contextlib
import os
import subprocess
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from annopipe.errors import SessionError

_PATIENCE: Final = 10.0
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
    """A JVM that this process runs for a session.

    Attributes:
        launched: whether it was launched here; that of ``spark-submit``, or of somebody else's session, is never ended.
    """

    def __init__(self, conf: Mapping[str, str], variables: Mapping[str, str]) -> None:
        """Launch a JVM, unless pyspark has one.

        Args:
            conf: settings to launch with.
            variables: environment variables for it, taken back when it ends.

        Raises:
            SessionError: it does not come up, or one runs already and a setting would need another.
        """
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException

        idle, submitted = SparkContext._gateway is None, "PYSPARK_GATEWAY_PORT" in os.environ
        self.launched = idle and not submitted
        if not idle and not submitted and (late := sorted(_AT_LAUNCH & conf.keys())):
            msg = (
                f"a JVM of another Spark session runs in this process, and {', '.join(late)} act only when it starts: "
                "set them for that session, or call start(...) first, in a new process"
            )
            raise SessionError(msg)
        self._before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            SparkContext._ensure_initialized(conf=SparkConf(loadDefaults=False).setAll(list(conf.items())))
        except (OSError, PySparkException) as error:
            self._restore()
            raise _not_up(error) from None
        self._gateway: Any = SparkContext._gateway
        self._session: Any = None
        if self.launched:
            self._tell_its_end()

    @property
    def running(self) -> bool:
        """Whether the JVM lives."""
        process = getattr(self._gateway, "proc", None)
        return self._gateway is not None and (process is None or process.poll() is None)

    def bear(self, session: Any) -> None:
        """Let a session's own ``stop`` end this JVM as well."""
        self._session = session
        if self.launched:
            session.stop = self.stop

    def stop(self) -> None:
        """Stop the session, and end its JVM if it was launched here; its frames say from now on that it ended."""
        self._restore()
        session, self._session = self._session, None
        if session is not None and self.running:
            type(session).stop(session)
        if self._gateway is not None and (self.launched or not self.running):
            self._end()
            if session is not None:
                session._sc._jsc = session._jsc = session._jsparkSession = _Ended()

    def _end(self) -> None:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession

        gateway, self._gateway = self._gateway, None
        if SparkContext._gateway is gateway:
            SparkContext._gateway = SparkContext._jvm = None
            SparkContext._active_spark_context = SparkSession._instantiatedSession = None
        gateway.shutdown()
        gateway._gateway_client.send_command = _gone
        if (process := getattr(gateway, "proc", None)) is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _tell_its_end(self) -> None:
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
                msg = (
                    f"the JVM of Apache Spark died (exit code {process.returncode}), perhaps for lack of memory "
                    "(spark.driver.memory): annopipe.start() gives a new session"
                )
                raise SessionError(msg) from None

        client.send_command = told

    def _restore(self) -> None:
        before, self._before = self._before, {}
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Ended:
    """In place of a Java object whose JVM is gone: false, and every use of it is the error that says so."""

    def __bool__(self) -> bool:
        return False

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        _gone()


def _gone(*_: Any, **__: Any) -> NoReturn:
    msg = "this Spark session was stopped, and its frames with it: annopipe.start() gives a new one"
    raise SessionError(msg)


def _not_up(error: Exception) -> SessionError:
    if isinstance(error, OSError):
        home = os.environ.get("SPARK_HOME")
        cure = f": SPARK_HOME is {home}; unset it for pyspark's own Apache Spark" if home else ""
        return SessionError(f"Apache Spark cannot be launched ({error}){cure}")
    first = str(error).partition("\n")[0]
    return SessionError(f"the JVM of Apache Spark does not come up ({first}): its own output above says why")
