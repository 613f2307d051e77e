"""What Scala and Java write: numbers as texts, and the order of a map's keys."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

_SCIENTIFIC_FROM: Final = 1e7
_SCIENTIFIC_BELOW: Final = 1e-3
_SMALL_MAP: Final = 4
_MASK: Final = 0xFFFFFFFF


def java_number(value: float, shortest: str) -> str:
    """Write a number as Java does: ``5.0``, ``1.0E7``, ``NaN``; ``shortest`` is its shortest decimal form."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    number = Decimal(shortest)
    if value == 0 or _SCIENTIFIC_BELOW <= abs(value) < _SCIENTIFIC_FROM:
        plain = f"{number:f}"
        return plain if "." in plain else plain + ".0"
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{number.adjusted()}"


def java_floats(values: Iterable[Any]) -> list[str]:
    """Write float32 numbers as Java does."""
    return [java_number(float(value), str(value)) for value in values]


def scala_order(keys: Iterable[str]) -> list[str]:
    """Return the keys of a Scala 2.12 immutable map in its order: as they came up to four, by hash above."""
    listed = list(dict.fromkeys(keys))
    return listed if len(listed) <= _SMALL_MAP else sorted(listed, key=_trie_place)


def _trie_place(key: str) -> list[int]:
    """Return the branches to a key in Scala's hash trie: five bits of its improved hash at a time, lowest first."""
    code = 0
    units = key.encode("utf-16-le", "surrogatepass")
    for low, high in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & _MASK
    code = (code + ~(code << 9)) & _MASK
    code ^= code >> 14
    code = (code + (code << 4)) & _MASK
    code ^= code >> 10
    return [code >> shift & 31 for shift in range(0, 32, 5)]
