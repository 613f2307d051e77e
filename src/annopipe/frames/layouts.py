"""Arrow's many layouts of one column (dictionaries, runs, views, extension types) as the plain one that stages read.

Arrow lacks kernels for some of them (``take`` of views and runs, ``dictionary_decode`` to views), so each is read by
its parts, and only where the rows at hand point: a dictionary may be longer than its column.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import Ints, lengths_of, numbers, validity
from annopipe.frames.parts import listed, offsets_of

_VIEWS: Final = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
_OWN_TEXT: Final = frozenset({"arrow.uuid", "arrow.bool8"})
"""Extension types whose values are written as their own type says, not as what they are stored as."""
EXTENSION: Final = b"ARROW:extension:name"


def is_listed(type_: pa.DataType) -> bool:
    """Tell whether a type is a list of any width: plain, large, of a fixed size, or a view."""
    return (
        pa.types.is_list(type_)
        or pa.types.is_large_list(type_)
        or pa.types.is_fixed_size_list(type_)
        or _is_list_view(type_)
    )


def plain_type(type_: pa.DataType) -> pa.DataType:
    """Return the type of what `plain` makes of a column; a list of lists, structs and maps stay as they are."""
    if pa.types.is_dictionary(type_) or _is_runs(type_):
        return plain_type(type_.value_type)
    if isinstance(type_, pa.BaseExtensionType):
        return plain_type(type_.storage_type) if _is_text_extension(type_) else type_
    if is_listed(type_):
        return pa.large_list(pa.field(type_.value_field.name, plain_type(type_.value_type)))
    return _VIEWS.get(str(type_), type_)


def plain(array: pa.Array) -> pa.Array:
    """Return a column with the same values in the layout of `plain_type`, without dictionaries, runs and views."""
    type_ = array.type
    if pa.types.is_dictionary(type_):
        return _at(array.dictionary, _positions(array.indices), validity(array.indices))
    if _is_runs(type_):
        ends = np.asarray(array.run_ends, np.int64)
        return _at(array.values, np.searchsorted(ends, np.arange(len(array)) + array.offset, side="right"))
    if isinstance(type_, pa.BaseExtensionType):
        return plain(array.storage) if _is_text_extension(type_) else array
    if is_listed(type_):
        return _plain_lists(array)
    return _plain_views(array, _VIEWS[str(type_)]) if str(type_) in _VIEWS else array


def taken(array: pa.Array, index: pa.Array) -> pa.Array:
    """Return the values at some places, of layouts too for which Arrow has no ``take``."""
    try:
        return array.take(index)
    except pa.ArrowNotImplementedError:
        parts = [array.slice(place, 1) for place in index.to_pylist()]
        return pa.concat_arrays(parts) if parts else array.slice(0, 0)


def text_sizes(array: pa.Array) -> Ints | None:
    """Return the length in bytes of each text of a column, int64 ``[len]``; None for a column that holds none."""
    type_ = plain_type(array.type)
    if not (pa.types.is_string(type_) or pa.types.is_large_string(type_)):
        return None
    return lengths_of(plain(array))


def _at(values: pa.Array, places: Ints, valid: Any = None) -> pa.Array:
    """Return the plain values at some places; null where ``valid`` is False."""
    known = np.ones(len(places), np.bool_) if valid is None else valid
    used, where = np.unique(places[known], return_inverse=True)
    needed = plain(taken(values, numbers(used)))
    index = np.zeros(len(places), np.int64)
    index[known] = where
    return needed.take(pa.array(index, mask=~known))


def _positions(indices: pa.Array) -> Ints:
    """Return the indices of a dictionary as int64; 0 where they are null."""
    return np.asarray(indices.fill_null(0)).astype(np.int64)


def _plain_lists(array: pa.Array) -> pa.Array:
    counts, items = listed(array) if not _is_list_view(array.type) else (_view_lengths(array), array.flatten())
    name = array.type.value_field.name
    ends = pa.array(offsets_of(counts), mask=np.append(~validity(array), False)) if array.null_count else None
    made = plain(items)
    offsets = numbers(offsets_of(counts)) if ends is None else ends
    return pa.LargeListArray.from_arrays(offsets, made, type=pa.large_list(pa.field(name, made.type)))


def _plain_views(array: pa.Array, type_: pa.DataType) -> pa.Array:
    try:
        return array.cast(type_)
    except pa.ArrowNotImplementedError:  # before Arrow 18
        return pa.array(array.to_pylist(), type_)


def _view_lengths(array: pa.Array) -> Ints:
    return np.asarray(array.value_lengths().fill_null(0), np.int64)


def _is_list_view(type_: pa.DataType) -> bool:
    return str(type_).startswith(("list_view<", "large_list_view<"))


def _is_runs(type_: pa.DataType) -> bool:
    return bool(pa.types.is_run_end_encoded(type_))


def _is_text_extension(type_: Any) -> bool:
    """Tell whether values of an extension type are stored as text, such as those of ``arrow.json``."""
    if type_.extension_name in _OWN_TEXT:
        return False
    stored = plain_type(type_.storage_type)
    return bool(pa.types.is_string(stored) or pa.types.is_large_string(stored))


def has_own_text(type_: pa.DataType) -> bool:
    """Tell whether a type is an extension type whose values have a text of their own: UUIDs and booleans."""
    return isinstance(type_, pa.BaseExtensionType) and type_.extension_name in _OWN_TEXT
