"""Sentence ends that a user's patterns name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from annopipe.annotators.sentence_rules.abbreviations import BREAK, STILL, Span, protected
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


_PLAIN: Final = r"[\w\s?!.,]++"
_ENCLOSURES: Final = {
    '"': re.compile(rf'"{_PLAIN}"', re.ASCII),
    "]": re.compile(rf"\[{_PLAIN}\]", re.ASCII),
    ")": re.compile(rf"\({_PLAIN}\)", re.ASCII),
}
_QUOTABLE: Final = re.compile(r"'(?<!\S')[\w\s?!.,|']*+", re.ASCII)
_WORD: Final = re.compile(r"\w", re.ASCII)


def protect_enclosures(text: str) -> str:
    """Protect plain text in single quotes, double quotes, square and round brackets, in this order."""
    if "'" in text:
        text = protected(text, _single_quoted(text))
    for closing, enclosure in _ENCLOSURES.items():
        if closing in text:
            text = protected(text, (found.span() for found in enclosure.finditer(text)))
    return text


def _single_quoted(text: str) -> Iterator[Span]:
    """Yield the spans from a quote after white space or at the start to the last closing one within quotable text.

    A quote closes when a character other than a word's follows, which is taken in. A stretch of quotable text has one
    such span at most: behind its last closing quote there is none.
    """
    for found in _QUOTABLE.finditer(text):
        start, stop = found.span()
        closing = _last_closing(text, start + 2, stop)
        if closing > 0:
            yield start, closing + 2


def _last_closing(text: str, start: int, stop: int) -> int:
    """Find the last quote in a stretch that a character follows which belongs to no word; -1 without one."""
    closing = text.rfind("'", start, stop)
    while closing >= 0 and (closing + 1 == len(text) or _WORD.match(text, closing + 1)):
        closing = text.rfind("'", start, closing)
    return closing


_IN_NUMBER: Final = re.compile(
    r"\.(?:(?=\d)|(?<=\d\.)(?:(?=\S)|(?:(?<=^\d\.)|(?<=^\d\d\.))(?=\s\S)))",
    re.ASCII,
)
_IN_WORD: Final = re.compile(r"\.(?:(?<=\w\.)(?=\w)|(?<=[A-z]\u00b0\.)(?=\s*+\d))", re.ASCII)
_CRY: Final = re.compile(r"!(?<=\S!)(?=[\s$]|\Z)", re.ASCII)
_QUESTION: Final = re.compile(r"\?(?<=\S\?)(?=[\s$]|\Z)", re.ASCII)
_ELLIPSIS: Final = re.compile(r"\.\.\.(?=\s++[A-Z])", re.ASCII)


def still_numbers(text: str) -> str:
    """Quieten stops before a digit, between a digit and anything but white space, and after a number that begins it."""
    return _IN_NUMBER.sub(STILL, text)


def still_inner_stops(text: str) -> str:
    """Quieten stops between two ASCII word characters, and after a letter's degree sign before a number."""
    return _IN_WORD.sub(STILL, text)


def break_after_questions(text: str) -> str:
    """Break after a run of ``!`` and ``?`` before white space, a dollar sign or the end.

    A lone one after white space breaks nothing.
    """
    if "!" in text:
        text = _CRY.sub("!" + BREAK, text)
    return _QUESTION.sub("?" + BREAK, text) if "?" in text else text


def break_after_ellipses(text: str) -> str:
    """Make the last three dots before white space and a capital letter one end of a sentence."""
    return _ELLIPSIS.sub(STILL * 3 + BREAK, text) if "..." in text else text


def break_at_stops(text: str) -> str:
    """Break after each full stop that is left and after each semicolon."""
    return text.replace(".", "." + BREAK).replace(";", ";" + BREAK)
