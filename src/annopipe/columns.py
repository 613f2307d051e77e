"""A column of annotations as flat arrays: what annotators hand to each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Self, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.annotation import COLUMN_TYPE, STRUCT_TYPE, Annotation
from annopipe.arrow_buffers import numbers, repeated, texts
from annopipe.errors import AnnopipeError, ColumnTypeError

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Metadata = Mapping[str, str | None]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class AnnotationColumn:
    """The annotations of many rows, laid end to end; row ``i`` owns ``offsets[i]:offsets[i + 1]``.

    Attributes:
        annotator_type: kind of every annotation here.
        offsets: int64 ``[rows + 1]``, from 0 to the number of annotations.
        begin, end: int64 ``[annotations]``; ``end`` inclusive.
        result: one string an annotation.
        metadata: key → one value an annotation; the keys that every annotation has.
        inherited: further metadata of each annotation (a document's id and metadata columns), or None for no more.
        vectors: float32 ``[annotations, dimension]``, or None where there are none.
        bare: bool ``[annotations]``, True where an annotation has no floats although others have; None = all have.
    """

    annotator_type: str
    offsets: Ints
    begin: Ints
    end: Ints
    result: list[str]
    metadata: dict[str, list[str | None]] = field(default_factory=dict)
    inherited: list[Metadata | None] | None = None
    vectors: Floats | None = None
    bare: NDArray[np.bool_] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    def __len__(self) -> int:
        """Number of annotations."""
        return len(self.result)

    def row_numbers(self) -> Ints:
        """Return the row of each annotation, int64 ``[annotations]``."""
        return np.repeat(np.arange(self.rows), np.diff(self.offsets))

    def row_of(self, index: int) -> int:
        """Return the row of one annotation."""
        return int(np.searchsorted(self.offsets, index, "right")) - 1

    def each(self, make: Callable[[str], Made]) -> list[Made]:
        """Return what is made of each annotation's text; an error of ours bears the row that it met."""
        made: list[Made] = []
        try:
            for text in self.result:
                made.append(make(text))
        except AnnopipeError as error:
            error.at(self.row_of(len(made)))
            raise
        return made

    def metadata_of(self, index: int) -> dict[str, str | None]:
        """Return the whole metadata of one annotation."""
        more = self.inherited[index] if self.inherited is not None else None
        own = {key: values[index] for key, values in self.metadata.items()}
        return {**more, **own} if more else own

    def floats_of(self, index: int) -> Floats:
        """Return the vector of one annotation, ``[dimension]`` or ``[0]``."""
        if self.vectors is None or (self.bare is not None and self.bare[index]):
            return np.empty(0, np.float32)
        return self.vectors[index]

    def row(self, index: int) -> list[Annotation]:
        """Return the annotations of one row."""
        first, last = int(self.offsets[index]), int(self.offsets[index + 1])
        return [
            Annotation(
                self.annotator_type,
                int(self.begin[i]),
                int(self.end[i]),
                self.result[i],
                self.metadata_of(i),
                self.floats_of(i),
            )
            for i in range(first, last)
        ]

    def __iter__(self) -> Iterator[list[Annotation]]:
        """Yield the annotations row by row."""
        return (self.row(i) for i in range(self.rows))

    def take_rows(self, rows: Ints) -> Self:
        """Return the rows of the given numbers, in their order."""
        counts = np.diff(self.offsets)[rows]
        index = _ranges(self.offsets[:-1][rows], counts)
        return replace(self.select(index), offsets=_offsets(counts))

    def select(self, index: Ints) -> Self:
        """Return the annotations of the given places; the caller replaces ``offsets``."""
        return replace(
            self,
            begin=self.begin[index],
            end=self.end[index],
            result=[self.result[i] for i in index],
            metadata={key: [values[i] for i in index] for key, values in self.metadata.items()},
            inherited=None if self.inherited is None else [self.inherited[i] for i in index],
            vectors=None if self.vectors is None else self.vectors[index],
            bare=None if self.bare is None else self.bare[index],
        )

    def to_arrow(self) -> pa.ListArray:
        """Return the column as Arrow's ``list<struct>`` of the six fields."""
        count = len(self)
        children = [
            repeated(self.annotator_type, count),
            numbers(self.begin.astype(np.int32)),
            numbers(self.end.astype(np.int32)),
            texts(self.result),
            self._metadata_arrow(),
            self._vectors_arrow(),
        ]
        struct = pa.StructArray.from_arrays(children, fields=list(STRUCT_TYPE))
        offsets = numbers(self.offsets.astype(np.int32))
        return pa.ListArray.from_arrays(offsets, struct, type=COLUMN_TYPE)

    def _metadata_arrow(self) -> pa.MapArray:
        if self.inherited is not None:
            entries = [self.metadata_of(i) for i in range(len(self))]
            ends = numbers(_offsets(np.fromiter(map(len, entries), np.int64, len(entries))).astype(np.int32))
            keys, told = list(chain.from_iterable(entries)), list(chain.from_iterable(e.values() for e in entries))
            return pa.MapArray.from_arrays(ends, texts(keys), texts(told))
        count, width = len(self), len(self.metadata)
        offsets = numbers(np.arange(count + 1, dtype=np.int32) * width)
        values: list[str | None] = [None] * (count * width)
        for place, column in enumerate(self.metadata.values()):
            values[place::width] = column
        return pa.MapArray.from_arrays(offsets, texts(list(self.metadata) * count), texts(values))

    def _vectors_arrow(self) -> pa.ListArray:
        type_ = STRUCT_TYPE.field("embeddings").type
        count = len(self)
        if self.vectors is None:
            none = np.empty(0, np.float32)
            return pa.ListArray.from_arrays(numbers(np.zeros(count + 1, np.int32)), numbers(none), type=type_)
        dimension = self.vectors.shape[1]
        vectors, lengths = self.vectors, np.full(count, dimension, np.int64)
        if self.bare is not None:
            vectors, lengths = vectors[~self.bare], lengths * ~self.bare
        offsets = numbers(_offsets(lengths).astype(np.int32))
        return pa.ListArray.from_arrays(offsets, numbers(np.ascontiguousarray(vectors).reshape(-1)), type=type_)

    @classmethod
    def from_arrow(cls, array: pa.Array | pa.ChunkedArray) -> Self:
        """Read a column of annotations; a null row or annotation is none.

        Raises:
            ColumnTypeError: annotations of several kinds in one column, or vectors of several lengths.
        """
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        lists = array.cast(COLUMN_TYPE)
        counts = np.asarray(lists.value_lengths().fill_null(0), np.int64)
        items = lists.flatten()
        kinds = items.field("annotatorType").unique().to_pylist()
        if len(kinds) > 1:
            msg = f"one column holds annotations of several kinds ({kinds}): give each kind a column of its own"
            raise ColumnTypeError(msg)
        keys, inherited = _metadata_from_arrow(items.field("metadata"))
        vectors, bare = _vectors_from_arrow(items.field("embeddings"))
        return cls(
            annotator_type=kinds[0] if kinds else "",
            offsets=_offsets(counts),
            begin=np.asarray(items.field("begin"), np.int64),
            end=np.asarray(items.field("end"), np.int64),
            result=items.field("result").fill_null("").to_pylist(),
            metadata=keys,
            inherited=inherited,
            vectors=vectors,
            bare=bare,
        )


def _offsets(counts: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _ranges(starts: Ints, counts: Ints) -> Ints:
    """Return the concatenation of ``start .. start + count`` of each pair."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)


def _metadata_from_arrow(
    array: pa.MapArray,
) -> tuple[dict[str, list[str | None]], list[Metadata | None] | None]:
    entries: list[dict[str, str | None]] = [dict(pairs or ()) for pairs in array.to_pylist()]
    keys = list(entries[0]) if entries else []
    if all(list(entry) == keys for entry in entries):
        return {key: [entry[key] for entry in entries] for key in keys}, None
    common = [key for key in keys if all(key in entry for entry in entries)]
    rest: list[Metadata | None] = [{k: v for k, v in entry.items() if k not in common} for entry in entries]
    return {key: [entry[key] for entry in entries] for key in common}, rest


def _vectors_from_arrow(array: pa.ListArray) -> tuple[Floats | None, NDArray[np.bool_] | None]:
    lengths = np.asarray(array.value_lengths().fill_null(0), np.int64)
    sizes = np.unique(lengths[lengths > 0])
    if len(sizes) == 0:
        return None, None
    if len(sizes) > 1:
        msg = f"one column holds vectors of several lengths ({sizes.tolist()}): they come from different models"
        raise ColumnTypeError(msg)
    flat = np.asarray(array.flatten(), np.float32).reshape(-1, int(sizes[0]))
    bare = lengths == 0
    if not bare.any():
        return flat, None
    vectors = np.zeros((len(lengths), int(sizes[0])), np.float32)
    vectors[~bare] = flat
    return vectors, bare


def rows_of(counts: Sequence[int] | Ints) -> Ints:
    """Return ``offsets`` for rows of the given numbers of annotations."""
    return _offsets(np.asarray(counts, np.int64))
