"""Warnings said once per cause and process."""

import threading
import warnings

from annopipe.errors import AnnopipeWarning

_said: set[str] = set()
_lock = threading.Lock()


def warn_once(text: str, *, cause: str | None = None) -> None:
    """Warn, unless the same cause (the text itself, by default) was warned of before."""
    key = cause or text
    with _lock:
        if key in _said:
            return
        _said.add(key)
    warnings.warn(text, AnnopipeWarning, stacklevel=3)
