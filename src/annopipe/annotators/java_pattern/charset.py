"""Sets of characters, in the set syntax of the ``regex`` package (its version 1)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of translated pattern.

    ``text``: its source; ``shortest``: the fewest characters it can match; ``bounded``: Java finds its greatest length;
    ``unit``: a quantifier can follow directly; ``single``: always exactly one character; ``cost``: how many atoms it
    has once required repetitions are written out, as the ``regex`` package does; ``reversible``: it matches the same
    read backwards, as ``regex`` reads in a look-behind.
    """

    text: str
    shortest: int = 0
    bounded: bool = True
    unit: bool = False
    single: bool = False
    cost: int = 1
    reversible: bool = True

    @property
    def closed(self) -> str:
        """The source as one operand."""
        return self.text if self.unit else f"(?:{self.text})"


EMPTY = Fragment("")
NEVER = Fragment("(?!)", bounded=False)


def one(text: str) -> Fragment:
    """A piece that matches exactly one character."""
    return Fragment(text, shortest=1, unit=True, single=True)


def joined(parts: Iterable[Fragment]) -> Fragment:
    """The parts, one after the other."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    return Fragment(
        "".join(part.text for part in parts),
        sum(part.shortest for part in parts),
        all(part.bounded for part in parts),
        cost=sum(part.cost for part in parts),
        reversible=all(part.reversible for part in parts),
    )


def either(branches: list[Fragment]) -> Fragment:
    """The branches, the first that fits."""
    if len(branches) == 1:
        return branches[0]
    return Fragment(
        "|".join(branch.text for branch in branches),
        min(branch.shortest for branch in branches),
        all(branch.bounded for branch in branches),
        cost=sum(branch.cost for branch in branches),
        reversible=all(branch.reversible for branch in branches),
    )


def group(opening: str, inside: Fragment) -> Fragment:
    """The inside between ``opening`` and a closing parenthesis."""
    return Fragment(
        f"{opening}{inside.text})",
        inside.shortest,
        inside.bounded,
        True,
        cost=inside.cost,
        reversible=inside.reversible,
    )


def around(opening: str, inside: Fragment) -> Fragment:
    """A look-around: consumes nothing."""
    return Fragment(f"{opening}{inside.text})", cost=inside.cost)


LAST = 0x10FFFF


def escaped(code: int) -> str:
    """One character as it may stand inside and outside a set."""
    char = chr(code)
    if char.isascii() and char.isalnum():
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set: ``items`` between brackets, or everything else if ``negated``; ``flat`` items may stand beside others."""

    items: str
    negated: bool = False
    flat: bool = True

    @property
    def text(self) -> str:
        """The set in brackets."""
        return f"[{'^' if self.negated else ''}{self.items}]"

    @property
    def _inner(self) -> str:
        return self.items if self.flat and not self.negated else self.text

    def __or__(self, other: "CharSet") -> "CharSet":
        return CharSet(self._inner + other._inner)

    def __and__(self, other: "CharSet") -> "CharSet":
        return CharSet(f"{self.text}&&{other.text}", flat=False)

    def __invert__(self) -> "CharSet":
        if self.flat:
            return CharSet(self.items, not self.negated)
        return CharSet(self.text, negated=True)

    def fragment(self) -> Fragment:
        """The set as a piece of pattern."""
        return one(self.text)


def span(first: int, last: int) -> CharSet:
    """All characters from ``first`` to ``last``, both included."""
    return CharSet(f"{escaped(first)}-{escaped(last)}" if first < last else escaped(first))


def chars(codes: Iterable[int]) -> CharSet:
    """These characters."""
    return CharSet("".join(escaped(code) for code in codes))


def prop(*names: str) -> CharSet:
    """All characters with one of these properties of ``regex``."""
    return CharSet("".join(f"\\p{{{name}}}" for name in names))


EVERYTHING = span(0, LAST)
NOTHING = CharSet(f"[^{EVERYTHING.items}]")


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


_NAMES = {
    "i": "ignore_case",
    "u": "unicode_case",
    "m": "multiline",
    "s": "dot_all",
    "d": "unix_lines",
    "x": "comments",
    "U": "unicode_classes",
}


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags in force at one place of a pattern: ``i u m s d x U``."""

    ignore_case: bool = False
    unicode_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    unix_lines: bool = False
    comments: bool = False
    unicode_classes: bool = False

    def switched(self, letter: str, on: bool) -> "Flags | None":
        """The flags with one switched, None for a letter that is no flag; ``U`` brings ``u`` along."""
        if letter not in _NAMES:
            return None
        changes = {_NAMES[letter]: on}
        if letter == "U":
            changes["unicode_case"] = on
        return replace(self, **changes)
