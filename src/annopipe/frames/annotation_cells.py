"""Annotations between Arrow and Python objects: cells of lists, dicts of pandas, both ways."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.annotation import FIELDS, Annotation
from annopipe.arrow_buffers import values_of
from annopipe.errors import ColumnTypeError
from annopipe.frames.nulls import is_missing
from annopipe.frames.parts import AnnotationParts, offsets_of
from annopipe.surrogates import mend_all

Make = Callable[[str, int, int, str, dict[str, str | None], NDArray[np.float32]], Any]
_NO_FLOATS: Final = np.empty(0, np.float32)


def as_dict(
    kind: str, begin: int, end: int, result: str, metadata: dict[str, str | None], embeddings: NDArray[np.float32]
) -> dict[str, Any]:
    """Return an annotation as pandas cells hold it."""
    return {
        "annotatorType": kind,
        "begin": begin,
        "end": end,
        "result": result,
        "metadata": metadata,
        "embeddings": embeddings,
    }


def annotation_cells(array: pa.Array, make: Make) -> list[list[Any] | None]:
    """Return the annotations of each row, made by ``make``; None for a null row.

    Vectors of one row share a buffer of that row, which is the caller's own.
    """
    parts = AnnotationParts.of(array)
    items = [
        make(*fields)
        for fields in zip(
            _shared(parts.kinds),
            parts.begin.to_pylist(),
            parts.end.to_pylist(),
            parts.result.to_pylist(),
            _metadata(parts),
            _vectors(parts),
            strict=True,
        )
    ]
    rows = zip(parts.valid.tolist(), pairwise(offsets_of(parts.counts).tolist()), strict=True)
    return [items[first:end] if valid else None for valid, (first, end) in rows]


def _metadata(parts: AnnotationParts) -> list[dict[str, str | None]]:
    pairs = list(zip(_shared(parts.keys), _shared(parts.values), strict=True))
    return [dict(pairs[first:end]) for first, end in pairwise(offsets_of(parts.entries).tolist())]


def _shared(texts: pa.Array) -> list[Any]:
    """Return texts as str, equal ones as one object: metadata repeats itself."""
    seen: dict[str | None, str | None] = {}
    return [seen.setdefault(text, text) for text in texts.to_pylist()]


def _vectors(parts: AnnotationParts) -> list[NDArray[np.float32]]:
    floats = values_of(parts.floats)
    ends = offsets_of(parts.lengths)
    vectors: list[NDArray[np.float32]] = []
    for first, end in pairwise(offsets_of(parts.counts).tolist()):
        base, last = int(ends[first]), int(ends[end])
        if base == last:
            vectors += [_NO_FLOATS] * (end - first)
            continue
        own = floats[base:last].copy()
        vectors += [own[a:b] for a, b in pairwise((ends[first : end + 1] - base).tolist())]
    return vectors


def looks_annotated(cell: Any) -> bool:
    """Tell whether a cell is a list that begins with an annotation: an `Annotation` or a dict of its six fields."""
    if not isinstance(cell, list | tuple | np.ndarray) or len(cell) == 0:
        return False
    first = cell[0]
    return isinstance(first, Annotation) or (isinstance(first, Mapping) and set(first) == set(FIELDS))


def kind_of(cell: Any) -> str:
    """Return the kind of a cell's first annotation."""
    first = cell[0]
    return cast("str", first.annotatorType if isinstance(first, Annotation) else first["annotatorType"]) or ""


def annotations_to_arrow(name: str, cells: Sequence[Any], first_row: int) -> pa.ListArray:
    """Return cells of annotations as an Arrow column; ``first_row`` counts rows in errors.

    Raises:
        ColumnTypeError: a cell that is no list of annotations, or a field of another type.
    """
    counts = np.zeros(len(cells), np.int64)
    valid = np.array([not is_missing(cell) for cell in cells], np.bool_)
    fields: list[tuple[Any, ...]] = []
    for row in np.flatnonzero(valid).tolist():
        try:
            own = [_fields_of(annotation) for annotation in cells[row]]
        except (KeyError, TypeError, IndexError) as wrong:
            msg = f"column {name!r}, row {first_row + row}: a cell of annotations holds something else ({wrong!r})"
            raise ColumnTypeError(msg) from wrong
        fields += own
        counts[row] = len(own)
    try:
        return _parts_of(counts, valid, fields).to_arrow()
    except (pa.ArrowException, AttributeError, TypeError, ValueError) as wrong:
        last = first_row + len(cells) - 1
        msg = f"column {name!r}, rows {first_row} to {last}: a field of an annotation has another type ({wrong})"
        raise ColumnTypeError(msg) from wrong


def _fields_of(annotation: Any) -> tuple[Any, ...]:
    if isinstance(annotation, Annotation):
        return Annotation.toRow(annotation)
    return tuple(annotation[name] for name in FIELDS)


def _parts_of(counts: NDArray[np.int64], valid: NDArray[np.bool_], fields: list[tuple[Any, ...]]) -> AnnotationParts:
    kinds, begin, end, result, metadata, embeddings = zip(*fields, strict=True) if fields else ((),) * 6
    entries = [_pairs(one) for one in metadata]
    vectors = [_NO_FLOATS if one is None else np.asarray(one, np.float32) for one in embeddings]
    return AnnotationParts(
        valid=valid,
        counts=counts,
        kinds=_texts(kinds),
        begin=pa.array(begin, pa.int32()),
        end=pa.array(end, pa.int32()),
        result=_texts(result),
        entries=np.array([len(pairs) for pairs in entries], np.int64),
        keys=_texts([key for pairs in entries for key, _ in pairs]),
        values=_texts([value for pairs in entries for _, value in pairs]),
        lengths=np.array([len(vector) for vector in vectors], np.int64),
        floats=pa.array(np.concatenate(vectors) if vectors else _NO_FLOATS),
    )


def _pairs(metadata: Any) -> list[tuple[str, str | None]]:
    """Return the entries of metadata: a mapping, pairs (what Arrow gives pandas for a map), or None."""
    if metadata is None:
        return []
    return list(metadata.items()) if isinstance(metadata, Mapping) else [(key, value) for key, value in metadata]


def _texts(texts: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array(mend_all(texts)[0], pa.string())
