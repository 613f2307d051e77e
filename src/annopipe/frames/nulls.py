"""What counts as a missing value among Python objects."""

import math
from typing import Any, Final

_NULL_TYPES: Final = frozenset({"NAType", "NaTType"})


def is_missing(value: Any) -> bool:
    """Tell whether a cell is a null: None, a NaN, or one of pandas' own."""
    return value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in _NULL_TYPES
