"""All files of a job as one table of rows that is never in memory as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from annopipe.bulk.places import find_files
from annopipe.bulk.sources import Place, Source, open_source
from annopipe.bulk.watched import Watched
from annopipe.errors import InputFileError


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was looked through; ``first`` is the number of its first row in the job."""

    place: Place
    source: Source
    first: int
    watched: Watched


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rows of several files, end to end.

    Attributes:
        files: in order.
        schema: columns of all files; one that a file lacks is null there.
        prints: size and digest of each file.
    """

    files: Sequence[OpenFile]
    schema: pa.Schema
    prints: list[dict[str, Any]]

    @classmethod
    def open(cls, inputs: Iterable[str | Path], output: Path, column: str, *, skip: bool) -> "Inputs":
        """Find and look through all files.

        Args:
            inputs: files, folders, globs, addresses.
            output: the folder that is written to.
            column: the text column.
            skip: leave damaged lines out instead of refusing the file.

        Raises:
            InputFileError: a file cannot be read, or its columns do not go with those of the files before.
        """
        files: list[OpenFile] = []
        prints = []
        schema, first = pa.schema([]), 0
        for place in find_files(inputs, output):
            watched = Watched(place)
            source = open_source(place, column, skip=skip)
            schema = _joined(place, schema, source.schema)
            files.append(OpenFile(place, source, first, watched.seal()))
            prints.append({**watched.print, "rows": source.rows})
            first += source.rows
        return cls(files, schema, prints)

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.source.rows for file in self.files)

    def batches(self, wanted: Sequence[tuple[int, int]]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield rows and the number of the first, of files that hold any of the wanted ranges (first, end).

        Raises:
            InputFileError: a file changed since it was opened.
        """
        for file in self.files:
            row, end = file.first, file.first + file.source.rows
            if not any(a < end and row < b for a, b in wanted):
                continue
            for batch in file.watched.read(file.source.batches()):
                for a, b in wanted:
                    first, last = max(a, row), min(b, row + batch.num_rows)
                    if first < last:
                        yield first, self._cast(batch.slice(first - row, last - first))
                row += batch.num_rows
            if row != end:
                msg = f"{file.place} has {row - file.first} rows where it had {file.source.rows}: it changed meanwhile"
                raise InputFileError(msg)

    def check(self, first: int, end: int) -> None:
        """Compare files of these rows with the first look at them.

        Raises:
            InputFileError: one changed.
        """
        for file in self.files:
            if file.first < end and first < file.first + file.source.rows:
                file.watched.check()

    def _cast(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.equals(self.schema):
            return batch
        columns = [
            batch.column(batch.schema.get_field_index(field.name)).cast(field.type)
            if field.name in batch.schema.names
            else pa.nulls(batch.num_rows, field.type)
            for field in self.schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def place_of(self, row: int) -> tuple[str, int]:
        """Return the file of a row and the row's number in it."""
        file = next(file for file in reversed(self.files) if file.first <= row)
        return str(file.place), row - file.first

    def faults(self) -> list[dict[str, Any]]:
        """Return lines that make no row."""
        return [
            {"file": str(file.place), "line": fault.line, "reason": fault.reason}
            for file in self.files
            for fault in file.source.faults
        ]


def _joined(place: Place, schema: pa.Schema, other: pa.Schema) -> pa.Schema:
    doubled = sorted({name for name in other.names if other.names.count(name) > 1})
    if doubled:
        msg = f"{place}: two columns are named {doubled[0]!r}: rename one"
        raise InputFileError(msg)
    try:
        return pa.unify_schemas([schema, other.remove_metadata()], promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid) as mixed:
        msg = f"{place}: a column is of another kind than in the files before it ({mixed})"
        raise InputFileError(msg) from mixed
