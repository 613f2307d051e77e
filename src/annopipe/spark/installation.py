"""Packages as they are installed in this Python: their files, and what they require."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def with_requirements(names: Iterable[str]) -> set[str]:
    """Return distributions with all that they require here, as far as it is installed; extras are left out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            required = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # a marker (another system, an older Python) leaves it out
        found.add(key)
        waiting += [match.group() for line in required if "extra ==" not in line and (match := _NAME.match(line))]
    return found


def files_of(name: str) -> Iterator[tuple[Path, str]]:
    """Yield the files of an installed package with their places below ``site-packages``; no bytecode, no commands.

    annopipe itself is taken from where it is imported from, which may be a source tree.
    """
    if name == "annopipe":
        yield from _package(name)
        return
    for file in distribution(name).files or []:
        path = Path(str(file.locate()))
        if ".." not in file.parts and "__pycache__" not in file.parts and path.is_file():
            yield path, file.as_posix()


def _package(name: str) -> Iterator[tuple[Path, str]]:
    spec = find_spec(name)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(place).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, f"{name}/{path.relative_to(place).as_posix()}"
