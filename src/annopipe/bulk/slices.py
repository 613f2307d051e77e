"""The rows of a job in slices: bounded in rows and characters, each within one shard."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from annopipe.errors import ColumnTypeError

MOST_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Slice:
    """Some neighbouring rows.

    Attributes:
        shard: the shard that they are of.
        first: number of the first row in the whole job.
        batch: all columns of the rows.
        texts: the text of each row; a null is an empty text.
        alone: one row whose text is longer than a slice.
        failures: places of rows whose text cannot be read → the reason.
    """

    shard: int
    first: int
    batch: pa.RecordBatch
    texts: list[str]
    alone: bool = False
    failures: dict[int, str] = field(default_factory=dict)


def slices(batch: pa.RecordBatch, first: int, column: str, shard_rows: int, characters: int) -> Iterator[Slice]:
    """Cut a batch of rows.

    Args:
        batch: rows.
        first: number of its first row in the job.
        column: the text column.
        shard_rows: rows of a shard.
        characters: most characters of a slice, unless it is one row.
    """
    texts, failures = read_texts(batch.column(batch.schema.get_field_index(column)), column)
    start = 0
    while start < len(texts):
        shard = (first + start) // shard_rows
        end = min(len(texts), (shard + 1) * shard_rows - first, start + MOST_ROWS)
        stop, size = start, 0
        while stop < end and (size + len(texts[stop]) <= characters or stop == start):
            size += len(texts[stop])
            stop += 1
        inside = {place - start: reason for place, reason in failures.items() if start <= place < stop}
        rows = batch.slice(start, stop - start)
        yield Slice(shard, first + start, rows, texts[start:stop], size > characters, inside)
        start = stop


def read_texts(array: pa.Array, column: str) -> tuple[list[str], dict[int, str]]:
    """Return the texts of a column, and the places of those that are no UTF-8.

    Raises:
        ColumnTypeError: a column of something else than texts.
    """
    type_ = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if not (pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_null(type_) or _is_view(type_)):
        msg = f"the column {column!r} holds {array.type}, not texts: name the text column with column"
        raise ColumnTypeError(msg)
    try:
        return [value or "" for value in array.to_pylist()], {}
    except UnicodeDecodeError:
        return _read_one_by_one(array)


def _is_view(type_: pa.DataType) -> bool:
    return str(type_) == "string_view"


def _read_one_by_one(array: pa.Array) -> tuple[list[str], dict[int, str]]:
    texts, failures = [], {}
    for place, value in enumerate(array):
        try:
            texts.append(value.as_py() or "")
        except UnicodeDecodeError as broken:
            texts.append("")
            failures[place] = f"the text is not UTF-8 ({broken.reason} at byte {broken.start})"
    return texts, failures
