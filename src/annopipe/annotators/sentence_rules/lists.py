"""List items begin a sentence, and stay whole: "(a)" anywhere, "a)" at the start, " 1. ", " 2.)", " -3. "."""

import re
from collections.abc import Iterator
from typing import Final

from annopipe.annotators.sentence_rules.marks import BREAK, OPEN
from annopipe.annotators.sentence_rules.protection import Span, protected

_LETTERS: Final = re.compile(r"\([a-z]++\)")
_FIRST_LETTERS: Final = re.compile(r"[a-z]++\)")
# The third form begins with the letter s: where Spark NLP meant white space it asks for that letter.
_NUMBERS: Final = re.compile(r"\s-?\d{1,2}\.\s|\s\d{1,2}\.\)|s-\d{1,2}\.\)", re.ASCII)
_FIRST_NUMBER: Final = re.compile(r"\d{1,2}\.[\s)]|-\d{1,2}(?:\.\s|[^\n\r\x85\u2028\u2029]\))", re.ASCII)
_NUMBER_END: Final = re.compile(r"\.(?<=\d\.)[\s)]", re.ASCII)


def mark_lists(text: str) -> str:
    """Put a break before each list item and protect the item; its white space is part of it."""
    if ")" in text:
        text = protected(text, _items(text, _FIRST_LETTERS, _LETTERS), BREAK + OPEN)
    if text.startswith("-") or _NUMBER_END.search(text):
        text = protected(text, _items(text, _FIRST_NUMBER, _NUMBERS), BREAK + OPEN)
    return text


def _items(text: str, first: re.Pattern[str], later: re.Pattern[str]) -> Iterator[Span]:
    place = 0
    if found := first.match(text):
        yield found.span()
        place = found.end()
    yield from (found.span() for found in later.finditer(text, place))
