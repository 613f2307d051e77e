"""Kinds of frames that live in another engine, as Spark's do: what each must answer, and which have joined."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from annopipe.frames.adapter import Adapter


class FrameKind(Protocol):
    """Lazy frames of an engine: recognised, adapted, and remembered across calls so that stages join in one pass."""

    def matches(self, frame: Any) -> bool:
        """Return whether a frame is of this kind; no library is imported to ask."""
        ...

    def adapter(self, frame: Any) -> "Adapter":
        """Return the adapter of a frame of this kind."""
        ...

    def origin(self, frame: Any) -> tuple[Any, list[Any]]:
        """Return the frame and the stages that a frame came from: itself and no stages, if nothing is known."""
        ...

    def remember(self, result: Any, frame: Any, stages: Sequence[Any]) -> Any:
        """Note on a result which frame and stages it came from, and return it."""
        ...


_kinds: Final[list[FrameKind]] = []


def join(kind: FrameKind) -> None:
    """Add a kind of frames."""
    _kinds.append(kind)


def kind_of(frame: Any) -> FrameKind | None:
    """Return the kind of a frame that lives in another engine, None for frames of this process."""
    return next((kind for kind in _kinds if kind.matches(frame)), None)
