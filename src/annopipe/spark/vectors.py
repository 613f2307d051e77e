"""Vectors of ``pyspark.ml``: what an engine takes for ``array<vector>``."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import numbers
from annopipe.frames.parts import listed, offsets_of
from annopipe.spark.hooks.raising import is_connect
from annopipe.warnings import warn_once

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


def check_vectors(frame: Any, names: Sequence[str]) -> None:
    """Warn, once, where an engine forgets that columns of ``array<vector>`` hold vectors once one is taken out."""
    if not names or not is_connect(frame.sparkSession):
        return
    name = names[0]
    quoted = name.replace("`", "``")
    inside = frame.select(frame[f"`{quoted}`"].getItem(0)).schema.fields[0].dataType
    if type(inside).__name__ == "VectorUDT":
        return
    text = (
        f"column {name!r} is array<vector>, and this engine (Sail) knows vectors inside the array alone: "
        f"explode({name}) and {name}[0] are structs of type, size, indices and values there. Take {name}[0].values, or "
        "leave outputAsVector: array<array<float>> is the same everywhere. pyspark.ml's own stages need Apache Spark"
    )
    warn_once(text, cause="vectors that an engine forgets")
