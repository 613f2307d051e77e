"""Dates, times and timestamps of Arrow as texts, for every year and unit, with pandas or without."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import Ints, validity
from annopipe.errors import ColumnTypeError

_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def is_temporal(type_: pa.DataType) -> bool:
    """Tell whether `temporal_texts` writes a type."""
    return bool(pa.types.is_date(type_) or pa.types.is_time(type_) or pa.types.is_timestamp(type_))


def temporal_texts(array: pa.Array, column: str) -> list[str | None]:
    """Return ``2020-01-02``, ``03:04:05.6`` or ``2020-01-02 03:04:05.6``, null kept as None.

    Fractions end with their last digit that is not 0. A timestamp with a time zone is written in local time with its
    offset, ``2020-01-02 03:04:05+01:00``.

    Raises:
        ColumnTypeError: a time zone that is not known here.
    """
    if pa.types.is_date32(array.type):
        texts: Sequence[str] = _written(_whole(array, pa.int32()), "D")
    elif pa.types.is_date64(array.type):
        texts = _written(_whole(array, pa.int64()) // 86_400_000, "D")
    elif pa.types.is_time(array.type):
        whole = _whole(array, pa.int32() if pa.types.is_time32(array.type) else pa.int64())
        texts = [_short(text.partition("T")[2]) for text in _written(whole, array.type.unit)]
    elif array.type.tz is None:
        texts = _timestamps(_whole(array, pa.int64()), array.type.unit)
    else:
        texts = _zoned(array, column)
    return [text if known else None for text, known in zip(texts, validity(array).tolist(), strict=True)]


def _whole(array: pa.Array, type_: pa.DataType) -> Ints:
    """Return the whole numbers that stand for the values; 0 for null."""
    return np.asarray(array.view(type_).fill_null(0)).astype(np.int64)


def _written(numbers: Ints, unit: str) -> list[str]:
    texts: list[str] = np.datetime_as_string(numbers.astype(f"datetime64[{unit}]")).tolist()
    return texts


def _timestamps(numbers: Ints, unit: str) -> list[str]:
    return [_short(text.replace("T", " ")) for text in _written(numbers, unit)]


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _zoned(array: pa.Array, column: str) -> list[str]:
    import pyarrow.compute as pc

    unit = array.type.unit
    try:
        local = _whole(pc.local_timestamp(array), pa.int64())
    except (pa.ArrowException, ValueError) as unknown:
        msg = (
            f"column {column!r} holds timestamps of the time zone {array.type.tz!r}, which is not known here: {unknown}"
        )
        raise ColumnTypeError(msg) from unknown
    seconds = (local - _whole(array, pa.int64())) // _PER_SECOND[unit]
    return [text + _offset(second) for text, second in zip(_timestamps(local, unit), seconds.tolist(), strict=True)]


def _offset(seconds: int) -> str:
    """Return an offset as ``+01:00``, with seconds where it has some (local mean times before 1900)."""
    sign, size = "-" if seconds < 0 else "+", abs(seconds)
    text = f"{sign}{size // 3600:02}:{size // 60 % 60:02}"
    return f"{text}:{size % 60:02}" if size % 60 else text
