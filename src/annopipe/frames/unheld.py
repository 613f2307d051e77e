"""The type of a column that Arrow cannot hold: it passes with its frame as nulls, and no stage reads it."""

from typing import Final

import pyarrow as pa

_MARK: Final = "annopipe holds no "


def unheld(what: str) -> pa.DataType:
    """Return the type that stands for such a column; ``what`` says what was found in it."""
    return pa.list_(pa.field(_MARK + what, pa.null()))


def found_in(type_: pa.DataType) -> str | None:
    """Return what was found in a column that Arrow cannot hold, None for all other types."""
    if not (pa.types.is_list(type_) and pa.types.is_null(type_.value_type)):
        return None
    name: str = type_.value_field.name
    return name.removeprefix(_MARK) if name.startswith(_MARK) else None
