"""``.csv``: a header line, then rows; every column is carried as text, nothing is guessed (``00123`` stays)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from csv import Error as CsvError
from csv import reader
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
    with _opened(path, {}) as opened:
        return list(opened.schema.names)


def _batches(path: Place, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with _opened(path, {field.name: field.type for field in schema}) as opened:
        yield from opened


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
            ) as opened,
        ):
            yield opened
    except (pa.ArrowInvalid, UnicodeDecodeError) as broken:
        told = _line_fault(path)
        msg = f"{path}, {told}" if told else f"{path}: not a comma-separated file with a header line ({broken})"
        raise InputFileError(msg) from broken


def _line_fault(path: Place) -> str | None:
    """Return the first faulty line below the header and what is wrong with it: Arrow names only columns and blocks."""
    with path.open("rb") as file:
        rows = reader(_decoded(file))
        try:
            width = len(next(rows, []))
            for row in rows:
                if row and len(row) != width:
                    return f"line {rows.line_num}: {len(row)} fields, where the header line has {width}"
        except UnicodeDecodeError as broken:
            return f"line {rows.line_num + 1}: not UTF-8 ({broken.reason} at byte {broken.start}): convert the file"
        except CsvError:
            return None
    return None


def _decoded(file: Iterable[bytes]) -> Iterator[str]:
    return (line.decode() for line in file)
