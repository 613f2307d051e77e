"""Arrow arrays made of and read as plain buffers.

``pa.array`` and ``np.asarray`` of an Arrow array import pandas wherever it is installed, a second of start-up for those
who do not use it; buffers do not. They are also the shortest way.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_TYPES: dict[np.dtype[Any], pa.DataType] = {
    np.dtype(np.int32): pa.int32(),
    np.dtype(np.int64): pa.int64(),
    np.dtype(np.float32): pa.float32(),
    np.dtype(np.float64): pa.float64(),
}


def numbers(values: NDArray[Any]) -> pa.Array:
    """Return a flat array of int32, int64, float32 or float64 as Arrow, without a copy where it lies in one piece."""
    flat = np.ascontiguousarray(values)
    return pa.Array.from_buffers(_TYPES[flat.dtype], len(flat), [None, pa.py_buffer(flat)])


def python_numbers(values: Sequence[int | float | None], type_: pa.DataType) -> pa.Array:
    """Return Python's own numbers as int64 or float64, None and NaN as null, as ``pa.array(from_pandas=True)`` does.

    Raises:
        OverflowError: a whole number outside of 64 bits.
    """
    held = np.array([0 if value is None else value for value in values], type_.to_pandas_dtype())
    nulls = np.fromiter((value is None for value in values), np.bool_, len(values)) | np.isnan(held)
    valid = pa.py_buffer(np.packbits(~nulls, bitorder="little")) if nulls.any() else None
    return pa.Array.from_buffers(type_, len(held), [valid, pa.py_buffer(held)], int(nulls.sum()))


def texts(values: Sequence[str | None], *, large: bool = False) -> pa.Array:
    """Return texts, None for null, as an Arrow string array, of 64-bit offsets if ``large``.

    Raises:
        UnicodeEncodeError: a text holds a lone surrogate.
        TypeError: a value is no text.
        OverflowError: more than 2 GB of text, unless ``large``.
    """
    nulls = [value is None for value in values]
    kept = [value or "" for value in values] if any(nulls) else values
    whole = "".join(kept)  # type: ignore[arg-type]
    parts: Sequence[Any] = kept if whole.isascii() else [text.encode() for text in kept]  # type: ignore[union-attr]
    data = whole.encode()
    if len(data) >= 2**31 and not large:
        msg = f"{len(data)} bytes of text in one column of one batch: pass smaller batches"
        raise OverflowError(msg)
    ends = np.zeros(len(kept) + 1, np.int64 if large else np.int32)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(kept)), out=ends[1:])
    valid = None if not any(nulls) else pa.py_buffer(np.packbits(~np.array(nulls), bitorder="little"))
    kind = pa.LargeStringArray if large else pa.StringArray
    return kind.from_buffers(len(kept), pa.py_buffer(ends), pa.py_buffer(data), valid, sum(nulls))


def repeated(text: str, count: int) -> pa.StringArray:
    """Return one text ``count`` times."""
    data = text.encode()
    ends = np.arange(count + 1, dtype=np.int32) * np.int32(len(data))
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(data * count))


def validity(array: pa.Array) -> NDArray[np.bool_]:
    """Return which values are not null, bool ``[len]``."""
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    if array.buffers()[0] is None:
        return np.zeros(len(array), np.bool_)
    bits = np.unpackbits(np.frombuffer(array.buffers()[0], np.uint8), bitorder="little")
    return bits[array.offset : array.offset + len(array)].astype(np.bool_)


def values_of(array: pa.Array) -> NDArray[Any]:
    """Return a view of the numbers of an int32, int64, float32 or float64 array; nulls are whatever lies there."""
    dtype = next(dtype for dtype, type_ in _TYPES.items() if type_ == array.type)
    if not len(array):
        return np.empty(0, dtype)
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def lengths_of(array: pa.Array) -> Ints:
    """Return the lengths of lists, maps or strings (in bytes), int64 ``[len]``; a null has 0."""
    wide = pa.types.is_large_list(array.type) or pa.types.is_large_string(array.type)
    dtype: type[np.int32 | np.int64] = np.int64 if wide else np.int32
    if not len(array):
        return np.empty(0, np.int64)
    ends = np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array) + 1]
    long = ends.astype(np.int64)
    lengths: Ints = long[1:] - long[:-1]
    return lengths if not array.null_count else lengths * validity(array)
