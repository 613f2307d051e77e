"""Spark NLP's way of finding sentences, taken literally: replace by symbols, split, put the symbols back.

Slow, quadratic in places and blind to texts that hold its symbols; the judge of the linear rules. Every pattern is
applied on its own, in order, to what the earlier ones left, even where one could never match.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BREAK, DOT, SEMICOLON, OPEN, CLOSE = "\uf050", "\uf051", "\uf053", "\uf056", "\uf057"
ABBREVIATION, NUMBER, INNER, ELLIPSIS, QUESTION, CRY = "\u255e\u255f\u2554\u2566\u2564\u2565"
MEANING = {DOT: ".", SEMICOLON: ";", OPEN: "", CLOSE: "", BREAK: "", ABBREVIATION: ".", NUMBER: ".", INNER: "."}
MEANING |= {ELLIPSIS: "...", QUESTION: "?", CRY: "!", "\uf054": "?", "\uf055": "!"}
SYMBOLS = frozenset(MEANING)
BLANK = "".join(map(chr, range(33)))

NAMES = ["dr", "mr", "ms", "prof", "mt", "st"]
NUMBERED = ["no", "p", "px"]
GENERAL = re.findall(
    r"\S+",
    """
    adj bros btw co col corp cpl dec aug del dept dist dr e.g etc exp feb fy hr i.e id inc jan jr jul jun lt ltd mar
    may min mr mrs ms no nov oct ok p px plz prof rep sec sep sept sr st u.s ver vs
    """,
)

LISTS = [
    r"(\()[a-z]+\)|^[a-z]+\)",
    r"\s\d{1,2}\.\s|^\d{1,2}\.\s|\s\d{1,2}\.\)|^\d{1,2}\.\)|\s\-\d{1,2}\.\s|^\-\d{1,2}\.\s|s\-\d{1,2}\.\)"
    "|^\\-\\d{1,2}([^\n\r\x85\u2028\u2029]\\))",
]
NUMBERS = [
    r"(?<=\d)\.(?=\d)",
    r"\.(?=\d)",
    r"(?<=\d)\.(?=\S)",
    r"(?<=^\d)\.(?=(\s\S)|\))",
    r"(?<=^\d\d)\.(?=(\s\S)|\))",
]
FORMS = [
    r"\.(?='s\s)|\.(?='s\$)|\.(?='s\Z)",
    r"(?<=Co)\.(?=\sKG)",
    r"(?<=^[A-Z])\.(?=\s)",
    r"(?<=\s[A-Z])\.(?=\s)",
]
ENCLOSURES = [
    r"(?:(?<=\s)|^)'[\w\s?!\.,|']+'\W",
    r'"[\w\s?!\.,]+"',
    r"\[[\w\s?!\.,]+\]",
    r"\([\w\s?!\.,]+\)",
]


def _dictionary() -> Iterator[str]:
    def rule(word: str, ahead: str, ahead_at_start: str | None = None) -> str:
        behind = "(?i:" + word.replace(".", "[^\n\r\x85\u2028\u2029]") + ")"
        return rf"(?<=\s{behind})\.(?={ahead})|(?<=^{behind})\.(?={ahead_at_start or ahead})"

    goes_on = r"\s([a-z]|I\s|I'm|I'll|\d)"
    yield from (rule(word, r"\s") for word in NAMES)
    yield from (rule(word, r":\d+") for word in NAMES)
    yield from (rule(word, r"\s\d") for word in NUMBERED)
    yield from (rule(word, r"\s+\(") for word in NUMBERED)
    yield from (rule(word, rf"(\.|\:|-|\?)|({goes_on})", rf"(\.|\:|\?)|({goes_on})") for word in GENERAL)
    yield from (rule(word, ",") for word in GENERAL)


DICTIONARY = list(_dictionary())


@dataclass(frozen=True)
class Rules:
    """What decides about breaks; bounds are patterns that Java and Python read alike."""

    abbreviations: bool = True
    lists: bool = True
    bounds: tuple[str, ...] = ()
    strategy: str = "none"
    only_bounds: bool = False


DEFAULT = Rules()


def sentences(text: str, rules: Rules = DEFAULT) -> list[str]:
    """Return the trimmed sentences; what a bound took out is in none of them."""
    parts = re.split(f"{BREAK}(?![^{OPEN}]*{CLOSE})", marked(text, rules))
    plain = ("".join(MEANING.get(char, char) for char in part).strip(BLANK) for part in parts)
    return [part for part in plain if part]


def marked(text: str, rules: Rules) -> str:
    """Return the text with all symbols in."""
    own = {"none": BREAK, "prepend": rf"{BREAK}\g<0>", "append": rf"\g<0>{BREAK}"}[rules.strategy]
    for bound in rules.bounds:
        text = re.sub(bound, own, text, flags=re.ASCII)
    return text if rules.bounds and rules.only_bounds else _marked_by_rules(text, rules)


def _marked_by_rules(text: str, rules: Rules) -> str:
    if rules.lists:
        text = _all(LISTS, rf"{BREAK}{OPEN}\g<0>{CLOSE}", text)
    steps: list[Callable[[str], str]] = [
        lambda wip: _all(NUMBERS, NUMBER, wip),
        lambda wip: _abbreviated(wip, known=rules.abbreviations),
    ]
    for step in reversed(steps) if rules.bounds else steps:
        text = step(text)
    text = _all([r"(?<=\S)[!\?]+(?=\s|\Z|\$)"], rf"\g<0>{BREAK}", text)
    text = _all([r"(?<=\w)\.(?=\w)", r"(?<=[a-zA-z]°)\.(?=\s*\d+)"], INNER, text)
    text = _all([r"\.\.\.(?=\s+[A-Z])", r"(?<=\S)\.{3}(?=\.\s[A-Z])"], ELLIPSIS + BREAK, text)
    text = _all(ENCLOSURES, rf"{OPEN}\g<0>{CLOSE}", text)
    text = _all([r"\?(?=(\'|\"))"], QUESTION, text)
    text = _all([r"\!(?=(\'|\"))", r"\!(?=\,\s[a-z])", r"\!(?=\s[a-z])"], CRY, text)
    return text.replace(".", DOT + BREAK).replace(";", SEMICOLON + BREAK)


def _all(patterns: list[str], replacement: str, text: str) -> str:
    for pattern in patterns:
        text = re.sub(pattern, replacement, text, flags=re.ASCII)
    return text


def _abbreviated(text: str, *, known: bool) -> str:
    text = _initials(text)
    text = _all([r"(?i)p\.m\.*", r"(?i)a\.m\.*"], rf"{OPEN}\g<0>{CLOSE}", text)
    return _all([*FORMS, *DICTIONARY] if known else FORMS, ABBREVIATION, text)


def _initials(text: str) -> str:
    pattern = re.compile(r"[a-zA-Z](?:\.[a-zA-Z])+(?:\.(?!\s[A-Z]))*", re.ASCII)
    out, place = "", 0
    while place < len(text):
        found = pattern.match(text, place) if _is_boundary(text, place) else None
        out += f"{OPEN}{found[0]}{CLOSE}" if found else text[place]
        place = found.end() if found else place + 1
    return out


def _is_boundary(text: str, place: int) -> bool:
    """Java 17's ``\\b`` before a letter."""
    before = text[:place]
    if before and unicodedata.category(before[-1]) == "Mn":
        before = re.sub("_$", " ", "".join(char for char in before if unicodedata.category(char) != "Mn"))
    return not before or not (
        before[-1] == "_" or unicodedata.category(before[-1]) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}
    )
