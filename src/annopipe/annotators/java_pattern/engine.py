"""The one place that loads the ``regex`` package, and only when a pattern is compiled."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, Protocol


class Match(Protocol):
    """One match; all places are code points of the text, group 0 is the whole, (-1, -1) a group that took no part."""

    def start(self, group: int = 0, /) -> int:
        """Where the group begins."""

    def end(self, group: int = 0, /) -> int:
        """Where the group ends, exclusive."""

    def span(self, group: int = 0, /) -> tuple[int, int]:
        """Begin and end of the group."""


class Compiled(Protocol):
    """A compiled pattern of ``regex``; ``timeout`` in seconds, past it TimeoutError."""

    def search(self, string: str, pos: int, *, timeout: float) -> Match | None:
        """The first match from ``pos``."""

    def match(self, string: str, pos: int, *, timeout: float) -> Match | None:
        """The match at ``pos``."""

    def fullmatch(self, string: str, *, timeout: float) -> Match | None:
        """The match of the whole."""

    def finditer(self, string: str, pos: int, *, timeout: float) -> Iterator[Match]:
        """All matches from ``pos``."""


@cache
def _regex() -> Any:
    return import_module("regex")


def compiled(text: str) -> Compiled:
    """``text`` in the syntax of ``regex``, version 1; ValueError if it cannot be compiled."""
    try:
        pattern: Compiled = _regex().compile(text, _regex().VERSION1)
    except (_regex().error, RecursionError, OverflowError, MemoryError) as problem:
        raise ValueError(str(problem)) from None
    return pattern


def has_property(kind: str, value: str) -> bool:
    """Whether ``regex`` knows this script or block."""
    try:
        _regex().compile(f"\\p{{{kind}={value}}}")
    except _regex().error:
        return False
    return True
