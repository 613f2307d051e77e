"""Sail inside this process: a Spark Connect server without a JVM."""

import os
from collections.abc import Mapping
from typing import Any, Final

from annopipe.errors import SessionError
from annopipe.spark.servers import HOST
from annopipe.spark.variables import variables

PORT_KEY: Final = "spark.connect.grpc.binding.port"
QUIET: Final = {"RUST_LOG": "error"}
ORDERED: Final = {"SAIL_EXECUTION__DEFAULT_PARALLELISM": "1"}
"""One stream of rows: Sail deals slices out to its workers in turn and would change the order of rows. The encoder uses
all processors either way."""

ROOMY: Final = {"TOKIO_WORKER_THREADS": str(max(16, 2 * (os.cpu_count() or 1)))}
"""Threads of the server: a Python function holds one until it ends, after an interrupt too, and where functions hold
all of them (by default there are as many as processors) nobody is answered."""

LASTING: Final = {"SAIL_SPARK__SESSION_TIMEOUT_SECS": str(10 * 365 * 24 * 3600)}
"""The session lives as long as the process: Sail ends those that are idle for long, with their views and functions."""

LEAN: Final = {"SAIL_PARQUET__MAX_ROW_GROUP_SIZE": "4096"}
"""Rows of a row group of Parquet: Sail holds whole ones in memory, several at a time, and by default one has a million
rows, of word vectors some 25 GB."""

_PREFIX: Final = "sail."


def start_server(conf: Mapping[str, str]) -> Any:
    """Start a server on a free port of the loopback interface, or on the one that ``conf`` names, and return it.

    Args:
        conf: its entries ``sail.…`` are Sail's own options (``sail.execution.default_parallelism``).

    Raises:
        SessionError: the port is taken or the server does not come up.
    """
    from pysail.spark import SparkConnectServer

    port = conf.get(PORT_KEY, "0")
    own = {_variable(key): value for key, value in conf.items() if key.startswith(_PREFIX)}
    usual = {**QUIET, **ORDERED, **ROOMY, **LASTING, **LEAN}
    with variables({**{key: usual[key] for key in usual if key not in os.environ}, **own}):
        try:
            server = SparkConnectServer(HOST, int(port))
            server.start(background=True)
        except (RuntimeError, OSError, ValueError, OverflowError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            msg = f"Sail does not start on port {port} ({reason}): choose another {PORT_KEY}, or none for a free one"
            raise SessionError(msg) from None
    if server.listening_address is None:
        msg = f"Sail started and does not listen: port {port} may be taken; set no {PORT_KEY} for a free one"
        raise SessionError(msg)
    return server


def spark_conf(conf: Mapping[str, str]) -> dict[str, str]:
    """Return the entries that are the session's and not the server's."""
    return {key: value for key, value in conf.items() if not key.startswith(_PREFIX) and key != PORT_KEY}


def _variable(key: str) -> str:
    return "SAIL_" + key.removeprefix(_PREFIX).upper().replace(".", "__")
