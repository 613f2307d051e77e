"""One shard of the dataset: a Parquet file for each part, written aside and put in place when all are whole."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.bulk.durable import digest, settle
from annopipe.bulk.shard_file import ShardFile, shard_names
from annopipe.bulk.tenure import WHOLE, Tenure


class ShardWriter:
    """Writes the files of one shard; used as a context, which removes what was not committed."""

    def __init__(
        self, tenure: Tenure, number: int, schemas: Mapping[str, pa.Schema], compression: str, group_bytes: int
    ) -> None:
        names = shard_names(number, schemas)
        self._tenure = tenure
        self._files = {
            part: _PartFile(tenure.scratch(names[part]), names[part], schema, compression, group_bytes)
            for part, schema in schemas.items()
        }

    def __enter__(self) -> Self:
        """Open the files, noted before they are there."""
        self._tenure.begin_files([file.name for file in self._files.values()])
        with contextlib.ExitStack() as undo:
            undo.callback(self._discard)
            for file in self._files.values():
                with self._tenure.writing(file.name):
                    file.open()
            undo.pop_all()
        return self

    def write(self, batches: Mapping[str, list[pa.RecordBatch]]) -> None:
        """Add rows to each part."""
        for part, some in batches.items():
            file = self._files[part]
            with self._tenure.writing(file.name):
                for batch in some:
                    file.write(batch)

    def mark(self) -> dict[str, int]:
        """Return how many rows each part has so far."""
        return {part: file.written for part, file in self._files.items()}

    def withdraw(self, mark: Mapping[str, int]) -> None:
        """Take the rows back that were written since a mark: those of a long text that failed at a later part."""
        for part, first in mark.items():
            self._files[part].withdraw(first)

    def commit(self) -> list[ShardFile]:
        """Finish the files, bring them to the disk and put them in place."""
        records = []
        for file in self._files.values():
            with self._tenure.writing(file.name):
                records.append(file.finish())
        self._tenure.place(records)
        return records

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what is left of files that were not put in place."""
        self._discard()

    def _discard(self) -> None:
        for file in self._files.values():
            file.discard()


class _PartFile:
    """One file of a shard, in row groups of some size."""

    def __init__(self, scratch: Path, name: str, schema: pa.Schema, compression: str, group_bytes: int) -> None:
        self._scratch, self.name, self._schema = scratch, name, schema
        self._compression, self._group_bytes = compression, group_bytes
        self._waiting: list[pa.RecordBatch] = []
        self._size = self.written = 0
        self._withdrawn: list[tuple[int, int]] = []
        self._file: BinaryIO | None = None
        self._writer: Any = None

    def open(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._file = self._scratch.open("wb")
        plain = [field.name for field in self._schema if not pa.types.is_nested(field.type)]
        self._writer = pq.ParquetWriter(
            self._file, self._schema, compression=self._compression, use_dictionary=plain, write_statistics=plain
        )

    def write(self, batch: pa.RecordBatch) -> None:
        self.written += batch.num_rows
        self._take(batch)

    def _take(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._size += batch.nbytes
        if self._size >= self._group_bytes:
            self._flush()

    def withdraw(self, first: int) -> None:
        if first < self.written:
            self._withdrawn.append((first, self.written))

    def _flush(self) -> None:
        if self._waiting:
            table = pa.Table.from_batches(self._waiting, self._schema)
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._waiting, self._size = [], 0

    def finish(self) -> ShardFile:
        self._close()
        if self._withdrawn:
            self._write_again()
        rows = self.written - sum(end - first for first, end in self._withdrawn)
        return ShardFile(self.name, self._scratch.stat().st_size, rows, digest(self._scratch))

    def _write_again(self) -> None:
        """Write the rows once more that stay, row group by row group: what is in a Parquet file cannot be taken out."""
        whole = self._scratch.with_name(WHOLE + self._scratch.name)
        self._scratch.replace(whole)
        try:
            with whole.open("rb") as file, pq.ParquetFile(file) as source:
                self._begin()
                row = 0
                for batch in source.iter_batches():
                    for first, end in kept(row, row + batch.num_rows, self._withdrawn):
                        self._take(batch.slice(first - row, end - first))
                    row += batch.num_rows
                self._close()
        finally:
            whole.unlink(missing_ok=True)

    def _close(self) -> None:
        self._flush()
        self._writer.close()
        self._writer = None
        if self._file is not None:
            settle(self._file)
            self._file.close()
            self._file = None

    def discard(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(OSError, ValueError):
                self._writer.close()
            self._writer.is_open = False  # else it tries again when it is collected
            self._writer = None
        if self._file is not None:
            with contextlib.suppress(OSError):  # what it still held finds no room
                self._file.close()
            self._file = None
        self._scratch.unlink(missing_ok=True)


def kept(first: int, end: int, withdrawn: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what is left of a range without others in order: ``0, 10, [(2, 4), (4, 7)] → (0, 2), (7, 10)``."""
    for one, other in withdrawn:
        if first < min(one, end):
            yield first, min(one, end)
        first = max(first, other)
    if first < end:
        yield first, end
