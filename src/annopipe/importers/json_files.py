"""JSON files of a source, small and of one object."""

import json
from pathlib import Path
from typing import Any

from annopipe.errors import SourceError

LARGEST = 64 << 20
"""Bytes; a ``tokenizer.json`` of a large vocabulary has 20 MB."""


def read_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises:
        SourceError: the file is no JSON object, or not of this size.
    """
    if path.stat().st_size > LARGEST:
        raise SourceError(f"{path.name} has more than {LARGEST} bytes: that is no file of settings")
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path.name} is no JSON ({error}): cut off or damaged; copy it anew") from error
    if not isinstance(found, dict):
        raise SourceError(f"{path.name} holds no JSON object: copy it anew")
    return found
