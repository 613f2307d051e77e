"""``.csv``: a header line, then rows; every column is carried as text, nothing is guessed (``00123`` stays)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv

from annopipe.bulk.sources.source import Faults, Place, Source
from annopipe.errors import InputFileError

BLOCK_BYTES: Final = 16 << 20


def open_csv(path: Place, column: str, faults: Faults) -> Source:  # noqa: ARG001
    """Open a comma-separated file, RFC 4180: quoted fields may hold commas, quotes and line breaks.

    Raises:
        InputFileError: no header, two columns of one name, rows of several lengths, no UTF-8, or a row above 16 MB.
    """
    names = _names(path)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        msg = f"{path}: two columns are named {doubled[0]!r}: rename one"
        raise InputFileError(msg)
    schema = pa.schema([pa.field(name, pa.string()) for name in names])
    rows = sum(batch.num_rows for batch in _batches(path, schema))
    return Source(schema, rows, lambda: _batches(path, schema))


def _names(path: Place) -> list[str]:
    with _opened(path, {}) as reader:
        return list(reader.schema.names)


def _batches(path: Place, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with _opened(path, {field.name: field.type for field in schema}) as reader:
        yield from reader


@contextmanager
def _opened(path: Place, types: dict[str, pa.DataType]) -> Iterator[Any]:
    try:
        with (
            path.open("rb") as file,
            csv.open_csv(
                file,
                read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
                parse_options=csv.ParseOptions(newlines_in_values=True),
                convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
            ) as reader,
        ):
            yield reader
    except (pa.ArrowInvalid, UnicodeDecodeError) as broken:
        msg = f"{path}: not a comma-separated file with a header line ({broken})"
        raise InputFileError(msg) from broken
