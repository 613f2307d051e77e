"""Full stops that end no sentence, by what stands next to them, and the breaks after other punctuation."""

import re
from typing import Final

from annopipe.annotators.sentence_rules.marks import BREAK, STILL

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
