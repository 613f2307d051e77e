"""A few rows for people: as text and as a table of HTML."""

import html
from collections.abc import Sequence
from typing import Any, Final

MOST_CHARACTERS: Final = 60
NUMBERS: Final = 3


class Table:
    """A few rows as text (``str``, ``print``) and as a table of HTML (notebooks)."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]], more: bool = False) -> None:
        self._columns = list(columns)
        self._rows = [list(row) for row in rows]
        self._more = more

    def __str__(self) -> str:
        cells = [self._columns, *self._rows]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self._columns))]
        padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells]
        lines = ["  ".join(row).rstrip() for row in padded]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([*lines, *(["…"] if self._more else [])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return the table as notebooks draw it; every text is escaped."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self._columns)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self._rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{'…' if self._more else ''}"


def short_vector(vector: Any) -> str:
    """Return the first numbers of a vector and how many there are."""
    return f"[{' '.join(f'{number:.3f}' for number in vector[:NUMBERS])} … {len(vector)}]"


def short_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return a text on one line, cut behind ``most`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
