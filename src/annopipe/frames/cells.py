"""Arrow columns as plain Python cells."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotation import is_annotation_type
from annopipe.arrow_buffers import values_of
from annopipe.frames.annotation_cells import Make, annotation_cells
from annopipe.frames.parts import listed, mapped, offsets_of


def cells_of(array: pa.Array, make: Make) -> list[Any]:
    """Return the values of a column as Python objects.

    Annotations become lists of what ``make`` makes, lists of numbers numpy arrays, other lists lists, maps dicts.
    """
    type_ = array.type
    if is_annotation_type(type_):
        return annotation_cells(array, make)
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        return _list_cells(array, make)
    if pa.types.is_map(type_):
        return _map_cells(array)
    values: list[Any] = array.to_pylist()
    return values


def _list_cells(array: pa.Array, make: Make) -> list[Any]:
    counts, items = listed(array)
    rows = zip(array.is_valid().to_pylist(), pairwise(offsets_of(counts).tolist()), strict=True)
    if pa.types.is_integer(items.type) or pa.types.is_floating(items.type):
        numbers = values_of(items) if items.type == pa.float32() and not items.null_count else np.asarray(items)
        return [numbers[first:end].copy() if known else None for known, (first, end) in rows]
    inner = cells_of(items, make)
    return [inner[first:end] if known else None for known, (first, end) in rows]


def _map_cells(array: pa.MapArray) -> list[Any]:
    counts, keys, values = mapped(array)
    pairs = list(zip(keys.to_pylist(), values.to_pylist(), strict=True))
    rows = zip(array.is_valid().to_pylist(), pairwise(offsets_of(counts).tolist()), strict=True)
    return [dict(pairs[first:end]) if known else None for known, (first, end) in rows]
