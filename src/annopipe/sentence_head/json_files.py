"""JSON files of a sentence-transformers folder, small ones."""

import json
from pathlib import Path
from typing import Any, Final

from annopipe.errors import ModelFileMissing, SentenceHeadError

LARGEST: Final = 1 << 20


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        ModelFileMissing: it is not there.
        SentenceHeadError: it is no JSON, or too large for settings.
    """
    if not path.is_file():
        raise ModelFileMissing(f"{path} is not there, but the model's modules.json needs it: copy the folder whole")
    if path.stat().st_size > LARGEST:
        raise SentenceHeadError(f"{path} is larger than {LARGEST} bytes: that is no file of settings")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SentenceHeadError(f"{path} is not valid JSON ({error}): cut off or damaged; copy it again") from error


def read_object(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds, errors as `read_json`."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise SentenceHeadError(f"{path} holds no JSON object: damaged; copy it again")
    return found


def flag(path: Path, values: dict[str, Any], key: str, default: bool) -> bool:
    """Return a switch of a file.

    Raises:
        SentenceHeadError: it is neither true nor false.
    """
    value = values.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise SentenceHeadError(f"{path}: {key} is {value!r:.80}; it must be true or false")
    return value


def count(path: Path, values: dict[str, Any], *keys: str) -> int | None:
    """Return the first number that one of the keys has, None where none has one.

    Raises:
        SentenceHeadError: it is no whole number from 1.
    """
    key = next((key for key in keys if values.get(key) is not None), None)
    if key is None:
        return None
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SentenceHeadError(f"{path}: {key} is {value!r:.80}; it must be a whole number from 1")
    return value
