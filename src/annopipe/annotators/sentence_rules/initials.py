"""Abbreviations of single letters, "U.S.A." and "e.g.", stay whole, as do "p.m" and "a.m" anywhere."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from annopipe.annotators.sentence_rules.protection import Span, protected

# Each match begins at the first stop, one character after the abbreviation itself: stops are found faster.
_INITIALS: Final = re.compile(
    r"\.(?<=(?<!\w)[a-zA-Z]\.)[a-zA-Z](?:\.[a-zA-Z])*+(?:\.(?!\s[A-Z]))*+",
    re.ASCII,
)
_AFTERNOON: Final = re.compile(r"p\.m\.*+", re.ASCII | re.IGNORECASE)
_MORNING: Final = re.compile(r"a\.m\.*+", re.ASCII | re.IGNORECASE)


def protect_initials(text: str) -> str:
    """Protect single letters joined by stops, and the stops after them unless a capital letter follows."""
    text = protected(text, _initials(text))
    if ".m" in text or ".M" in text:
        for hour in (_AFTERNOON, _MORNING):
            text = protected(text, (found.span() for found in hour.finditer(text)))
    return text


def _initials(text: str) -> Iterator[Span]:
    place = 0
    while found := _INITIALS.search(text, place):
        start = found.start() - 1
        if start and _joins_words(text, start - 1):
            place = found.start() + 1
        else:
            place = found.end()
            yield start, place


def _joins_words(text: str, place: int) -> bool:
    """Tell whether Java 17's word boundary is missing after this character: letters, digits and marks on them."""
    if text[place].isascii():
        return False
    while place >= 0 and unicodedata.category(text[place]) == "Mn":
        place -= 1
    return place >= 0 and _is_letter_or_digit(text[place])


def _is_letter_or_digit(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "L" or category == "Nd"
