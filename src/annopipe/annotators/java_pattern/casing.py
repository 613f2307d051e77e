"""Which characters Java's case-insensitive matching takes as the same.

Without ``UNICODE_CASE`` (``(?u)``) only ASCII letters fold; with it two characters are the same when the lower case of
their upper case is (``java.util.regex.Pattern``, Java 17).
"""

from functools import cache

from annopipe.annotators.java_pattern.charset import CharSet, chars, span

_CASED_BELOW = 0x1E944
_DOTTED_I = 0x130


def same(code: int, unicode: bool) -> list[int]:
    """All characters that match this one, itself first."""
    char = chr(code)
    if not unicode:
        return [code, ord(char.swapcase())] if char.isascii() and char.isalpha() else [code]
    return [code, *(other for other in _classes().get(_fold(code), ()) if other != code)]


def folded_span(first: int, last: int, unicode: bool) -> CharSet:
    """A range and what matches it in another case."""
    found = span(first, last)
    if not unicode:
        letters = [*range(0x41, 0x5B), *range(0x61, 0x7B)]
        return found | chars(c ^ 0x20 for c in letters if first <= c <= last and not first <= c ^ 0x20 <= last)
    more = {
        code
        for members in _classes().values()
        for code in members
        if not first <= code <= last and (first <= _upper(code) <= last or first <= _fold(code) <= last)
    }
    return found | chars(sorted(more))


def _upper(code: int) -> int:
    """The simple upper case; title case stands in where the full one is longer, and is no way back for capitals."""
    upper = chr(code).upper()
    if len(upper) != 1:
        upper = chr(code).title()
    return ord(upper) if len(upper) == 1 else code


def _lower(code: int) -> int:
    lower = chr(code).lower()
    return ord(lower[0]) if len(lower) == 1 or code == _DOTTED_I else code


def _fold(code: int) -> int:
    return _lower(_upper(code))


@cache
def _classes() -> dict[int, list[int]]:
    """Characters by fold, for the folds that more than one character has."""
    classes: dict[int, list[int]] = {}
    for code in range(_CASED_BELOW):
        if _upper(code) != code or _lower(code) != code:
            classes.setdefault(_fold(code), []).append(code)
    return classes
