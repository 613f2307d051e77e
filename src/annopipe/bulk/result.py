"""What comes of some texts: rows for each part of the dataset, and what is to be counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.albert.codepoints import within
from annopipe.arrow_buffers import numbers

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one part of the dataset.

    Attributes:
        table: the new columns.
        offsets: int64 ``[texts + 1]``; text ``i`` has the rows ``offsets[i]:offsets[i + 1]``.
    """

    table: pa.RecordBatch
    offsets: Ints

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as an Arrow stream: only the rows themselves, and the exact types."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema) as stream:
            stream.write_batch(self.table)
        return _arrived, (sink.getvalue().to_pybytes(), self.offsets)

    def rows_of(self, texts: Ints) -> tuple[Ints, Ints]:
        """Return first row and number of rows of some texts."""
        first = self.offsets[texts]
        return first, self.offsets[texts + 1] - first


def _arrived(stream: bytes, offsets: Ints) -> Part:
    with pa.ipc.open_stream(stream) as reader:
        return Part(reader.read_next_batch(), offsets)


@dataclass(frozen=True, slots=True)
class Result:
    """What comes of some texts.

    Attributes:
        parts: name of the part → its rows.
        tokens: int64 ``[texts]``, tokens of each.
        cut: int64 ``[texts]``, tokens without a vector (``sparknlp`` dialect), or pieces past the length of the
            model's own sentence vectors.
        failures: place of a text that could not be embedded → the reason; it has no rows.
    """

    parts: Mapping[str, Part]
    tokens: Ints
    cut: Ints
    failures: Mapping[int, str] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Bytes of the rows."""
        return sum(part.table.nbytes for part in self.parts.values())


def ranges(first: Ints, counts: Ints) -> Ints:
    """Return ``first .. first + count`` of each pair, end to end."""
    places: Ints = np.repeat(first, counts) + within(counts)
    return places


def take(table: pa.RecordBatch, rows: Ints) -> pa.RecordBatch:
    """Return some rows; the batch itself where they are all of it in order."""
    if len(rows) == table.num_rows and np.array_equal(rows, np.arange(len(rows))):
        return table
    return table.take(numbers(rows))


def joined(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    """Return batches as one."""
    if len(batches) == 1:
        return batches[0]
    whole = pa.Table.from_batches(batches, schema).combine_chunks().to_batches()
    return whole[0] if whole else empty(schema)


def empty(schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch without rows."""
    return pa.RecordBatch.from_pylist([], schema=schema)


def vectors_array(vectors: NDArray[np.float32], *, half: bool) -> pa.FixedSizeListArray:
    """Return ``[rows, dimension]`` vectors as Arrow's lists of one size, of float16 if ``half``."""
    type_ = pa.float16() if half else pa.float32()
    with np.errstate(over="ignore"):  # what is too large for float16 becomes infinite, and its text fails later
        flat = np.ascontiguousarray(vectors, np.float16 if half else np.float32).reshape(-1)
    items = pa.Array.from_buffers(type_, len(flat), [None, pa.py_buffer(flat)])
    return pa.FixedSizeListArray.from_arrays(items, type=vector_type(vectors.shape[1], half=half))


def vector_type(dimension: int, *, half: bool) -> pa.DataType:
    """Return the type of `vectors_array`."""
    return pa.list_(pa.field("element", pa.float16() if half else pa.float32(), nullable=False), dimension)
