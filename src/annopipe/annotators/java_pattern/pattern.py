"""A compiled Java pattern: Java's ways of finding and splitting, each within a time limit."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import islice
from time import perf_counter
from typing import Any, TypeVar

from annopipe.annotators.java_pattern.properties import Compiled, Match, compiled
from annopipe.errors import PatternError, PatternTimeout

SECONDS, SECONDS_PER_CHARACTER, FREE_SECONDS = 1.0, 4e-6, 5e-5
AT_ONCE = 256

_Found = TypeVar("_Found")


class Budget:
    """The seconds that patterns may run on a text: ``seconds``, or 1 s and 4 µs a character.

    Only time inside the matching engine counts, and of each call what is above 50 µs: many quick matches never use a
    budget up, and the caller's own work between two matches costs nothing.
    """

    def __init__(self, text: str, seconds: float | None = None) -> None:
        self.seconds = SECONDS + SECONDS_PER_CHARACTER * len(text) if seconds is None else seconds
        self.left = self.seconds

    def run(self, call: Callable[[float], _Found]) -> _Found:
        """What ``call`` returns within the seconds it is given; TimeoutError once the budget is spent."""
        if self.left <= 0:
            raise TimeoutError
        begun = perf_counter()
        try:
            return call(self.left)
        finally:
            self.left -= max(perf_counter() - begun - FREE_SECONDS, 0.0)


class JavaPattern:
    """A Java 17 regular expression, matched by the ``regex`` package as Java would; from :func:`compile_java`.

    ``groups``: how many it has; ``may_be_empty``: it may match no character; ``single``: it always matches just one.
    Every method takes an optional :class:`Budget`, to let several calls share one; without it each call has
    1 s and 4 µs a character. Past it comes :class:`PatternTimeout`. Patterns of equal source and case are equal.
    """

    def __init__(self, pattern: str, ignore_case: bool = False) -> None:
        self.pattern = pattern
        self.ignore_case = ignore_case
        from annopipe.annotators.java_pattern.parser import translate

        fragment, self.groups = translate(pattern, ignore_case)
        self.may_be_empty, self.single = fragment.shortest == 0, fragment.single
        self._compiled = _compiled(pattern, fragment.text)

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

    def search(self, text: str, start: int = 0, *, budget: Budget | None = None) -> Match | None:
        """The first match at or after ``start``."""
        return self._within(budget, text, lambda seconds: self._compiled.search(text, start, timeout=seconds))

    def match_start(self, text: str, start: int = 0, *, budget: Budget | None = None) -> Match | None:
        """The match that begins exactly at ``start``."""
        return self._within(budget, text, lambda seconds: self._compiled.match(text, start, timeout=seconds))

    def fullmatch(self, text: str, *, budget: Budget | None = None) -> Match | None:
        """The match of the whole text (Java's ``matches``)."""
        return self._within(budget, text, lambda seconds: self._compiled.fullmatch(text, timeout=seconds))

    def finditer(self, text: str, *, budget: Budget | None = None) -> Iterator[Match]:
        """All matches as Java's ``find`` meets them: after an empty one it goes on one character further."""
        budget = budget or Budget(text)
        return self._one_by_one(text, budget) if self.may_be_empty else self._in_runs(text, budget)

    def _one_by_one(self, text: str, budget: Budget) -> Iterator[Match]:
        at = 0
        while at <= len(text):
            found = self.search(text, at, budget=budget)
            if found is None:
                return
            yield found
            begin, end = found.span()
            at = end if end > begin else end + 1

    def _in_runs(self, text: str, budget: Budget) -> Iterator[Match]:
        """Many matches a call: starting the engine costs more than a match."""
        at = 0
        while run := self._within(budget, text, partial(self._run, text, at)):
            yield from run
            at = run[-1].end()

    def _run(self, text: str, start: int, seconds: float) -> list[Match]:
        return list(islice(self._compiled.finditer(text, start, timeout=seconds), AT_ONCE))

    def split(self, text: str, *, budget: Budget | None = None) -> list[tuple[int, int]]:
        """The (begin, end) of what lies between matches, as Java's ``String.split``.

        Empty parts at the end are dropped, others stay; an empty match at 0 gives none; no match gives the whole text,
        even an empty one. A text of separators only gives nothing.
        """
        parts: list[tuple[int, int]] = []
        at = 0
        for found in self.finditer(text, budget=budget):
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

    def _within(self, budget: Budget | None, text: str, call: Callable[[float], _Found]) -> _Found:
        budget = budget or Budget(text)
        try:
            return budget.run(call)
        except TimeoutError:
            raise PatternTimeout(
                f"the pattern {self.pattern!r} ran longer than {budget.seconds:.1f} s on a text of {len(text)} "
                "characters: make it simpler, nested repetitions such as (a+)+ above all"
            ) from None


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
