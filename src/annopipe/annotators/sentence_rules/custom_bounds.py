"""Sentence ends that a user's patterns name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from annopipe.annotators.sentence_rules.protection import Span
from annopipe.errors import PatternError

if TYPE_CHECKING:
    from annopipe.annotators.java_pattern import JavaPattern

SEEN_BREAK: Final = "\uf050"
"""What a later bound sees where an earlier one broke the text, as in Spark NLP."""


class CustomBounds:
    """Java regular expressions that end sentences, applied one after the other.

    Args:
        patterns: the bounds.
        strategy: ``"none"``, ``"prepend"`` or ``"append"``.

    Raises:
        PatternError: a bound is no valid Java regular expression.
    """

    def __init__(self, patterns: Iterable[str], strategy: str) -> None:
        from annopipe.annotators.java_pattern import compile_java

        try:
            self._patterns: list[JavaPattern] = [compile_java(pattern) for pattern in patterns]
        except PatternError as error:
            raise PatternError(f"customBounds: {error}") from None
        self._strategy = strategy

    def split(self, text: str) -> list[Span]:
        """Return the spans between the breaks, in order, empty ones too; what a bound took out is in none of them.

        Raises:
            PatternTimeout: a bound ran too long on the text.
        """
        spans = [(0, len(text))]
        for pattern in self._patterns:
            broken = SEEN_BREAK.join(text[begin:end] for begin, end in spans) if len(spans) > 1 else text
            spans = list(_recut(spans, self._cuts(pattern, broken)))
        return spans

    def _cuts(self, pattern: JavaPattern, text: str) -> Iterator[Span]:
        """Yield where a break takes whose place: an empty span beside the match, or the match itself."""
        for found in pattern.finditer(text):
            start, stop = found.span()
            if self._strategy == "prepend":
                stop = start
            elif self._strategy == "append":
                start = stop
            yield start, stop


def _recut(spans: Iterable[Span], cuts: Iterable[Span]) -> Iterator[Span]:
    """Cut spans at places that count along the spans, one break between each two."""
    rest = iter(spans)
    begin, end = next(rest)
    offset = begin  # a place's index in the text is the place plus this, within the span
    for start, stop in cuts:
        while start + offset > end:
            yield begin, end
            offset -= end + 1
            begin, end = next(rest)
            offset += begin
        yield begin, start + offset
        while stop + offset > end:
            offset -= end + 1
            begin, end = next(rest)
            offset += begin
        begin = stop + offset
    yield begin, end
    yield from rest
