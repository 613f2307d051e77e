"""String and binary views, for which Arrow has no ``take``: sent as large strings, given back as they were."""

import pyarrow as pa


def without_views(type_: pa.DataType) -> pa.DataType:
    """Return a type with its views, at any depth of lists and structs, as large strings and large binaries."""
    name = str(type_)
    if "view" not in name:
        return type_
    if name in _PLAIN:
        return _PLAIN[name]
    if pa.types.is_struct(type_):
        return pa.struct([_plain(type_.field(i)) for i in range(type_.num_fields)])
    if pa.types.is_list(type_):
        return pa.list_(_plain(type_.value_field))
    if pa.types.is_large_list(type_):
        return pa.large_list(_plain(type_.value_field))
    return type_


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(without_views(field.type))


_PLAIN = {"string_view": pa.large_string(), "binary_view": pa.large_binary()}
