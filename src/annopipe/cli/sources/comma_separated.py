"""``.csv``: a header line, then rows; every column is carried as text, nothing is guessed (``00123`` stays)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv

from annopipe.cli.sources.source import Source
from annopipe.errors import InputFileError

BLOCK_BYTES: Final = 16 << 20


def open_csv(path: Path, column: str) -> Source:  # noqa: ARG001
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


def _names(path: Path) -> list[str]:
    with _opened(path, {}) as reader:
        return list(reader.schema.names)


def _batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    types = {field.name: field.type for field in schema}
    with _opened(path, types) as reader:
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except pa.ArrowInvalid as broken:
                raise _error(path, broken) from broken
            yield batch


def _opened(path: Path, types: dict[str, pa.DataType]) -> Any:
    try:
        return csv.open_csv(
            path,
            read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as broken:
        raise _error(path, broken) from broken


def _error(path: Path, broken: Exception) -> InputFileError:
    return InputFileError(f"{path}: not a comma-separated file with a header line ({broken})")
