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
        ColumnTypeError: structs, maps and lists are no text.
    """
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return texts_of(array.dictionary_decode(), column)
    if pa.types.is_null(type_):
        return [None] * len(array)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return _plain(array)
    if pa.types.is_nested(type_):
        msg = f"column {column!r} is of type {type_}, which is no text: select or cast a string column first"
        raise ColumnTypeError(msg)
    if pa.types.is_float32(type_) or pa.types.is_float16(type_):
        numbers = ((v.as_py(), str(np.float32(v.as_py()))) if v.is_valid else None for v in array)
        return [None if number is None else java_number(*number) for number in numbers]
    return [None if value is None else _write(value) for value in array.to_pylist()]


def _plain(array: pa.Array) -> list[str | None]:
    values: list[str | None] = array.to_pylist()
    return values


def is_text_list(type_: pa.DataType) -> bool:
    """Tell whether an Arrow type is a list of strings."""
    listed = pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)
    return listed and (pa.types.is_string(type_.value_type) or pa.types.is_large_string(type_.value_type))


def text_lists_of(array: pa.Array) -> list[list[str | None] | None]:
    """Return the values of a column of string lists."""
    values: list[list[str | None] | None] = array.to_pylist()
    return values


def metadata_of(array: pa.Array, column: str) -> list[dict[str, str | None]]:
    """Return a map column as dicts of texts; a null map is empty.

    Raises:
        ColumnTypeError: the column is no map (nor a struct, nor a list of key-value structs).
    """
    type_ = array.type
    if pa.types.is_struct(type_):
        return [{k: _optional(v) for k, v in (row or {}).items() if v is not None} for row in array.to_pylist()]
    if pa.types.is_map(type_) or _is_pairs(type_):
        return [dict(_pair(entry) for entry in row or ()) for row in array.to_pylist()]
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
