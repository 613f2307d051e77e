"""Spark Connect sessions: how they are reached, and the string by which another client joins one."""

import ipaddress
import re
import sys
import uuid
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import quote

from annopipe.errors import ParamValueError, SessionError
from annopipe.spark.hooks.raising import is_connect, raise_ours
from annopipe.spark.interrupts import give_prompt_back
from annopipe.spark.lost import local_policy, reading
from annopipe.spark.neighbours import current_user
from annopipe.spark.replacements import name_ways

UNLIMITED: Final = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
NEAR: Final = (("grpc.enable_http_proxy", 0), ("grpc.compression_enabled_algorithms_bitset", 1))
"""For a server on this machine: no proxy, and no compression, which Sail does where a client takes it: vectors hardly
shrink by it, and arrive six times as late."""

PATIENCE: Final = 10.0
"""Seconds within which a server must answer a first call."""


def address(host: str, port: int, user: str, session: str | None = None) -> str:
    """Return the connection string of a server, or with ``session`` of one session on it."""
    joined = f";session_id={session}" if session else ""
    return f"sc://{host}:{port}/;user_id={quote(user, safe='')}{joined}"


def connect(url: str, conf: Mapping[str, str], *, listening: bool = False) -> Any:
    """Return a new session on a server, with user and session ids that are known; a row may be of any size.

    A proxy is not asked for a server on this machine: gRPC would, and wait for ever. Nor is a server on this machine
    waited for long (it is there or it is gone), or asked to compress what it sends.

    Args:
        url: connection string of the server.
        conf: settings of the session.
        listening: the server is known to listen; it is not asked first, which costs up to 0.2 s.

    Raises:
        ParamValueError: the string is none of pyspark's.
        SessionError: nobody answers there.
    """
    _import_connect()
    from pyspark.sql.connect.client.core import DefaultChannelBuilder
    from pyspark.sql.connect.session import SparkSession

    here = is_here(url)
    try:
        builder = DefaultChannelBuilder(_whole(url), [*UNLIMITED, *(NEAR if here else ())])
    except ValueError as wrong:
        msg = f"the connection string {url!r} cannot be read ({str(wrong).splitlines()[0]}): it is sc://host:port"
        raise ParamValueError(msg) from None
    if not listening:
        _check_answers(builder)
    session = SparkSession(connection=builder)
    raise_ours(session, reading(builder.endpoint))
    give_prompt_back(session.client)
    name_ways()
    if here:
        host, _, port = builder.endpoint.rpartition(":")
        session.client.set_retry_policies([local_policy(host.strip("[]"), int(port))])
    for key, value in conf.items():
        session.conf.set(key, value)
    SparkSession._set_default_and_active_session(session)
    return session


def _import_connect() -> None:
    """Import pyspark's client; pyspark 4.2 takes ``python -c`` and standard input for its own doctests and exits."""
    main = sys.modules["__main__"]
    nameless = not hasattr(main, "__file__")
    if nameless:
        main.__file__ = "<string>"
    try:
        import_module("pyspark.sql.connect.session")
    finally:
        if nameless:
            del main.__file__


def _whole(url: str) -> str:
    """Return a connection string with a user and a session, those that it names or new ones."""
    wanted = {"user_id": quote(current_user(), safe=""), "session_id": str(uuid.uuid4())}
    missing = [f"{key}={value}" for key, value in wanted.items() if f";{key}=" not in url]
    return ";".join([url if "/;" in url else url.rstrip("/") + "/", *missing])


def connection_string(spark: Any) -> str:
    """Return the string by which another client joins a session: host, port, user_id and session_id.

    Functions registered for SQL and temporary views live in one session; a client that gives the whole string shares
    them: ``SparkSession.builder.remote(connection_string(spark)).getOrCreate()``.

    Args:
        spark: a session of Spark Connect or Sail.

    Raises:
        SessionError: a session in a JVM of its own, which no other client can join.
    """
    if not is_connect(spark):
        msg = "this session has no server that others can join: sessions of Spark Connect and Sail have one"
        raise SessionError(msg)
    client = spark.client
    host, _, port = client._builder.endpoint.rpartition(":")
    return address(host, int(port), client._user_id or "", client._session_id)


def is_here(url: str) -> bool:
    """Tell whether the server of a connection string is on this machine."""
    found = re.match(r"sc://(\[[^\]]*\]|[^:/;]*)", url)
    host = found.group(1).strip("[]") if found else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_answers(builder: Any) -> None:
    import grpc

    channel = builder.toChannel()
    try:
        grpc.channel_ready_future(channel).result(timeout=PATIENCE)
    except grpc.FutureTimeoutError:
        msg = (
            f"no Spark Connect server answers at {builder.endpoint} within {PATIENCE:.0f} s: it is gone, or listens "
            "elsewhere"
        )
        raise SessionError(msg) from None
    finally:
        channel.close()
