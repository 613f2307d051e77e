"""Vectors of ``pyspark.ml``: what an engine takes for ``array<vector>``."""

from typing import Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import numbers
from annopipe.frames.parts import listed, offsets_of

VECTOR: Final = pa.struct(
    [
        pa.field("type", pa.int8(), nullable=False),
        pa.field("size", pa.int32()),
        pa.field("indices", pa.list_(pa.field("element", pa.int32(), nullable=False))),
        pa.field("values", pa.list_(pa.field("element", pa.float64(), nullable=False))),
    ]
)
"""What lies behind a vector of ``pyspark.ml``; a dense one has the type 1 and its values."""

_DENSE: Final = 1


def to_vectors(array: pa.ListArray) -> pa.ListArray:
    """Return lists of lists of doubles, none of them null, as lists of dense vectors."""
    counts, lists = listed(array)
    children = [
        pa.repeat(pa.scalar(_DENSE, pa.int8()), len(lists)),
        pa.nulls(len(lists), VECTOR.field("size").type),
        pa.nulls(len(lists), VECTOR.field("indices").type),
        pa.ListArray.from_arrays(lists.offsets, lists.values, type=VECTOR.field("values").type),
    ]
    vectors = pa.StructArray.from_arrays(children, fields=list(VECTOR))
    return pa.ListArray.from_arrays(numbers(offsets_of(counts).astype(np.int32)), vectors)
