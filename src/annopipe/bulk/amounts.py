"""Amounts of memory and disk as people write them."""

import math
import re
from typing import Any, Final

from annopipe.errors import ParamTypeError, ParamValueError

_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]i?|)b?", re.IGNORECASE)


def to_bytes(name: str, value: Any) -> int:
    """Return an amount in bytes: a whole number, or text such as ``512MB``, ``1.5 GB`` or ``2GiB``.

    Raises:
        ParamTypeError, ParamValueError: it is no such thing.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        msg = f"{name} is {value!r}: give a number of bytes, or text such as '512MB' or '2GB'"
        raise ParamTypeError(msg)
    match = _FORM.fullmatch(value.strip())
    if match is None or match[2].lower() not in _UNITS:
        msg = f"{name} is {value!r}: give a number of bytes, or text such as '512MB' or '2GB'"
        raise ParamValueError(msg)
    return round(float(match[1]) * _UNITS[match[2].lower()])


def shown(amount: float, *, up: bool = False) -> str:
    """Return bytes for a person; with ``up`` not less than they are, so that `to_bytes` of it is enough."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if amount >= size:
            tenths = math.ceil(10 * amount / size) if up else 10 * amount / size
            return f"{tenths / 10:.1f} {unit}"
    return f"{amount:.0f} bytes"
