"""What stands between quotes or brackets stays whole, when it holds nothing but plain words and punctuation."""

import re
from typing import Final

from annopipe.annotators.sentence_rules.marks import CLOSE, OPEN

_PLAIN: Final = r"[\w\s?!.,]++"
_DOUBLE_QUOTED: Final = re.compile(rf'"{_PLAIN}"', re.ASCII)
_SQUARE: Final = re.compile(rf"\[{_PLAIN}\]", re.ASCII)
_ROUND: Final = re.compile(rf"\({_PLAIN}\)", re.ASCII)
_QUOTABLE: Final = re.compile(r"'(?<!\S')[\w\s?!.,|']*+", re.ASCII)
_WORD: Final = re.compile(r"\w", re.ASCII)
_PROTECTED: Final = rf"{OPEN}\g<0>{CLOSE}"


def protect_enclosures(text: str) -> str:
    """Protect plain text in single quotes, double quotes, square and round brackets, in this order."""
    if "'" in text:
        text = _protect_single_quoted(text)
    if '"' in text:
        text = _DOUBLE_QUOTED.sub(_PROTECTED, text)
    if "]" in text:
        text = _SQUARE.sub(_PROTECTED, text)
    if ")" in text:
        text = _ROUND.sub(_PROTECTED, text)
    return text


def _protect_single_quoted(text: str) -> str:
    """Protect from a quote after white space or at the start to the last closing one within quotable text.

    A quote closes when a character other than a word's follows, which is taken in. A stretch of quotable text has one
    protected part at most: behind its last closing quote there is none.
    """
    pieces = []
    done = 0
    for found in _QUOTABLE.finditer(text):
        start, stop = found.span()
        closing = _last_closing(text, start + 2, stop)
        if closing > 0:
            pieces += [text[done:start], OPEN, text[start : closing + 2], CLOSE]
            done = closing + 2
    return "".join(pieces) + text[done:] if pieces else text


def _last_closing(text: str, start: int, stop: int) -> int:
    """Find the last quote in a stretch that a character follows which belongs to no word; -1 without one."""
    closing = text.rfind("'", start, stop)
    while closing >= 0 and (closing + 1 == len(text) or _WORD.match(text, closing + 1)):
        closing = text.rfind("'", start, closing)
    return closing
