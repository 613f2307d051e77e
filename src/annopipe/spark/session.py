"""``annopipe.start()``: a real pyspark session, without a JVM where Sail is installed."""

import atexit
import logging
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from annopipe.errors import ParamValueError, SessionError
from annopipe.spark import forks, packages, servers
from annopipe.spark.classic import start_classic
from annopipe.spark.connection import address, connect
from annopipe.spark.interrupts import own_handler
from annopipe.spark.neighbours import check_neighbours, current_user
from annopipe.spark.sail import spark_conf, start_server
from annopipe.spark.servers import HOST

ENGINES: Final = ("sail", "spark")
REMOTE: Final = "SPARK_REMOTE"
OWNER: Final = "ANNOPIPE_SPARK_OWNER"
CONNECT_MODE: Final = "SPARK_CONNECT_MODE_ENABLED"

_log = logging.getLogger("annopipe.spark")


@dataclass
class _Running:
    """A session that `start` made.

    ``pid`` is the process that owns the server; ``set_here`` the environment variables that were set for it.
    """

    engine: str
    session: Any
    remote: str | None
    conf: dict[str, str]
    server: Any = None
    port: int = 0
    pid: int = field(default_factory=os.getpid)
    process: int = field(default_factory=os.getpid)
    set_here: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether the session can still be used in this process."""
        return self.process == os.getpid() and is_live(self.session) and (self.server is None or self.server.running)


_lock = threading.RLock()
_running: _Running | None = None


def start(engine: str | None = None, remote: str | None = None, **conf: Any) -> Any:
    """Return a pyspark session: Sail inside this process, without a JVM, unless something else is asked for.

    Calls after the first return the same session. A live session that somebody else made is returned as it is, with a
    log line. Else, in this order: the server that ``remote`` or the variable ``SPARK_REMOTE`` names, Sail where pysail
    is installed, Apache Spark where pyspark and Java are. ``SPARK_REMOTE`` is set for Sail, so that
    ``SparkSession.builder.getOrCreate()`` finds the session. Nothing is printed; a forked child gets a session of its
    own on its parent's server, a spawned one starts anew.

    Args:
        engine: ``"sail"`` or ``"spark"``; None = whichever is there.
        remote: connection string of a Spark Connect server, ``sc://host:port``.
        **conf: settings of the session; ``spark.connect.grpc.binding.port`` is the port of Sail's server (default: a
            free one), ``sail.…`` are Sail's own options.

    Raises:
        MissingExtra: no engine is installed; the text names the extras.
        JavaError: Apache Spark is asked for, and Java is missing or too old.
        PackageMixture: pyspark and pyspark-client are both installed; the text gives the repair.
        SessionError: the server does not come up or is gone, or a session runs that was started with other arguments.
        ParamValueError: an engine of another name.
    """
    global _running  # noqa: PLW0603 -- one session a process is the contract
    texts = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in conf.items()}
    _check_engine(engine, remote)
    with _lock:
        if _running is not None and _running.process != os.getpid():
            _running = _forked(_running)
        if _running is not None and _running.is_live:
            _check_same(_running, engine, remote, texts)
            return _running.session
        if _running is not None:
            stop()
        if (other := _foreign()) is not None:
            _log.info("a Spark session that annopipe did not start is running: it is used as it is")
            return other
        packages.check_mixture()
        _running = _start(engine, remote or _remote_of_user(engine), texts)
        _log.info("started a session: %s", _running.engine)
        return _running.session


def stop() -> None:
    """Stop the session that `start` made, and its server; nothing happens where there is none."""
    global _running
    with _lock:
        if _running is None:
            return
        running, _running = _running, None
        if running.engine == "spark":
            _stop_classic(running)
            return
        if running.process == os.getpid() and is_live(running.session):
            running.session.stop()
        if running.server is not None and running.pid == os.getpid():
            if running.server.running:
                running.server.stop()
            servers.forget(running.port)
        for name in running.set_here:
            os.environ.pop(name, None)


def _stop_classic(running: _Running) -> None:
    if running.process != os.getpid():
        return
    if not running.server.running:
        running.server.bury()
    elif is_live(running.session):
        running.session.stop()


def is_live(session: Any) -> bool:
    """Tell whether a session was not stopped."""
    if hasattr(type(session), "is_stopped"):
        return not session.is_stopped
    context = getattr(session, "_sc", None)
    return context is not None and context._jsc is not None


def _check_engine(engine: str | None, remote: str | None) -> None:
    if engine is not None and engine not in ENGINES:
        msg = f"engine {engine!r} is unknown: choose one of {', '.join(ENGINES)}, or leave it out"
        raise ParamValueError(msg)
    if engine is not None and remote is not None:
        msg = "give either engine (on this machine) or remote (a server elsewhere)"
        raise ParamValueError(msg)
    if remote is not None and not remote.startswith("sc://"):
        msg = f"remote {remote!r} is no connection string: it begins with sc://, as sc://host:15002"
        raise ParamValueError(msg)


def _check_same(running: _Running, engine: str | None, remote: str | None, conf: Mapping[str, str]) -> None:
    asked = {"engine": engine, "remote": remote, **conf}
    has = {"engine": running.engine, "remote": running.remote, **running.conf}
    other = [f"{key}={value!r}" for key, value in asked.items() if value is not None and has.get(key) != value]
    if other:
        msg = (
            f"a session runs that was not started with {', '.join(other)}: call annopipe.stop() first, then start(...)"
        )
        raise SessionError(msg)


def _foreign() -> Any:
    """Return a live session that somebody else made, or None; nothing is imported to look."""
    connect_module = sys.modules.get("pyspark.sql.connect.session")
    if connect_module is not None:
        kind = connect_module.SparkSession
        session = kind.getActiveSession() or kind._get_default_session()
        if session is not None and is_live(session):
            return session
    classic_module = sys.modules.get("pyspark.sql.session")
    session = getattr(getattr(classic_module, "SparkSession", None), "_instantiatedSession", None)
    return session if session is not None and is_live(session) else None


def _remote_of_user(engine: str | None) -> str | None:
    """Return ``SPARK_REMOTE`` where it is the user's, not one that a parent process' `start` set."""
    remote = os.environ.get(REMOTE)
    inherited = remote is not None and os.environ.get(OWNER, "").endswith(f" {remote}")
    return None if engine is not None or inherited or not remote else remote


def _start(engine: str | None, remote: str | None, conf: dict[str, str]) -> _Running:
    if remote is not None and remote.startswith("sc://"):
        packages.check_connect()
        running = _Running("remote", connect(remote, conf), remote, conf)
        if CONNECT_MODE not in os.environ:
            os.environ[CONNECT_MODE] = "1"  # as pyspark's builder does: its functions ask for it
            running.set_here = (CONNECT_MODE,)
        return running
    if engine == "sail" or (engine is None and packages.has_sail()):
        return _start_sail(conf)
    if engine == "spark" or packages.installed("pyspark") is not None:
        session, jvm = start_classic(conf)
        return _Running("spark", session, None, conf, jvm)
    raise packages.no_engine(engine)


def _start_sail(conf: dict[str, str]) -> _Running:
    if not packages.has_sail():
        raise packages.no_engine("sail")
    packages.check_connect()
    check_neighbours()
    with own_handler():
        running = _served(conf)
    running.set_here = _announce(running.port)
    servers.note(running.port)
    atexit.register(_at_exit, os.getpid())
    return running


def _served(conf: dict[str, str]) -> _Running:
    """Return a session on a new server; without the one, the other stops."""
    server = start_server(conf)
    port = int(server.listening_address[1])
    try:
        session = connect(address(HOST, port, current_user()), spark_conf(conf), listening=True)
    except BaseException:
        server.stop()
        raise
    return _Running("sail", session, None, conf, server, port)


def _announce(port: int) -> tuple[str, ...]:
    """Set the variables by which pyspark finds the server, and note who set them."""
    url = address(HOST, port, current_user())
    own = {REMOTE: url, OWNER: f"{os.getpid()} {url}", CONNECT_MODE: "1"}
    os.environ.update(own)
    return tuple(own)


def _forked(parent: _Running) -> _Running | None:
    """Return a session of this child's own on its parent's server; None where there is no server to share."""
    if parent.engine == "spark":
        msg = "a forked child cannot use its parent's Spark session in a JVM: start the child with spawn, not fork"
        raise SessionError(msg)
    forks.forget_sessions()
    if parent.server is None and parent.remote is not None:
        return None
    forks.check_parent(parent.pid)
    forks.close_listeners(parent.port)
    session = connect(address(HOST, parent.port, current_user()), spark_conf(parent.conf))
    return _Running(parent.engine, session, None, parent.conf, None, parent.port, parent.pid)


def _at_exit(pid: int) -> None:
    """Stop the server before the interpreter ends; a child of this process leaves it alone."""
    if pid == os.getpid():
        stop()


def _renew_lock() -> None:
    """A child may be forked while another thread holds the lock."""
    global _lock  # noqa: PLW0603 -- see start
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=forks.settle, after_in_child=_renew_lock)
