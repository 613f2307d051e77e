"""A column of annotations, in whatever Arrow layout it came, as its flat parts."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.annotation import COLUMN_TYPE, STRUCT_TYPE
from annopipe.arrow_buffers import lengths_of, validity, values_of

Ints = NDArray[np.int64]
_METADATA = STRUCT_TYPE.field("metadata").type
_VECTOR = STRUCT_TYPE.field("embeddings").type


@dataclass(frozen=True, slots=True)
class AnnotationParts:
    """Annotations laid end to end, each field an array of its own.

    Attributes:
        valid: bool ``[rows]``, False where a row is null.
        counts: int64 ``[rows]``, annotations a row.
        kinds, begin, end, result: Arrow arrays ``[annotations]``.
        entries: int64 ``[annotations]``, metadata entries an annotation; null metadata has none.
        keys, values: Arrow strings, the metadata entries of all annotations.
        lengths: int64 ``[annotations]``, floats an annotation.
        floats: Arrow float32, the floats of all annotations.
    """

    valid: NDArray[np.bool_]
    counts: Ints
    kinds: pa.Array
    begin: pa.Array
    end: pa.Array
    result: pa.Array
    entries: Ints
    keys: pa.Array
    values: pa.Array
    lengths: Ints
    floats: pa.Array

    @classmethod
    def of(cls, array: pa.Array) -> "AnnotationParts":
        """Take apart an array for whose type `annopipe.annotation.is_annotation_type` holds.

        Lists may be large, strings large or views, numbers of any width; metadata a map, a list of key-value
        structs (Polars without a Map type) or a struct (pandas through Parquet). A null annotation is left out.
        """
        if array.type == COLUMN_TYPE and not array.null_count and not (items := _inside(array)).null_count:
            return cls._plain(array, items)
        valid = np.asarray(array.is_valid())
        counts, items = listed(array)
        if items.null_count:
            kept = np.asarray(items.is_valid())
            counts = np.bincount(np.repeat(np.arange(len(counts)), counts)[kept], minlength=len(counts))
            items = items.filter(pa.array(kept))
        entries, keys, values = _entries(items.field("metadata"))
        lengths, floats = listed(items.field("embeddings"))
        return cls(
            valid=valid,
            counts=counts,
            kinds=items.field("annotatorType").cast(pa.string()),
            begin=items.field("begin").cast(pa.int32()).fill_null(0),
            end=items.field("end").cast(pa.int32()).fill_null(0),
            result=items.field("result").cast(pa.string()),
            entries=entries,
            keys=keys,
            values=values,
            lengths=lengths,
            floats=floats.cast(pa.float32()).fill_null(float("nan")),
        )

    @classmethod
    def _plain(cls, array: pa.ListArray, items: pa.StructArray) -> "AnnotationParts":
        """Take apart a column as stages make it: no nulls, and nothing to convert."""
        metadata, vectors = items.field("metadata"), items.field("embeddings")
        entries = lengths_of(metadata)
        first = int(values_of(metadata.offsets)[0]) if len(metadata) else 0
        keys, values = (side.slice(first, int(entries.sum())) for side in (metadata.keys, metadata.items))
        return cls(
            valid=np.ones(len(array), np.bool_),
            counts=lengths_of(array),
            kinds=items.field("annotatorType"),
            begin=items.field("begin"),
            end=items.field("end"),
            result=items.field("result"),
            entries=entries,
            keys=keys,
            values=values,
            lengths=lengths_of(vectors),
            floats=_inside(vectors),
        )

    def to_arrow(self) -> pa.ListArray:
        """Return the column in the layout of `annopipe.annotation.COLUMN_TYPE`."""
        metadata = pa.MapArray.from_arrays(_arrow_offsets(self.entries), self.keys, self.values).cast(_METADATA)
        vectors = pa.ListArray.from_arrays(_arrow_offsets(self.lengths), self.floats, type=_VECTOR)
        children = [self.kinds, self.begin, self.end, self.result, metadata, vectors]
        items = pa.StructArray.from_arrays(children, fields=list(STRUCT_TYPE))
        return pa.ListArray.from_arrays(_arrow_offsets(self.counts, self.valid), items, type=COLUMN_TYPE)


def _inside(array: pa.ListArray) -> pa.Array:
    """Return the items of lists without nulls, end to end."""
    if not len(array):
        return array.values.slice(0, 0)
    ends = values_of(array.offsets)
    return array.values.slice(int(ends[0]), int(ends[-1] - ends[0]))


def offsets_of(counts: Ints) -> Ints:
    """Return where each of some runs begins, and at last where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def listed(array: pa.Array) -> tuple[Ints, pa.Array]:
    """Return the lengths of lists and their items end to end; a null list has none."""
    if pa.types.is_fixed_size_list(array.type):
        return array.type.list_size * validity(array).astype(np.int64), array.flatten()
    return lengths_of(array), array.flatten()


def mapped(array: pa.MapArray) -> tuple[Ints, pa.Array, pa.Array]:
    """Return the numbers of entries of maps, their keys and their values end to end; a null map has none."""
    offsets = np.asarray(array.offsets, np.int64)
    first, counts = int(offsets[0]) if len(offsets) else 0, np.diff(offsets)
    keys, values = (side.slice(first, int(counts.sum())) for side in (array.keys, array.items))
    if array.null_count:
        valid = np.asarray(array.is_valid())
        inside = pa.array(np.repeat(valid, counts))
        counts, keys, values = counts * valid, keys.filter(inside), values.filter(inside)
    return counts, keys, values


def normalised(array: pa.Array) -> pa.Array:
    """Return a column of annotations in the layout of `annopipe.annotation.COLUMN_TYPE`."""
    return array if array.type == COLUMN_TYPE else AnnotationParts.of(array).to_arrow()


def first_kind(array: pa.Array | pa.ChunkedArray) -> str | None:
    """Return the kind of the first annotation of a column, or None where there is none."""
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
        filled = np.flatnonzero(np.asarray(chunk.value_lengths().fill_null(0)))
        if len(filled):
            kind: str | None = chunk.slice(int(filled[0]), 1).flatten().field("annotatorType")[0].as_py()
            return kind
    return None


def _entries(array: pa.Array) -> tuple[Ints, pa.Array, pa.Array]:
    """Return entries an annotation, keys and values, from any layout of metadata."""
    if pa.types.is_map(array.type):
        counts, keys, values = mapped(array)
    elif pa.types.is_struct(array.type):
        rows = [[(k, v) for k, v in (row or {}).items() if v is not None] for row in array.to_pylist()]
        counts = np.array([len(row) for row in rows], np.int64)
        keys = pa.array([key for row in rows for key, _ in row], pa.string())
        values = pa.array([str(value) for row in rows for _, value in row], pa.string())
    else:
        counts, pairs = listed(array)
        keys, values = pairs.field(0), pairs.field(1)
    return counts, keys.cast(pa.string()), values.cast(pa.string())


def _arrow_offsets(counts: Ints, valid: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return int32 offsets; one that is null makes its row null."""
    offsets = offsets_of(counts).astype(np.int32)
    if valid is None or valid.all():
        return pa.array(offsets)
    return pa.array(offsets, mask=np.append(~valid, False))
