"""Whether models may be fetched at all."""

import os
from typing import Final

SWITCHES: Final = ("ANNOPIPE_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
TRUE: Final = {"1", "on", "yes", "true"}


def offline_switch() -> str | None:
    """Return the first environment variable that forbids fetching, as ``NAME=value``, or None."""
    for name in SWITCHES:
        value = os.environ.get(name, "")
        if value.strip().lower() in TRUE:
            return f"{name}={value}"
    return None
