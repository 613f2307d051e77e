"""Warnings said once per cause and process."""

import sys
import threading
import warnings

from annopipe.errors import AnnopipeWarning

_said: set[str] = set()
_lock = threading.Lock()


def warn_once(text: str, *, cause: str | None = None) -> None:
    """Warn of the caller's line outside annopipe, unless the same cause (the text, by default) was warned of before."""
    key = cause or text
    with _lock:
        if key in _said:
            return
        _said.add(key)
    warnings.warn(text, AnnopipeWarning, stacklevel=_level_of_the_user())


def _level_of_the_user() -> int:
    """Return the stack level, as `warn_once` counts it, of the first frame that is not annopipe's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_globals.get("__name__", "").partition(".")[0] == "annopipe" and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    return level
