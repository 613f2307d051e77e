"""Which Spark packages are installed, and whether they go together.

``pyspark`` and ``pyspark-client`` both own the module ``pyspark``: whichever was installed last overwrote the other's
files, and removing one leaves a ruin.
"""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from annopipe.errors import MissingExtra, PackageMixture
from annopipe.spark.java import java

REPAIR = (
    "pip uninstall -y pyspark pyspark-client, then pip install 'annopipe[sail]' (no Java) or "
    "pip install 'annopipe[spark]' (Apache Spark)"
)
CONNECT_MODULES = ("grpc", "grpc_status", "google.protobuf", "zstandard")


def installed(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def mixture() -> str | None:
    """Return what is wrong with the installed Spark packages and the repair, or None where they go together."""
    whole, client = installed("pyspark"), installed("pyspark-client")
    if whole is not None and client is not None:
        return f"pyspark {whole} and pyspark-client {client} are both installed and share their files: {REPAIR}"
    if (whole or client) and find_spec("pyspark") is None:
        return f"pyspark {whole or client} is registered, but its files are gone: {REPAIR}"
    return None


def check_mixture() -> None:
    """Raise `PackageMixture` where Spark packages do not go together."""
    if (wrong := mixture()) is not None:
        raise PackageMixture(wrong)


def has_sail() -> bool:
    """Tell whether Sail and a pyspark to talk to it are there."""
    return find_spec("pysail") is not None and find_spec("pyspark") is not None


def has_classic() -> bool:
    """Tell whether Apache Spark is there: the whole pyspark, and a Java to run it."""
    if installed("pyspark") is None or find_spec("pyspark") is None:
        return False
    return java() is not None


def check_connect() -> None:
    """Raise `MissingExtra` where what pyspark needs to talk to a server is missing."""
    missing = [name for name in CONNECT_MODULES if not _is_there(name)]
    if missing:
        msg = (
            f"pyspark cannot talk to a Connect server without {', '.join(missing)}: pip install 'annopipe[sail]', or "
            "beside a pyspark that is there already pip install 'pyspark[connect]'"
        )
        raise MissingExtra(msg)


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def no_engine(engine: str | None) -> MissingExtra:
    """Return the error for a machine without the engine that is wanted, or without any."""
    sail = "pip install 'annopipe[sail]' (inside this process, no Java"
    if sys.platform == "linux" and platform.machine() == "aarch64":
        sail += "; but pysail has no wheel for Linux on ARM"
    ways = {
        "sail": f"{sail})",
        "spark": "pip install 'annopipe[spark]' and a Java runtime (Apache Spark)",
    }
    wanted = [engine] if engine else list(ways)
    return MissingExtra(
        f"{'no Spark engine is' if engine is None else f'the engine {engine!r} is not'} installed: "
        f"{', or '.join(ways[name] for name in wanted)}; or name a server that runs elsewhere, start(remote='sc://host:port')"
    )
