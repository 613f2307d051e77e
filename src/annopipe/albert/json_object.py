"""JSON files of a tokenizer, each of one object."""

import json
from pathlib import Path
from typing import Any, Final

from annopipe.errors import VocabularyError

CONFIG_NAME: Final = "tokenizer_config.json"
FAST_NAME: Final = "tokenizer.json"
LARGEST: Final = 64 << 20
"""Bytes; a ``tokenizer.json`` of a large vocabulary has 20 MB."""


def json_object(path: Path) -> dict[str, Any]:
    """The object in a file.

    Raises:
        VocabularyError: it is larger than ``LARGEST``, no JSON, or no object.
    """
    if path.stat().st_size > LARGEST:
        raise VocabularyError(f"{path} has more than {LARGEST} bytes: it is no file of a tokenizer.")
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise VocabularyError(
            f"{path} is not valid JSON ({error}): truncated or damaged; copy the file again."
        ) from error
    if not isinstance(values, dict):
        raise VocabularyError(f"{path} holds no JSON object: copy the file again.")
    return values
