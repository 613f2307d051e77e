"""Any Arrow column as texts: what Spark's cast to string gives, null kept as None."""

from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotators.java_text import java_number
from annopipe.annotators.temporal_text import is_temporal, temporal_texts
from annopipe.errors import ColumnTypeError
from annopipe.frames.layouts import EXTENSION, has_own_text, is_listed, plain, plain_type
from annopipe.frames.unheld import found_in


def texts_of(array: pa.Array, column: str) -> list[str | None]:
    """Return the values of a column as texts, in whatever layout they come.

    Numbers, booleans, dates and times are written as Spark writes them, bytes are read as UTF-8.

    Raises:
        ColumnTypeError: a column of something else, as `check_text_type` says; or a text is no UTF-8, whose row the
            error bears.
    """
    _check(plain_type(array.type), array.type, column)
    array = plain(array)
    type_ = array.type
    if pa.types.is_null(type_):
        return [None] * len(array)
    if _is_string(type_):
        return _plain(array, column)
    if is_temporal(type_):
        return temporal_texts(array, column)
    if pa.types.is_float32(type_) or pa.types.is_float16(type_):
        numbers = ((v.as_py(), str(np.float32(v.as_py()))) if v.is_valid else None for v in array)
        return [None if number is None else java_number(*number) for number in numbers]
    return [None if value is None else _write(value) for value in array.to_pylist()]


def _check(type_: pa.DataType, whole: pa.DataType, column: str) -> None:
    """Raise `ColumnTypeError` unless values of a plain type have a text of their own."""
    foreign = isinstance(type_, pa.BaseExtensionType) and not has_own_text(type_)
    if not (foreign or pa.types.is_nested(type_) or pa.types.is_duration(type_) or pa.types.is_interval(type_)):
        return
    msg = (
        f"column {column!r} holds {_shown(whole)}, which is no text: select another column, or make it a string "
        f"column first (pandas: frame[{column!r}].astype(str); Polars, Spark: cast)"
    )
    raise ColumnTypeError(msg)


def _shown(type_: pa.DataType) -> str:
    """Return what a user sees of a type."""
    return found_in(type_) or f"values of type {type_}"


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
    """Tell whether an Arrow type is a list of texts, or of nothing but nulls."""
    listed = plain_type(type_)
    if found_in(type_) is not None or not is_listed(listed):
        return False
    return _is_string(listed.value_type) or bool(pa.types.is_null(listed.value_type))


def _is_string(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def text_lists_of(array: pa.Array, column: str) -> list[list[str | None] | None]:
    """Return the values of a column of text lists.

    Raises:
        ColumnTypeError: a text is no UTF-8, whose row the error bears.
    """
    return _plain(plain(array), column)


def metadata_of(array: pa.Array, column: str) -> list[dict[str, str | None]]:
    """Return a map column as dicts of texts; a null map is empty.

    Raises:
        ColumnTypeError: the column is no map (nor a struct, nor a list of key-value structs).
    """
    type_ = array.type
    if pa.types.is_struct(type_):
        return [{k: _optional(v) for k, v in (row or {}).items() if v is not None} for row in _plain(array, column)]
    if pa.types.is_null(type_):
        return [{} for _ in range(len(array))]
    check_metadata_type(type_, column)
    return [dict(_pair(entry) for entry in row or ()) for row in _plain(array, column)]


def _is_pairs(type_: pa.DataType) -> bool:
    """Tell whether a type is a list of key-value structs, as Polars without a Map type has maps."""
    if not is_listed(type_) or not pa.types.is_struct(type_.value_type):
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


def check_text_type(field: pa.Field) -> None:
    """Raise `ColumnTypeError` for a column that `texts_of` and `text_lists_of` cannot read.

    Texts are strings in any layout, numbers, booleans, dates, times, bytes and nulls; lists of strings are read too.
    Spans of time, structs, maps, unions and extension types that are not stored as text are not.
    """
    type_ = field.type
    if (name := (field.metadata or {}).get(EXTENSION)) is not None and not _is_string(plain_type(type_)):
        msg = f"column {field.name!r} holds values of the extension type {name.decode()}, which is not known here"
        raise ColumnTypeError(f"{msg}: select another column, or make it a string column first")
    if not is_text_list(type_):
        _check(plain_type(type_), type_, field.name)


def check_metadata_type(type_: pa.DataType, column: str) -> None:
    """Raise `ColumnTypeError` for a column that `metadata_of` cannot read."""
    if pa.types.is_map(type_) or pa.types.is_struct(type_) or pa.types.is_null(type_) or _is_pairs(type_):
        return
    msg = f"metadataCol {column!r} is of type {type_}: it needs to be a map from string to string"
    raise ColumnTypeError(msg)


def check_id_type(field: pa.Field) -> None:
    """Raise `ColumnTypeError` for a column that `texts_of` cannot read."""
    _check(plain_type(field.type), field.type, field.name)
