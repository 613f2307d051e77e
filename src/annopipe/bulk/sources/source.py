"""What every kind of file is read as."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import pyarrow as pa

from annopipe.errors import InputFileError

BATCH_ROWS: Final = 1024
BATCH_BYTES: Final = 4_000_000

Row = TypeVar("Row")


class Place(Protocol):
    """A file that can be read from its beginning: a ``pathlib.Path``, or a file elsewhere."""

    @property
    def suffix(self) -> str:
        """The ending of its name."""
        ...

    def open(self, mode: Any = "rb", /) -> Any:
        """Open it for bytes."""
        ...


class Fault(NamedTuple):
    """A line that makes no row, and why."""

    line: int
    reason: str


Faults = Callable[[Fault], None]
"""Told of each line that makes no row; it raises, or the line is left out."""


def refusing(where: object) -> Faults:
    """Return what raises an `InputFileError` at the first fault."""

    def refuse(fault: Fault) -> None:
        msg = f"{where}, line {fault.line}: {fault.reason}"
        raise InputFileError(msg)

    return refuse


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked through once: its schema and rows are known before anything is encoded.

    Attributes:
        schema: of every batch.
        rows: number of rows in all.
        batches: reads the file from its beginning.
        faults: lines that were left out, where that was asked for.
    """

    schema: pa.Schema
    rows: int
    batches: Callable[[], Iterator[pa.RecordBatch]]
    faults: tuple[Fault, ...] = ()


def in_batches(rows: Iterable[tuple[Row, int]]) -> Iterator[list[Row]]:
    """Gather rows, each with its size in bytes, into batches bounded in number and size."""
    batch: list[Row] = []
    size = 0
    for row, bytes_ in rows:
        batch.append(row)
        size += bytes_
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
