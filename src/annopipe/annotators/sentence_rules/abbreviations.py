"""Full stops of abbreviations: the known ones of a dictionary, and those that show by their form."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby
from typing import Final

BREAK: Final = "\ufdd0"
"""A sentence ends here, unless the next of `OPEN` and `CLOSE` is `CLOSE`."""
OPEN: Final = "\ufdd1"
"""A protected stretch begins."""
CLOSE: Final = "\ufdd2"
"""A protected stretch ends."""
STILL: Final = "\ufdd3"
"""In place of a full stop that ends no sentence of itself."""
BOUND: Final = "\ufdd4"
"""A `BREAK` in place of what a user's bound matched."""
KEPT: Final = "\ufdd5"
"""A `BOUND` that protection made void: what was matched stays in its sentence."""
OUTSIDE: Final = "\ufdd6"
"""Before text that belongs to no sentence, when all is cut."""
FOREIGN: Final = "\ufdd7"
"""In place of a mark that the text itself holds."""

_OWN: Final = re.compile("[\ufdd0-\ufdd6]")


def without_marks(text: str) -> str:
    """Return the text, of the same length, with `FOREIGN` for each mark it holds."""
    return text if text.isascii() else _OWN.sub(FOREIGN, text)


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


Span = tuple[int, int]


def protected(text: str, spans: Iterable[Span], opening: str = OPEN) -> str:
    """Return the text with ``opening`` and `CLOSE` around spans, which are in order and apart."""
    out = StringIO(newline="")
    write = out.write
    done = 0
    for start, stop in spans:
        write(text[done:start])
        write(f"{opening}{text[start:stop]}{CLOSE}")
        done = stop
    if not done:
        return text
    write(text[done:])
    return out.getvalue()


def without_protected_breaks(marked: str) -> str:
    """Take out protection, and with it the breaks after which `CLOSE` comes before `OPEN`."""
    closing = marked.find(CLOSE)
    if closing < 0:
        return marked
    out = StringIO(newline="")
    write = out.write
    done = 0
    while closing >= 0:
        opening = marked.rfind(OPEN, done, closing)
        if opening > done:
            write(marked[done:opening])
        write(marked[max(opening, done) : closing].replace(BREAK, "").replace(BOUND, KEPT))
        done = closing + 1
        closing = marked.find(CLOSE, done)
    write(marked[done:])
    return out.getvalue().replace(OPEN, "")


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
