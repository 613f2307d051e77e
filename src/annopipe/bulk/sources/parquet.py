"""``.parquet``: all columns as they are."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.bulk.sources.source import BATCH_BYTES, BATCH_ROWS, Faults, Place, Source
from annopipe.errors import InputFileError


def open_parquet(path: Place, column: str, faults: Faults) -> Source:  # noqa: ARG001
    """Open a Parquet file.

    Raises:
        InputFileError: damaged, cut off, or something else.
    """
    with _opened(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    return Source(schema, rows, lambda: _batches(path))


def _batches(path: Place) -> Iterator[pa.RecordBatch]:
    """Row group by row group, in batches of few rows where rows are large."""
    with _opened(path) as file:
        for number in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(number)
            size = group.total_byte_size / max(1, group.num_rows)
            rows = int(min(BATCH_ROWS, max(1, BATCH_BYTES // max(1, size))))
            yield from file.iter_batches(rows, row_groups=[number])


@contextmanager
def _opened(path: Place) -> Iterator[pq.ParquetFile]:
    try:
        # A handle, not a path: Arrow takes some paths for addresses, and none that is not UTF-8.
        with path.open("rb") as handle, pq.ParquetFile(handle, buffer_size=BATCH_BYTES, pre_buffer=False) as file:
            yield file
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as broken:
        msg = f"{path}: not a readable Parquet file ({broken})"
        raise InputFileError(msg) from broken
