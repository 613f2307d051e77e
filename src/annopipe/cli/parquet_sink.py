"""A Parquet file that appears when it is complete, or not at all."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.bulk.boundaries import check_writable
from annopipe.bulk.durable import SCRATCH, naming, settle
from annopipe.errors import CommandError

GROUP_BYTES: Final = 64_000_000
ENDING: Final = ".parquet"


@dataclass(frozen=True, slots=True)
class ParquetSink:
    """Writes batches into one file, by way of a temporary one beside it.

    Raises:
        CommandError: not a ``.parquet`` name, a folder that does not exist, or a file that does.
        OutputError: the folder cannot be written; found before there is anything to write.
    """

    target: Path
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.target.suffix.lower() != ENDING:
            msg = f"the output {self.target} must end in {ENDING}"
            raise CommandError(msg)
        if not self.target.parent.is_dir():
            msg = f"the output's folder {self.target.parent} does not exist: make it first"
            raise CommandError(msg)
        if self.target.is_dir():
            msg = f"the output {self.target} is a folder: give the name of a file"
            raise CommandError(msg)
        self._check_free()
        check_writable(self.target, beside=True)

    def _check_free(self) -> None:
        if self.target.exists() and not self.overwrite:
            msg = f"{self.target} exists already: choose another output, or give --overwrite to replace it"
            raise CommandError(msg)

    def write(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write all batches; on any error or interrupt the temporary file goes and the target stays as it was."""
        scratch = self.target.with_name(f".{self.target.name}-{uuid.uuid4().hex[:8]}{SCRATCH}")
        try:
            with scratch.open("xb") as file:
                self._write(file, schema, batches)
            self._check_free()
            with naming(self.target):
                scratch.replace(self.target)
        finally:
            scratch.unlink(missing_ok=True)

    def _write(self, file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        """Write and settle; errors of writing name the target, those of reading stay what they are."""
        writer = pq.ParquetWriter(file, schema, compression="zstd")
        try:
            for group in _groups(schema, batches):
                with naming(self.target):
                    writer.write_table(group)
            with naming(self.target):
                writer.close()
                settle(file)
        finally:
            writer.is_open = False  # else it tries again when it is collected


def _groups(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather batches into row groups of some size: one a batch would make files that read slowly."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        waiting.append(batch)
        size += batch.nbytes
        if size >= GROUP_BYTES:
            yield pa.Table.from_batches(waiting, schema)
            waiting, size = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting, schema)
