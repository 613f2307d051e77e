"""Step one: what lies between separators, and what exceptions protect."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annopipe.annotators.java_pattern import Budget, JavaPattern, compile_java
from annopipe.annotators.token_rules.settings import TARGET, TokenSettings
from annopipe.errors import PatternError


def named_pattern(param: str, pattern: str) -> JavaPattern:
    """The Java pattern of a parameter; its `PatternError` begins with the parameter's name."""
    try:
        return compile_java(pattern)
    except PatternError as error:
        raise PatternError(f"{param}: {error}") from None


SEPARATOR, PROTECTED = "\u2187", "\u2188"
BREAKS = f" \t\n\x0b\f\r{SEPARATOR}"

_CANDIDATE = re.compile(f"[^{BREAKS}]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of text without separators; ``whole`` if an exception makes it a token as it is."""

    begin: int
    end: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    r"""Cuts a text at ``[^(?:<targetPattern>)ↈ]``, the target pasted into a class as Spark NLP does.

    So ``\S+`` separates at ASCII white space alone, and ``( ? : ) +`` never separate. ``breaks`` is None for that
    default. Separators within a match of ``exceptions`` do not separate, and the candidates around them are whole;
    a match without separators makes every candidate whole that equals it, anywhere in the text. As in Spark NLP, U+2187
    always separates, and U+2188 in the text itself protects its candidate where there are exceptions.
    """

    breaks: JavaPattern | None
    exceptions: JavaPattern | None

    def of(self, text: str, budget: Budget) -> Iterator[Candidate]:
        """The candidates of a text, in order."""
        if self.exceptions is None:
            for begin, end in self._between(text, budget):
                yield Candidate(begin, end, whole=False)
            return
        protected, known = self._protect(text, self.exceptions, budget)
        for begin, end in self._between(protected, budget):
            whole = PROTECTED in protected[begin:end] or text[begin:end] in known
            yield Candidate(begin, end, whole)

    def _protect(self, text: str, exceptions: JavaPattern, budget: Budget) -> tuple[str, set[str]]:
        """The text with the separators in exceptions replaced, and the exceptions that have none."""
        parts: list[str] = []
        known: set[str] = set()
        at = 0
        for match in exceptions.finditer(text, budget=budget):
            begin, end = match.span()
            found = text[begin:end]
            shielded = self._shield(found, budget)
            if shielded == found:
                known.add(found)
            parts += text[at:begin], shielded
            at = end
        return "".join([*parts, text[at:]]), known

    def _shield(self, found: str, budget: Budget) -> str:
        if self.breaks is None:
            return re.sub(f"[{BREAKS[:-1]}]", PROTECTED, found)
        parts: list[str] = []
        at = 0
        for match in self.breaks.finditer(found, budget=budget):
            begin, end = match.span()
            parts += found[at:begin], PROTECTED * (end - begin)
            at = end
        return "".join([*parts, found[at:]])

    def _between(self, text: str, budget: Budget) -> Iterator[tuple[int, int]]:
        if self.breaks is None:
            for default in _CANDIDATE.finditer(text):
                yield default.span()
            return
        at = 0
        for match in self.breaks.finditer(text, budget=budget):
            begin, end = match.span()
            yield from _without_separators(text, at, begin)
            at = end
        yield from _without_separators(text, at, len(text))


def candidates(settings: TokenSettings) -> Candidates:
    """The first step of these settings; `PatternError` if a pattern of theirs is none."""
    breaks = None
    if settings.targetPattern != TARGET:
        breaks = _runs_of(f"[^(?:{settings.targetPattern}){PROTECTED}]")
    exceptions = None
    if settings.exceptions is not None:
        flags = "" if settings.caseSensitiveExceptions else "(?i)"
        exceptions = named_pattern("exceptions", "|".join(flags + exception for exception in settings.exceptions))
    return Candidates(breaks, exceptions)


def _runs_of(breaks: str) -> JavaPattern:
    """The pattern of separators, of as many together as there are where it is what it should be, a class."""
    pattern = named_pattern("targetPattern", breaks)
    return named_pattern("targetPattern", f"{breaks}++") if pattern.single else pattern


def _without_separators(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while begin < end:
        cut = text.find(SEPARATOR, begin, end)
        stop = end if cut < 0 else cut
        if begin < stop:
            yield begin, stop
        begin = stop + 1
