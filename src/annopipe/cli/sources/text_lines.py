"""``.txt``: a text a line, UTF-8; empty lines are rows too, so that row and line numbers agree."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from annopipe.cli.sources.source import Source, in_batches
from annopipe.errors import InputFileError


def open_text_lines(path: Path, column: str) -> Source:
    """Open a text file as one column.

    Raises:
        InputFileError: a line is no UTF-8; the text says which.
    """
    schema = pa.schema([pa.field(column, pa.string())])
    rows = sum(1 for _ in lines_of(path))
    return Source(schema, rows, lambda: _batches(path, schema))


def _batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for texts in in_batches(lines_of(path)):
        yield pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], schema=schema)


def lines_of(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each line without its break, and its size in bytes; lines end with LF or CR LF only."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            raw = line.removeprefix(BOM_UTF8) if number == 1 else line
            try:
                text = raw.decode()
            except UnicodeDecodeError as broken:
                msg = f"{path}, line {number}: not UTF-8 ({broken.reason} at byte {broken.start}): convert the file"
                raise InputFileError(msg) from broken
            yield text.removesuffix("\n").removesuffix("\r"), len(line)
