"""``.parquet``: all columns as they are."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.cli.sources.source import BATCH_ROWS, Source
from annopipe.errors import InputFileError


def open_parquet(path: Path, column: str) -> Source:  # noqa: ARG001
    """Open a Parquet file.

    Raises:
        InputFileError: damaged, cut off, or something else.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as broken:
        raise _error(path, broken) from broken
    return Source(schema, rows, lambda: _batches(path))


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(BATCH_ROWS)
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except (pa.ArrowInvalid, OSError) as broken:
                raise _error(path, broken) from broken
            yield batch


def _error(path: Path, broken: Exception) -> InputFileError:
    return InputFileError(f"{path}: not a readable Parquet file ({broken})")
