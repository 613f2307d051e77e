"""Arrow arrays that came without offsets, given the offsets that they lack.

Strings, binaries, lists and maps of no values may have offsets of 0 bytes: Arrow's Java up to that of Apache Spark 3.5
sends them so wherever all lists around them are empty. pyarrow lets them in and then reads an offset that is not there,
in ``nbytes``, ``flatten`` and ``offsets``, when it writes them and when it makes them pandas: whatever is in that
place, or a segmentation fault.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import validity

_IsKind = Callable[[pa.DataType], bool]
_WITH_OFFSETS: Final[tuple[_IsKind, ...]] = (
    pa.types.is_string,
    pa.types.is_binary,
    pa.types.is_list,
    pa.types.is_map,
    pa.types.is_large_string,
    pa.types.is_large_binary,
    pa.types.is_large_list,
)
_LISTS: Final[tuple[_IsKind, ...]] = (
    pa.types.is_list,
    pa.types.is_map,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
)


def with_offsets(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch of the same rows in which every array has offsets, at any depth; itself where none lacks them."""
    columns = batch.columns
    arrays = [whole(array) for array in columns]
    if _are(arrays, columns):
        return batch
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def whole(array: pa.Array) -> pa.Array:
    """Return an array of the same values that has offsets at any depth; itself where it lacks none."""
    type_ = array.type
    if any(is_kind(type_) for is_kind in _WITH_OFFSETS) and not len(array) and not array.buffers()[1]:
        return pa.nulls(0, type_)
    inner = _inner(array)
    mended = [whole(one) for one in inner]
    if _are(mended, inner):
        return array
    if isinstance(array, pa.ExtensionArray):
        return pa.ExtensionArray.from_storage(type_, mended[0])
    if pa.types.is_dictionary(type_):
        return pa.DictionaryArray.from_arrays(array.indices, mended[0], ordered=type_.ordered)
    if pa.types.is_struct(type_):
        return pa.Array.from_buffers(type_, len(array), [_valid_bits(array)], array.null_count, children=mended)
    buffers = array.buffers()[: type_.num_buffers]
    return pa.Array.from_buffers(type_, len(array), buffers, array.null_count, array.offset, children=mended)


def _inner(array: pa.Array) -> list[pa.Array]:
    """Return the arrays directly inside an array: a struct's at its own rows, those of lists and maps whole."""
    type_ = array.type
    if isinstance(array, pa.ExtensionArray):
        return [array.storage]
    if pa.types.is_dictionary(type_):
        return [array.dictionary]
    if pa.types.is_struct(type_):
        return [array.field(place) for place in range(type_.num_fields)]
    return [array.values] if any(is_kind(type_) for is_kind in _LISTS) else []


def _valid_bits(array: pa.StructArray) -> pa.Buffer | None:
    """Return the validity of a struct from its first row on: its fields come without what lies before."""
    return pa.py_buffer(np.packbits(validity(array), bitorder="little")) if array.null_count else None


def _are(arrays: Sequence[pa.Array], others: Sequence[pa.Array]) -> bool:
    return all(array is other for array, other in zip(arrays, others, strict=True))
