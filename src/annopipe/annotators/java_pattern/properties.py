r"""Java's property names, ``\p{...}``, as sets (``java.util.regex.CharPredicates``, Java 17).

Unicode data is that of the installed ``regex`` package, newer than Java 17's Unicode 13: characters that were
assigned since then belong to their classes here.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from annopipe.annotators.java_pattern.charset import EVERYTHING, CharSet, Flags, chars, prop, span


class Match(Protocol):
    """One match; all places are code points of the text, group 0 is the whole, (-1, -1) a group that took no part."""

    def start(self, group: int = 0, /) -> int:
        """Where the group begins."""

    def end(self, group: int = 0, /) -> int:
        """Where the group ends, exclusive."""

    def span(self, group: int = 0, /) -> tuple[int, int]:
        """Begin and end of the group."""


class Compiled(Protocol):
    """A compiled pattern of ``regex``; ``timeout`` in seconds, past it TimeoutError."""

    def search(self, string: str, pos: int, *, timeout: float) -> Match | None:
        """The first match from ``pos``."""

    def match(self, string: str, pos: int, *, timeout: float) -> Match | None:
        """The match at ``pos``."""

    def fullmatch(self, string: str, *, timeout: float) -> Match | None:
        """The match of the whole."""

    def finditer(self, string: str, pos: int, *, timeout: float) -> Iterator[Match]:
        """All matches from ``pos``."""


@cache
def _regex() -> Any:
    return import_module("regex")


def compiled(text: str) -> Compiled:
    """``text`` in the syntax of ``regex``, version 1; ValueError if it cannot be compiled."""
    try:
        pattern: Compiled = _regex().compile(text, _regex().VERSION1)
    except (_regex().error, RecursionError, OverflowError, MemoryError) as problem:
        raise ValueError(str(problem)) from None
    return pattern


def has_property(kind: str, value: str) -> bool:
    """Whether ``regex`` knows this script or block."""
    try:
        _regex().compile(f"\\p{{{kind}={value}}}")
    except _regex().error:
        return False
    return True


DIGIT = span(0x30, 0x39)
SPACE = span(0x09, 0x0D) | chars([0x20])
WORD = CharSet("0-9A-Z_a-z")
HORIZONTAL = chars([0x20, 0x09, 0xA0, 0x1680, 0x180E, 0x202F, 0x205F, 0x3000]) | span(0x2000, 0x200A)
VERTICAL = span(0x0A, 0x0D) | chars([0x85, 0x2028, 0x2029])

_UPPER, _LOWER, _ALPHA = CharSet("A-Z"), CharSet("a-z"), CharSet("A-Za-z")
_IGNORABLE = span(0x00, 0x08) | span(0x0E, 0x1B) | span(0x7F, 0x9F) | prop("Cf")
_IDENTIFIER_START = prop("L", "Nl", "Sc", "Pc")
_U_SPACE = prop("White_Space")
_U_BLANK = prop("Zs") | chars([0x09])
_U_GRAPH = ~(_U_SPACE | prop("Cc", "Cs", "Cn"))
_U_WORD = prop("Alphabetic", "Mn", "Mc", "Me", "Nd", "Pc", "Join_Control")
_ANY_CASE = prop("Lowercase", "Uppercase", "Lt")

_ASCII: dict[str, CharSet] = {
    "ASCII": span(0, 0x7F),
    "Alnum": CharSet("A-Za-z0-9"),
    "Alpha": _ALPHA,
    "Blank": chars([0x20, 0x09]),
    "Cntrl": span(0, 0x1F) | chars([0x7F]),
    "Digit": DIGIT,
    "Graph": span(0x21, 0x7E),
    "Lower": _LOWER,
    "Print": span(0x20, 0x7E),
    "Punct": span(0x21, 0x2F) | span(0x3A, 0x40) | span(0x5B, 0x60) | span(0x7B, 0x7E),
    "Space": SPACE,
    "Upper": _UPPER,
    "XDigit": CharSet("0-9A-Fa-f"),
}
_CATEGORY = re.compile("L[ultmo]?|M[nec]?|N[dlo]?|Z[slp]?|C[cfosn]?|P[dsecoif]?|S[mcko]?")
_JAVA: dict[str, CharSet] = {
    "LC": prop("Lu", "Ll", "Lt"),
    "LD": prop("L", "Nd"),
    "L1": span(0, 0xFF),
    "all": EVERYTHING,
    "javaLowerCase": prop("Lowercase"),
    "javaUpperCase": prop("Uppercase"),
    "javaAlphabetic": prop("Alphabetic"),
    "javaIdeographic": prop("Ideographic"),
    "javaTitleCase": prop("Lt"),
    "javaDigit": prop("Nd"),
    "javaDefined": ~prop("Cn"),
    "javaLetter": prop("L"),
    "javaLetterOrDigit": prop("L", "Nd"),
    "javaJavaIdentifierStart": _IDENTIFIER_START,
    "javaJavaIdentifierPart": _IDENTIFIER_START | prop("Nd", "Mc", "Mn") | _IGNORABLE,
    "javaUnicodeIdentifierStart": prop("ID_Start"),
    "javaUnicodeIdentifierPart": prop("ID_Continue") | _IGNORABLE,
    "javaIdentifierIgnorable": _IGNORABLE,
    "javaSpaceChar": prop("Z"),
    "javaWhitespace": (prop("Z") & ~chars([0xA0, 0x2007, 0x202F])) | span(0x09, 0x0D) | span(0x1C, 0x1F),
    "javaISOControl": span(0, 0x1F) | span(0x7F, 0x9F),
    "javaMirrored": prop("Bidi_Mirrored"),
}
_UNICODE: dict[str, CharSet] = {
    "ALPHABETIC": prop("Alphabetic"),
    "LETTER": prop("L"),
    "IDEOGRAPHIC": prop("Ideographic"),
    "LOWERCASE": prop("Lowercase"),
    "UPPERCASE": prop("Uppercase"),
    "TITLECASE": prop("Lt"),
    "WHITE_SPACE": _U_SPACE,
    "CONTROL": prop("Cc"),
    "PUNCTUATION": prop("P"),
    "HEX_DIGIT": prop("Nd", "Hex_Digit"),
    "ASSIGNED": ~prop("Cn"),
    "NONCHARACTER_CODE_POINT": prop("Noncharacter_Code_Point"),
    "DIGIT": prop("Nd"),
    "ALNUM": prop("Alphabetic", "Nd"),
    "BLANK": _U_BLANK,
    "GRAPH": _U_GRAPH,
    "PRINT": (_U_GRAPH | _U_BLANK) & ~prop("Cc"),
    "WORD": _U_WORD,
    "JOIN_CONTROL": prop("Join_Control"),
}
_UNICODE_SHORT = {name.replace("_", ""): name for name in _UNICODE}
_POSIX_UNICODE = {
    "ALPHA": "ALPHABETIC",
    "LOWER": "LOWERCASE",
    "UPPER": "UPPERCASE",
    "SPACE": "WHITE_SPACE",
    "PUNCT": "PUNCTUATION",
    "XDIGIT": "HEX_DIGIT",
    "ALNUM": "ALNUM",
    "CNTRL": "CONTROL",
    "DIGIT": "DIGIT",
    "BLANK": "BLANK",
    "GRAPH": "GRAPH",
    "PRINT": "PRINT",
}


def shorthand(letter: str, flags: Flags) -> CharSet:
    r"""The set of ``\d \w \s \h \v``, or of its opposite for the capital."""
    wide = {"d": prop("Nd"), "w": _U_WORD, "s": _U_SPACE} if flags.unicode_classes else {}
    plain = {"d": DIGIT, "w": WORD, "s": SPACE, "h": HORIZONTAL, "v": VERTICAL}
    found = wide.get(letter.lower()) or plain[letter.lower()]
    return ~found if letter.isupper() else found


def find(name: str, flags: Flags) -> CharSet | None:
    r"""The set that ``\p{name}`` stands for, None when Java has no such property."""
    kind, equals, value = name.partition("=")
    if equals:
        return _by_kind(kind.lower(), value, flags)
    if name.startswith("In"):
        return _known("Block", name[2:])
    if name.startswith("Is"):
        return _unicode(name[2:], flags) or _named(name[2:], flags) or _known("Script", name[2:])
    if flags.unicode_classes and name.upper() in _POSIX_UNICODE:
        return _unicode(_POSIX_UNICODE[name.upper()], flags)
    return _named(name, flags)


def _by_kind(kind: str, value: str, flags: Flags) -> CharSet | None:
    finders: dict[str, Callable[[], CharSet | None]] = {
        "sc": lambda: _known("Script", value),
        "script": lambda: _known("Script", value),
        "blk": lambda: _known("Block", value),
        "block": lambda: _known("Block", value),
        "gc": lambda: _named(value, flags),
        "general_category": lambda: _named(value, flags),
    }
    return finders[kind]() if kind in finders else None


def _unicode(name: str, flags: Flags) -> CharSet | None:
    key = name.upper()
    key = _UNICODE_SHORT.get(key, key)
    if flags.ignore_case and key in {"LOWERCASE", "UPPERCASE", "TITLECASE"}:
        return _ANY_CASE
    return _UNICODE.get(key)


def _named(name: str, flags: Flags) -> CharSet | None:
    if flags.ignore_case:
        if name in {"Lu", "Ll", "Lt"}:
            return _JAVA["LC"]
        if name in {"javaLowerCase", "javaUpperCase", "javaTitleCase"}:
            return _ANY_CASE
        if name in {"Lower", "Upper"}:
            return _ALPHA
    if _CATEGORY.fullmatch(name):
        return prop(name)
    return _ASCII.get(name) or _JAVA.get(name)


@cache
def _known(kind: str, value: str) -> CharSet | None:
    """The script or block of this name, None when ``regex`` has none."""
    if not re.fullmatch(r"[A-Za-z0-9 _\-]+", value) or not has_property(kind, value):
        return None
    return prop(f"{kind}={value}")
