"""Code points and UTF-16 units: the two ways to count places in a text.

Spark NLP counts UTF-16 units, Python code points; they differ only after astral characters (above U+FFFF).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def has_astral(text: str) -> bool:
    """Tell whether a text holds a character above U+FFFF."""
    return not text.isascii() and max(text) > "\uffff"


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text) if has_astral(text) else len(text)


def to_utf16(text: str, places: Sequence[int] | Ints) -> Ints:
    """Turn places in code points (0 … length) into UTF-16 units."""
    return _units_before(text)[np.asarray(places, np.int64)]


def from_utf16(text: str, places: Sequence[int] | Ints) -> Ints:
    """Turn places in UTF-16 units into code points; a place inside a pair is that of its character."""
    return np.searchsorted(_units_before(text), np.asarray(places, np.int64), side="right") - 1


def _units_before(text: str) -> Ints:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(1 + (points > 0xFFFF), dtype=np.int64)])
