"""``.csv``: a header line, then rows; every column is carried as text, nothing is guessed (``00123`` stays)."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from csv import Error as CsvError
from csv import reader
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv

from annopipe.bulk.sources.encodings import SAMPLE, check_utf8
from annopipe.bulk.sources.source import Faults, Place, Source
from annopipe.errors import InputFileError

BLOCK_BYTES: Final = 16 << 20
_BREAKS: Final = b"\r\n"
_AFTER_CR: Final = re.compile(rb"(?<=\r)(?!\n)")


def open_csv(path: Place, column: str, faults: Faults) -> Source:  # noqa: ARG001
    r"""Open a comma-separated file, RFC 4180: quoted fields may hold commas, quotes and line breaks.

    In a file of one column a blank line is a row without a text (null), as DuckDB, Polars and Arrow write it; ``""`` is
    an empty text. The blank line at the end of such a file makes no row: ``text\na\n\nb\n\n → a, null, b``. In a file
    of several columns, where a row has at least a comma, blank lines make no rows, nor do those above a header.

    Raises:
        InputFileError: no header, two columns of one name, rows of several lengths, no UTF-8, or a row above 16 MB.
    """
    with path.open("rb") as file:
        check_utf8(path, file.read(SAMPLE))
    with _opened(path, _Reading()) as opened:
        names = list(opened.schema.names)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        msg = f"{path}: two columns are named {doubled[0]!r}: rename one"
        raise InputFileError(msg)
    reading = _Reading(tuple(names))
    rows = sum(batch.num_rows for batch in _batches(path, reading))
    return Source(reading.schema, rows, lambda: _batches(path, reading))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a file is read; without names only its header is looked at."""

    names: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(name, pa.string()) for name in self.names])

    @property
    def has_blank_rows(self) -> bool:
        return len(self.names) == 1

    def options(self) -> dict[str, Any]:
        """What Arrow is asked for; null stands for a blank line and for nothing else."""
        convert = csv.ConvertOptions(
            column_types=self.schema,
            strings_can_be_null=self.has_blank_rows,
            quoted_strings_can_be_null=False,
            null_values=[""],
        )
        return {
            "read_options": csv.ReadOptions(block_size=BLOCK_BYTES),
            "parse_options": csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=not self.has_blank_rows),
            "convert_options": convert,
        }


def _batches(path: Place, reading: _Reading) -> Iterator[pa.RecordBatch]:
    with _opened(path, reading) as opened:
        yield from _without_last_blank(opened) if reading.has_blank_rows else opened


def _without_last_blank(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    waiting: pa.RecordBatch | None = None
    for batch in batches:
        if batch.num_rows:
            if waiting is not None:
                yield waiting
            waiting = batch
    if waiting is not None:
        rows = waiting.num_rows
        yield waiting if waiting.column(0)[rows - 1].is_valid else waiting.slice(0, rows - 1)


@contextmanager
def _opened(path: Place, reading: _Reading) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            file.seek(_header_place(file))
            with csv.open_csv(_Blocks(file), **reading.options()) as opened:
                yield opened
    except (pa.ArrowInvalid, UnicodeDecodeError) as broken:
        told = _line_fault(path)
        msg = f"{path}, {told}" if told else f"{path}: not a comma-separated file with a header line ({broken})"
        raise InputFileError(msg) from broken


class _Blocks:
    """A file that Arrow reads block by block, none of which ends between CR and LF.

    Arrow drops an LF that begins a block where the block before ends with CR, also within quotes, and takes a header
    line for a file only if a line break ends it.
    """

    closed = False

    def __init__(self, file: Any) -> None:
        self._file, self._held, self._begun = file, b"", False

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most so many, none at the end."""
        data = self._held + self._file.read(size - 1 - len(self._held))
        self._held = b""
        while self._is_header(data, size) and (more := self._file.read(size - 1 - len(data))):
            data += more
        if self._is_header(data, size):
            data += b"\n"
        elif data.endswith(b"\r"):
            after = self._file.read(1)
            data, self._held = (data + after, b"") if after == b"\n" else (data, after)
        self._begun = True
        return data

    def _is_header(self, data: bytes, size: int) -> bool:
        """Whether these first bytes may be a header line that no line break ends."""
        return not self._begun and 0 < len(data) < size - 1 and not any(byte in data for byte in _BREAKS)

    def close(self) -> None:
        """Leave the file to whoever opened it."""


def _header_place(file: Any) -> int:
    """Return where the header begins, behind a byte order mark and blank lines."""
    place, block = 0, file.read(BLOCK_BYTES)
    if block.startswith(BOM_UTF8):
        place, block = len(BOM_UTF8), block[len(BOM_UTF8) :]
    while block:
        rest = block.lstrip(_BREAKS)
        place += len(block) - len(rest)
        if rest:
            break
        block = file.read(BLOCK_BYTES)
    return place


def _line_fault(path: Place) -> str | None:
    """Return the first faulty line below the header and what is wrong with it: Arrow names only columns and blocks."""
    with path.open("rb") as file:
        rows = reader(_decoded(file))
        try:
            width = len(next(filter(None, rows), []))
            for row in rows:
                if row and len(row) != width:
                    return f"line {rows.line_num}: {len(row)} fields, where the header line has {width}"
        except UnicodeDecodeError as broken:
            return f"line {rows.line_num + 1}: not UTF-8 ({broken.reason} at byte {broken.start}): convert the file"
        except CsvError:
            return None
    return None


def _decoded(file: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(file):
        for part in _AFTER_CR.split(line.removeprefix(BOM_UTF8) if not number else line):
            if part:
                yield part.decode()
