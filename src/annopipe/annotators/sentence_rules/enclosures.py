"""What stands between quotes or brackets stays whole, when it holds nothing but plain words and punctuation."""

import re
from collections.abc import Iterator
from typing import Final

from annopipe.annotators.sentence_rules.protection import Span, protected

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
