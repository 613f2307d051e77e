"""Lone surrogates inside Python values of any depth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annopipe.surrogates import mend, mend_all


def mended_cells(values: Sequence[Any]) -> tuple[list[Any], list[int] | None]:
    """Return values that Arrow takes, and how many characters each lost; None where none did."""
    if all(value is None or isinstance(value, str) for value in values):
        return mend_all(values)
    pairs = [_mended(value) for value in values]
    counts = [count for _, count in pairs]
    return [value for value, _ in pairs], counts if any(counts) else None


def _mended(value: Any) -> tuple[Any, int]:
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        keys, values = ([_mended(item) for item in side] for side in (value.keys(), value.values()))
        pairs = zip(keys, values, strict=True)
        return {key: item for (key, _), (item, _) in pairs}, sum(count for _, count in keys + values)
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype.kind in "OU"):
        items = [_mended(item) for item in value]
        return [item for item, _ in items], sum(count for _, count in items)
    return value, 0
