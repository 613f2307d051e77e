"""The manifest: what a dataset was begun with, and in what a job differs from it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from annopipe.errors import DatasetError

COMPARED: Final = ("format", "annopipe", "model", "settings", "inputs")


def read_manifest(path: Path) -> dict[str, Any]:
    """Return what a dataset was begun with.

    Raises:
        DatasetError: the file is damaged.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if not isinstance(found, dict):
            raise TypeError(type(found).__name__)
    except (ValueError, TypeError) as broken:
        msg = f"{path} is damaged ({broken}): start again with restart, or choose another output"
        raise DatasetError(msg) from broken
    return found


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say in what a job differs from the one that the dataset was begun with."""
    return [change for key in COMPARED for change in _changes(key, old.get(key), new.get(key))]


def _changes(name: str, old: Any, new: Any) -> Iterator[str]:
    """Say where two values differ."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _changes(f"{name}.{key}" if name != "settings" else key, old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{name}: {len(old)} files, now {len(new)}"
        for then, now in zip(old, new, strict=False):
            if _content(then) != _content(now):
                yield f"the input {now.get('name')} is not {then.get('name')} as it was"
    else:
        yield f"{name} {old!r}, now {new!r}"


def _content(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return entry.get("bytes"), entry.get("digest"), entry.get("rows")
