"""Any Arrow column as texts: what Spark's cast to string gives, null kept as None."""

from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotators.java_text import java_number
from annopipe.errors import ColumnTypeError


def texts_of(array: pa.Array, column: str) -> list[str | None]:
    """Return the values of a column as texts.

    Numbers, booleans, dates and times are written as Spark writes them, bytes are read as UTF-8.

    Raises:
        ColumnTypeError: structs, maps and lists are no text; or a text is no UTF-8, whose row the error bears.
    """
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return texts_of(array.dictionary_decode(), column)
    if pa.types.is_null(type_):
        return [None] * len(array)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return _plain(array, column)
    if pa.types.is_nested(type_):
        msg = (
            f"column {column!r} holds {_shown(type_)}, which is no text: select another column, or make it a string "
            f"column first (pandas: frame[{column!r}].astype(str); Polars, Spark: cast)"
        )
        raise ColumnTypeError(msg)
    if pa.types.is_float32(type_) or pa.types.is_float16(type_):
        numbers = ((v.as_py(), str(np.float32(v.as_py()))) if v.is_valid else None for v in array)
        return [None if number is None else java_number(*number) for number in numbers]
    return [None if value is None else _write(value) for value in array.to_pylist()]


def _shown(type_: pa.DataType) -> str:
    """Return what a user sees of a type; that of a column that Arrow cannot hold is a list named after the values."""
    held = not pa.types.is_list(type_) or not pa.types.is_null(type_.value_type) or "item" in type_.value_field.name
    return f"values of type {type_}" if held else str(type_.value_field.name)


def _plain(array: pa.Array, column: str) -> list[Any]:
    try:
        values: list[Any] = array.to_pylist()
    except UnicodeDecodeError:
        raise _not_utf8(array, column) from None
    return values


def _not_utf8(array: pa.Array, column: str) -> ColumnTypeError:
    """Return the error for a column of texts of which one is no UTF-8: Arrow does not look when it reads a file."""
    row, broken = next((row, wrong) for row, value in enumerate(array) if (wrong := _decoding_fault(value)) is not None)
    msg = (
        f"a text of column {column!r} is no UTF-8 ({broken.reason} at byte {broken.start}): convert it, or make the "
        "column binary (cast to pa.binary()), whose odd bytes become U+FFFD"
    )
    return ColumnTypeError(msg).at(row)


def _decoding_fault(value: pa.Scalar) -> UnicodeDecodeError | None:
    try:
        value.as_py()
    except UnicodeDecodeError as wrong:
        return wrong
    return None


def is_text_list(type_: pa.DataType) -> bool:
    """Tell whether an Arrow type is a list of strings."""
    listed = pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)
    return listed and (pa.types.is_string(type_.value_type) or pa.types.is_large_string(type_.value_type))


def text_lists_of(array: pa.Array, column: str) -> list[list[str | None] | None]:
    """Return the values of a column of string lists.

    Raises:
        ColumnTypeError: a text is no UTF-8, whose row the error bears.
    """
    return _plain(array, column)


def metadata_of(array: pa.Array, column: str) -> list[dict[str, str | None]]:
    """Return a map column as dicts of texts; a null map is empty.

    Raises:
        ColumnTypeError: the column is no map (nor a struct, nor a list of key-value structs).
    """
    type_ = array.type
    if pa.types.is_struct(type_):
        return [{k: _optional(v) for k, v in (row or {}).items() if v is not None} for row in _plain(array, column)]
    if pa.types.is_map(type_) or _is_pairs(type_):
        return [dict(_pair(entry) for entry in row or ()) for row in _plain(array, column)]
    if pa.types.is_null(type_):
        return [{} for _ in range(len(array))]
    msg = f"metadataCol {column!r} is of type {type_}: it needs to be a map from string to string"
    raise ColumnTypeError(msg)


def _is_pairs(type_: pa.DataType) -> bool:
    if not pa.types.is_list(type_) or not pa.types.is_struct(type_.value_type):
        return False
    return {field.name for field in type_.value_type} == {"key", "value"}


def _pair(entry: Any) -> tuple[str, str | None]:
    key, value = (entry["key"], entry["value"]) if isinstance(entry, dict) else entry
    return _write(key), _optional(value)


def _optional(value: Any) -> str | None:
    return None if value is None else _write(value)


def _write(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_number(value, repr(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def check_text_type(type_: pa.DataType, column: str) -> None:
    """Raise `ColumnTypeError` for a column that `texts_of` and `text_lists_of` cannot read."""
    if not is_text_list(type_):
        texts_of(pa.nulls(0, type_), column)


def check_metadata_type(type_: pa.DataType, column: str) -> None:
    """Raise `ColumnTypeError` for a column that `metadata_of` cannot read."""
    metadata_of(pa.nulls(0, type_), column)


def ids_of(array: pa.Array, column: str) -> list[str | None]:
    """Return the values of an id column as texts."""
    return texts_of(array.cast(pa.string()) if pa.types.is_integer(array.type) else array, column)
