"""Full stops of abbreviations: the known ones of a dictionary, and those that show by their form."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from annopipe.annotators.sentence_rules.marks import STILL

BEFORE_NAME: Final = ("dr", "mr", "ms", "mt", "prof", "st")
"""Never the end of a sentence before white space or ``:`` and a digit."""

BEFORE_NUMBER: Final = ("no", "p", "px")
"""Not the end before white space and a digit or opening bracket."""

# One dot in "e.g", "i.e" and "u.s" stands for any character, as in Spark NLP's patterns.
GENERAL: Final = (
    *("adj", "aug", "bros", "btw", "co", "col", "corp", "cpl", "dec", "del", "dept", "dist", "dr", "e.g", "etc"),
    *("exp", "feb", "fy", "hr", "i.e", "id", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "mar", "may", "min", "mr"),
    *("mrs", "ms", "no", "nov", "oct", "ok", "p", "plz", "prof", "px", "rep", "sec", "sep", "sept", "sr", "st", "u.s"),
    *("ver", "vs"),
)
"""Not the end where the sentence visibly goes on: a lower-case word, "I", a digit, a comma, a colon, ..."""

_POSSESSIVE: Final = r"'s(?:[\s$]|\Z)"
_AFTER_NAME: Final = r"(?=\s|:\d)"
_AFTER_NUMBER: Final = r"(?=\s(?:\d|\s*+\())"
# A stop before a possessive one was quietened by it earlier, so it no longer counts as a stop.
_GOES_ON: Final = rf"(?=[:?,]|\.(?!{_POSSESSIVE})|\s(?:[a-z]|I(?:\s|'m|'ll)|\d))"
_BY_FORM: Final = rf"(?={_POSSESSIVE})|(?<=Co\.)(?=\sKG)|(?<=(?<!\S)[A-Z]\.)(?=\s)"


def still_abbreviations(text: str) -> str:
    """Quieten stops that show by their form: "Smith & Co. KG", "J. Smith", "the U.S.A.'s"."""
    return _FORM.sub(STILL, text)


def still_known_abbreviations(text: str) -> str:
    """Quieten stops that show by their form and those of the dictionary, in either case, after white space."""
    return _FORM_OR_KNOWN.sub(STILL, text)


def _after(words: Iterable[str]) -> str:
    """Pattern behind a stop: one of these words of equal length, after white space or at the start of the text."""
    any_of = "|".join(word.replace(".", r"[^\n\r\x85\u2028\u2029]") for word in words)
    return rf"(?<=(?<!\S)(?i:{any_of})\.)"


def _by_length(words: Iterable[str]) -> str:
    groups = groupby(sorted(words, key=len), key=len)
    return "|".join(_after(group) for _, group in groups)


def _hyphenated(words: Iterable[str]) -> str:
    """Pattern of the words before a hyphen, which counts after white space only."""
    groups = groupby(sorted(words, key=len), key=len)
    return "|".join(rf"(?<=\s{'.' * length}\.)" + _after(group) for length, group in groups)


def _known() -> str:
    words = (
        rf"{_GOES_ON}(?:{_by_length(GENERAL)})",
        rf"{_AFTER_NAME}(?:{_by_length(BEFORE_NAME)})",
        rf"{_AFTER_NUMBER}(?:{_by_length(BEFORE_NUMBER)})",
        rf"(?=-)(?:{_hyphenated(GENERAL)})",
    )
    return rf"(?<=[A-Za-z]\.)(?:{'|'.join(words)})"


_FORM: Final = re.compile(rf"\.(?:{_BY_FORM})", re.ASCII)
_FORM_OR_KNOWN: Final = re.compile(rf"\.(?:{_BY_FORM}|{_known()})", re.ASCII | re.DOTALL)
