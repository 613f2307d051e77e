"""Sets of characters, in the set syntax of the ``regex`` package (its version 1)."""

from collections.abc import Iterable
from dataclasses import dataclass

from annopipe.annotators.java_pattern.fragment import Fragment, one

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
