"""Columns that pass a pipeline untouched: they stay with the frame, a column of row numbers finds them again.

A trip through Arrow would change what users keep beside their texts (Python objects, categories, frequencies), so only
row numbers make it. A mark in the field's metadata tells a column that was kept from one that a stage made anew.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.arrow_buffers import numbers
from annopipe.errors import ColumnTypeError
from annopipe.surrogates import NOTE_COLUMN, mend

ROW_COLUMN: Final = "__annopipe_row__"
ROW_FIELD: Final = pa.field(ROW_COLUMN, pa.int64())
MOST_ROWS: Final = 2048
MOST_CHARACTERS: Final = 1_000_000
_OURS: Final = "__annopipe_"
_MARK: Final = b"annopipe.kept"
_VECTORS: Final = b"annopipe.vectors"

Ints = NDArray[np.int64]


def kept_field(field: pa.Field) -> pa.Field:
    """Return the field with the mark of a column that came with the frame."""
    return field.with_metadata({**(field.metadata or {}), _MARK: field.name.encode()})


def is_kept(field: pa.Field) -> bool:
    """Tell whether a field is still the one that came with the frame."""
    return bool((field.metadata or {}).get(_MARK) == field.name.encode())


def vectors_field(field: pa.Field) -> pa.Field:
    """Return a field of lists of lists of doubles with the mark of what Spark frames show as ``array<vector>``."""
    return field.with_metadata({**(field.metadata or {}), _VECTORS: b""})


def has_vectors(field: pa.Field) -> bool:
    """Tell whether a Spark frame shows a column as ``array<vector>``."""
    return _VECTORS in (field.metadata or {})


def made_field(field: pa.Field) -> pa.Field:
    """Return a field without any mark: what the result of an Arrow frame shows."""
    metadata = {key: value for key, value in (field.metadata or {}).items() if key not in {_MARK, _VECTORS}}
    return field.with_metadata(metadata) if metadata else field.remove_metadata()


def check_names(names: Sequence[str], frame: str) -> None:
    """Raise `ColumnTypeError` where columns share a name, or bear one that is used here or that Arrow cannot hold."""
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        msg = f"the {frame} has several columns of one name ({', '.join(twice)}): rename them first"
        raise ColumnTypeError(msg)
    for name in names:
        if name.startswith(_OURS):
            msg = f"the {frame} has a column {name!r}: names that begin with {_OURS} are annopipe's own, rename it"
            raise ColumnTypeError(msg)
        if mend(name)[1]:
            msg = f"the {frame} has a column {name!r}, in whose name is half a character: rename it"
            raise ColumnTypeError(msg)


def row_ranges(sizes: Ints) -> Iterator[tuple[int, int]]:
    """Cut rows of the given numbers of characters into runs ``(first, end)``, bounded in rows and in text."""
    ends = np.cumsum(sizes)
    first, before = 0, 0
    while first < len(sizes):
        fitting = int(np.searchsorted(ends, before + MOST_CHARACTERS, side="right"))
        end = min(max(fitting, first + 1), first + MOST_ROWS)
        yield first, end
        first, before = end, int(ends[end - 1])


def is_every_row(rows: Ints, count: int) -> bool:
    """Tell whether row numbers are all rows of a frame in their order."""
    return len(rows) == count and bool(np.array_equal(rows, np.arange(count)))


def noted_batch(arrays: Sequence[pa.Array], schema: pa.Schema, replaced: Sequence[int] | None) -> pa.RecordBatch:
    """Return a batch, with the counts of replaced characters where there are any."""
    if replaced is None:
        return pa.RecordBatch.from_arrays(list(arrays), schema=schema)
    note = numbers(np.array(replaced, np.int64))
    return pa.RecordBatch.from_arrays([*arrays, note], schema=schema.append(pa.field(NOTE_COLUMN, pa.int64())))
