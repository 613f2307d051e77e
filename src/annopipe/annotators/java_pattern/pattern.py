"""A compiled Java pattern: Java's ways of finding and splitting, each within a time limit."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from time import monotonic
from typing import Any

from annopipe.annotators.java_pattern.engine import Compiled, Match, compiled
from annopipe.annotators.java_pattern.parser import translate
from annopipe.errors import PatternError, PatternTimeout

SECONDS, SECONDS_PER_CHARACTER = 1.0, 4e-6


class Deadline:
    """The moment until which patterns may run on a text: ``seconds``, or 1 s and 4 µs a character."""

    def __init__(self, text: str, seconds: float | None = None) -> None:
        self.seconds = SECONDS + SECONDS_PER_CHARACTER * len(text) if seconds is None else seconds
        self._end = monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left; 0 when time is up."""
        return max(self._end - monotonic(), 0.0)


class JavaPattern:
    """A Java 17 regular expression, matched by the ``regex`` package as Java would; from :func:`compile_java`.

    Every method takes an optional :class:`Deadline`, to let several calls share one; without it each call has
    1 s and 4 µs a character. Past it comes :class:`PatternTimeout`. Patterns of equal source and case are equal.
    """

    def __init__(self, pattern: str, ignore_case: bool = False) -> None:
        self.pattern = pattern
        self.ignore_case = ignore_case
        fragment, self.groups = translate(pattern, ignore_case)
        self._compiled = _compiled(pattern, fragment.text)
        self._may_be_empty = fragment.shortest == 0

    def __reduce__(self) -> tuple[Any, ...]:
        return _compile, (self.pattern, self.ignore_case)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, JavaPattern):
            return NotImplemented
        return (self.pattern, self.ignore_case) == (other.pattern, other.ignore_case)

    def __hash__(self) -> int:
        return hash((self.pattern, self.ignore_case))

    def __repr__(self) -> str:
        return f"compile_java({self.pattern!r}{', ignore_case=True' if self.ignore_case else ''})"

    def search(self, text: str, start: int = 0, *, deadline: Deadline | None = None) -> Match | None:
        """The first match at or after ``start``."""
        return self._run(self._compiled.search, text, start, deadline or Deadline(text))

    def match_start(self, text: str, start: int = 0, *, deadline: Deadline | None = None) -> Match | None:
        """The match that begins exactly at ``start``."""
        return self._run(self._compiled.match, text, start, deadline or Deadline(text))

    def fullmatch(self, text: str, *, deadline: Deadline | None = None) -> Match | None:
        """The match of the whole text (Java's ``matches``)."""
        return self._run(self._compiled.fullmatch, text, 0, deadline or Deadline(text))

    def finditer(self, text: str, *, deadline: Deadline | None = None) -> Iterator[Match]:
        """All matches as Java's ``find`` meets them: after an empty one it goes on one character further."""
        deadline = deadline or Deadline(text)
        if not self._may_be_empty:
            yield from self._all(text, deadline)
            return
        at = 0
        while at <= len(text):
            found = self._run(self._compiled.search, text, at, deadline)
            if found is None:
                return
            yield found
            at = found.end() + (found.start() == found.end())

    def split(self, text: str, *, deadline: Deadline | None = None) -> list[tuple[int, int]]:
        """The (begin, end) of what lies between matches, as Java's ``String.split``.

        Empty parts at the end are dropped, others stay; an empty match at 0 gives none; no match gives the whole text,
        even an empty one. A text of separators only gives nothing.
        """
        parts: list[tuple[int, int]] = []
        at = 0
        for found in self.finditer(text, deadline=deadline):
            begin, end = found.span()
            if at == begin == end == 0:
                continue
            parts.append((at, begin))
            at = end
        if not parts:
            return [(0, len(text))]
        parts.append((at, len(text)))
        while parts and parts[-1][0] == parts[-1][1]:
            parts.pop()
        return parts

    def _run(self, method: Callable[..., Match | None], text: str, start: int, deadline: Deadline) -> Match | None:
        try:
            return method(text, start, timeout=deadline.left())
        except TimeoutError:
            raise self._timeout(text, deadline) from None

    def _all(self, text: str, deadline: Deadline) -> Iterator[Match]:
        try:
            yield from self._compiled.finditer(text, timeout=deadline.left())
        except TimeoutError:
            raise self._timeout(text, deadline) from None

    def _timeout(self, text: str, deadline: Deadline) -> PatternTimeout:
        return PatternTimeout(
            f"the pattern {self.pattern!r} ran longer than {deadline.seconds:.1f} s "
            f"on a text of {len(text)} characters: make it simpler, nested repetitions such as (a+)+ above all"
        )


def compile_java(pattern: str, *, ignore_case: bool = False) -> JavaPattern:
    r"""A Java 17 regular expression, ready to match with Java's meaning.

    ``\s \d \w`` are ASCII, ``\b`` knows all scripts, ``.`` and ``$`` know Java's five line ends; inline flags, classes
    with unions and intersections, possessive and atomic parts, ``\Q..\E`` and Java's property names are understood.
    ``ignore_case`` is Java's ``CASE_INSENSITIVE``: ASCII letters only, unless the pattern says ``(?u)``. Places are
    code points, so an astral character is one. Patterns are cached. Raises :class:`PatternError`, with the place, for a
    syntax error and for what has no equivalent: ``\b{g}`` and a back reference that folds ASCII letters only.
    """
    return _compile(pattern, ignore_case)


@lru_cache(maxsize=512)
def _compile(pattern: str, ignore_case: bool) -> JavaPattern:
    return JavaPattern(pattern, ignore_case)


def _compiled(pattern: str, text: str) -> Compiled:
    try:
        return compiled(text)
    except ValueError as problem:
        raise PatternError(f"the pattern {pattern!r} cannot be translated from Java: {problem}") from None
