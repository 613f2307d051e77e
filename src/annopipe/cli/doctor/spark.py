"""Spark: which engine ``annopipe.start()`` would take, whether the packages go together, and who could reach it."""

from annopipe.cli.doctor.section import Section
from annopipe.cli.doctor.versions import installed_version
from annopipe.spark import packages
from annopipe.spark.neighbours import other_users

NOBODY = "nobody else is logged in here"


def spark() -> Section:
    """Return engine, versions and Java; a mixture of packages is a fault."""
    facts = {
        "start() takes": _engine(),
        "pysail": installed_version("pysail") or "absent",
        "pyspark": installed_version("pyspark") or installed_version("pyspark-client") or "absent",
        "Java": packages.java() or "absent",
        "security": "the server of start() has no password: who can reach it runs code as you",
        "who could reach it": ", ".join(other_users()) or NOBODY,
    }
    return Section("spark", facts, tuple(filter(None, [packages.mixture(), *_misfits()])))


def _engine() -> str:
    if packages.has_sail():
        return "sail, inside this process"
    return "Apache Spark, in a JVM" if packages.has_classic() else "none: pip install 'annopipe[sail]'"


def _misfits() -> list[str]:
    """Return versions beside which the installed pyspark does not work."""
    pyspark = installed_version("pyspark") or installed_version("pyspark-client")
    if pyspark is None:
        return []
    found = []
    if pyspark.startswith("3.") and _major("numpy") >= 2:
        found.append(f"pyspark {pyspark} does not work with NumPy 2 or later: pip install 'numpy<2'")
    if _major("pandas") >= 3:
        found.append(f"pyspark {pyspark} warns at every use of pandas 3 or later: pip install 'pandas<3'")
    return found


def _major(name: str) -> int:
    return int((installed_version(name) or "0").split(".")[0])
