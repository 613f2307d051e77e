"""The Java that would run Apache Spark: where it is, how old it is, and whether this pyspark can use it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from annopipe.errors import JavaError

LEAST: Final = {3: 8, 4: 17}
"""Least Java by pyspark's first number."""


def java() -> Path | None:
    """Return the Java that pyspark would run: ``JAVA_HOME``'s, else the search path's; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    return Path(found) if found else None


def check_java(pyspark: str) -> None:
    """Check that there is a Java that is new enough for a version of pyspark.

    Raises:
        JavaError: there is none, or it is too old; the text says which is needed.
    """
    least = LEAST[min(int(pyspark.partition(".")[0]), max(LEAST))]
    found = java()
    if found is None:
        home = os.environ.get("JAVA_HOME")
        where = f"JAVA_HOME is {home}, which has no bin/java" if home else "no java on the search path, no JAVA_HOME"
        msg = (
            f"Apache Spark needs Java, and there is none ({where}): install Java {max(least, 17)}, or use "
            "pip install 'annopipe[sail]', which needs none"
        )
        raise JavaError(msg)
    has = version(found)
    if has is not None and has < least:
        msg = (
            f"pyspark {pyspark} needs Java {least} or later, and {found} is Java {has}: point JAVA_HOME at a later one"
        )
        raise JavaError(msg)


def version(path: Path) -> int | None:
    """Return the first number of a Java's version (8 for 1.8), None where it does not tell.

    The file ``release`` of its folder is read; Java is started only where there is none.
    """
    release = path.resolve().parent.parent / "release"
    if release.is_file():
        return _number(release.read_text("utf-8", "replace"), r'^JAVA_VERSION="([\d.]+)')
    try:
        asked = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _number(asked.stderr, r'version "([\d.]+)')


def _number(text: str, pattern: str) -> int | None:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        return None
    parts = found.group(1).split(".")
    return int(parts[1] if parts[0] == "1" and len(parts) > 1 else parts[0])
