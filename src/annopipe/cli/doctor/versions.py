"""Versions of annopipe and of what it stands on."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from annopipe.cli.doctor.section import Section
from annopipe.version import __version__

NEEDED: Final = ("numpy", "onnxruntime", "platformdirs", "pyarrow", "regex", "sentencepiece")


def versions() -> Section:
    """Return the versions; a needed library that is absent is a fault."""
    found = {name: installed_version(name) for name in NEEDED}
    absent = [name for name, number in found.items() if number is None]
    facts = {
        "annopipe": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: number or "absent" for name, number in found.items()},
    }
    return Section("versions", facts, tuple(f"{name} is absent: pip install {name}" for name in absent))


def installed_version(name: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
