"""Word vectors as a table that a person can read."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

FIRST_NUMBERS: Final = 4
WIDEST_TOKEN: Final = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One token: its text, first and last place (inclusive), and vector ``[dimension]`` float32."""

    token: str
    begin: int
    end: int
    vector: Any

    def numbers(self) -> list[float]:
        """Return the vector as floats whose shortest form is that of their float32."""
        return [float(str(value)) for value in np.asarray(self.vector, np.float32)]


def table(lines: Sequence[Line]) -> str:
    """Return the table, without a last line break; a text without tokens says so."""
    if not lines:
        return "(no tokens)"
    tokens = [visible(line.token) for line in lines]
    dimension = len(lines[0].vector)
    shown = [_first(line.vector) for line in lines]
    head = f"vector ({dimension} numbers)"
    width = max(len("token"), *map(columns, tokens))
    wide = max(len(head), *map(len, shown))
    rows = [f"{'token'.ljust(width)}  begin    end  {head.ljust(wide)}    norm"]
    for line, token, numbers in zip(lines, tokens, shown, strict=True):
        norm = float(np.linalg.norm(np.asarray(line.vector, np.float64)))
        place = f"{line.begin:5d}  {line.end:5d}"
        rows.append(f"{_padded(token, width)}  {place}  {numbers.ljust(wide)}  {norm:6.3f}")
    return "\n".join(rows)


def _first(vector: Any) -> str:
    numbers = " ".join(f"{value:7.4f}" for value in vector[:FIRST_NUMBERS])
    return numbers + (" …" if len(vector) > FIRST_NUMBERS else "")


def visible(token: str) -> str:
    """Return a token for a terminal: control characters escaped, the middle of a very long one left out."""
    if len(token) > WIDEST_TOKEN:
        half = WIDEST_TOKEN // 2 - 1
        token = f"{token[:half]}…{token[-half:]}"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in token)


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes: wide characters two, combining ones none."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
