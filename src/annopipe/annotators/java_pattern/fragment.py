"""Translated pieces of a pattern, in the syntax of the ``regex`` package."""

from collections.abc import Iterable
from dataclasses import dataclass


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
