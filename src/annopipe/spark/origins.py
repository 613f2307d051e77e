"""Where a Spark frame came from: the frame and the stages behind it, so that further stages join them in one pass.

What the engine keeps is never computed again: a frame that was cached, itself or as a view, is a beginning of its own,
and so is whatever an engine returns as another frame (``checkpoint``, ``select``, a stream read back).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

_NAME: Final = "_annopipe_origin"


class _Persist:
    """A frame's own ``persist`` or ``cache``; whoever calls it makes the frame a beginning of its own."""

    def __init__(self, frame: Any, method: Callable[..., Any]) -> None:
        self._frame = frame
        self._method = method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        vars(self._frame).pop(_NAME, None)
        return self._method(*args, **kwargs)


def remember(result: Any, frame: Any, stages: Sequence[Any]) -> Any:
    """Note on a Spark frame from which frame and stages it comes, and return it; others are returned as they are."""
    if not callable(getattr(type(result), "mapInArrow", None)):
        return result
    for name in ("persist", "cache"):
        setattr(result, name, _Persist(result, getattr(result, name)))
    setattr(result, _NAME, (frame, list(stages)))
    return result


def origin(frame: Any) -> tuple[Any, list[Any]]:
    """Return the frame and the stages behind a frame: itself and none, unless `remember` noted others."""
    found: tuple[Any, list[Any]] | None = getattr(frame, "__dict__", {}).get(_NAME)
    return (frame, []) if found is None or _is_kept(frame) else found


def _is_kept(frame: Any) -> bool:
    """Tell whether an engine keeps a frame's rows though nobody called its ``cache``: as a view, by ``CACHE TABLE``.

    Sail says of every frame that it is kept outside the heap, which Apache Spark does only in a JVM that is told so.
    """
    from pyspark.errors import PySparkException

    try:
        level = frame.storageLevel
    except PySparkException:  # a server that keeps nothing need not know the question
        return False
    return bool((level.useMemory or level.useDisk) and (hasattr(frame, "_jdf") or not level.useOffHeap))
