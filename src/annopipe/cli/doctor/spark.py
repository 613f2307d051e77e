"""Spark: which engine ``annopipe.start()`` takes, whether the packages go together, what runs, who could reach it."""

import os
import re

from annopipe.cli.doctor.machine import installed_version
from annopipe.cli.doctor.section import Section
from annopipe.spark import packages, servers
from annopipe.spark.java import java
from annopipe.spark.neighbours import other_users
from annopipe.spark.session import REMOTE

NOBODY = "nobody else runs a process here"
PYARROW_OF_NUMPY_2 = 26
"""The first pyarrow that fails at import beside NumPy 1."""

_ON_THIS_MACHINE = re.compile(r"sc://(?:127\.0\.0\.1|localhost)(?::(\d+))?(?:/.*)?")
_PORT = 15002


def spark() -> Section:
    """Return engine, versions, Java and the servers that run; mixed packages and a dead server are faults."""
    facts = {
        "start() takes": _engine(),
        "pysail": installed_version("pysail") or "absent",
        "pyspark": installed_version("pyspark") or installed_version("pyspark-client") or "absent",
        "Java": str(java() or "absent"),
        "sessions": [f"port {server.port}, process {server.pid}" for server in servers.running()],
        REMOTE: os.environ.get(REMOTE, "not set").partition(";")[0],
        "security": "the server of start() has no password: who can reach it runs code as you",
        "who could reach it": ", ".join(other_users()) or NOBODY,
    }
    return Section("spark", facts, tuple(filter(None, [packages.mixture(), _dead_remote(), *_misfits()])))


def _engine() -> str:
    if packages.has_sail():
        return "sail, inside this process"
    if packages.has_classic():
        return "Apache Spark, in a JVM"
    if packages.installed("pyspark") is not None:
        return "none: pyspark is there and needs Java (JAVA_HOME), or pip install 'annopipe[sail]'"
    return "none: pip install 'annopipe[sail]'"


def _dead_remote() -> str | None:
    """Tell of a server on this machine that the environment names and that does not answer; no other is asked."""
    match = _ON_THIS_MACHINE.fullmatch(os.environ.get(REMOTE, ""))
    if match is None or servers.answers(port := int(match[1] or _PORT)):
        return None
    return f"{REMOTE} names port {port} of this machine, where nothing answers: unset it, or start that server"


def _misfits() -> list[str]:
    """Return versions beside which the installed pyspark does not work."""
    pyspark = installed_version("pyspark") or installed_version("pyspark-client")
    if pyspark is None:
        return []
    found = []
    if _major("pyarrow") >= PYARROW_OF_NUMPY_2 and _major("numpy") == 1:
        found.append("pyarrow 26 or later needs NumPy 2, also with pyspark 3.5: pip install -U numpy")
    if _major("pandas") >= 3:
        found.append(f"pyspark {pyspark} warns at every use of pandas 3 or later: pip install 'pandas<3'")
    return found


def _major(name: str) -> int:
    return int((installed_version(name) or "0").split(".")[0])
