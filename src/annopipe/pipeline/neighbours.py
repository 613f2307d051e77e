"""What is nearest to a word or a text: records, and the best of many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, Final

from annopipe.tables import Table, short_text

CONTEXT: Final = 28
"""Characters shown on each side of a neighbour."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word in its text, or a whole text, and how near it is.

    Attributes:
        word: the word, or the whole text.
        similarity: cosine, from -1 to 1.
        text: the text that it stands in.
        index: the text's number among those that were searched, from 0.
        begin, end: its code points in the text, ``end`` exclusive.
    """

    word: str
    similarity: float
    text: str
    index: int
    begin: int
    end: int


class Neighbours(tuple[Neighbour, ...]):
    """Neighbours, the nearest first; printed and drawn in notebooks as a table, each word in ``[]`` in its text."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self._table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the table as notebooks draw it."""
        return self._table()._repr_html_()

    def _table(self) -> Table:
        rows = [[f"{near.similarity:.3f}", short_text(near.word), _context(near), str(near.index)] for near in self]
        return Table(["similarity", "word", "in", "text"], rows)


def best(found: Iterable[Neighbour], n: int, *, distinct: bool) -> Neighbours:
    """Return the ``n`` nearest; of equal ones the earlier.

    Args:
        found: all that were found.
        n: how many.
        distinct: each word once, case aside, at its nearest place.
    """
    return Neighbours(nlargest(n, _once(found) if distinct else found, key=lambda near: near.similarity))


def _once(found: Iterable[Neighbour]) -> Iterator[Neighbour]:
    nearest: dict[str, Neighbour] = {}
    for near in found:
        known = nearest.get(near.word.casefold())
        if known is None or near.similarity > known.similarity:
            nearest[near.word.casefold()] = near
    yield from nearest.values()


def _context(near: Neighbour) -> str:
    if (near.begin, near.end) == (0, len(near.text)):
        return ""
    before, after = near.text[: near.begin], near.text[near.end :]
    before = before if len(before) <= CONTEXT else "…" + before[1 - CONTEXT :]
    after = after if len(after) <= CONTEXT else after[: CONTEXT - 1] + "…"
    return _line(before) + f"[{_line(near.word)}]" + _line(after)


def _line(text: Any) -> str:
    return "".join(" " if character.isspace() else character for character in text)
