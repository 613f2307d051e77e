"""The cells of one component's columns, for some rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from annopipe.annotators.membership import numbers_of
from annopipe.columns import AnnotationColumn, Ints
from annopipe.nlu.components import Component
from annopipe.nlu.options import Wanted

NAN: Final = float("nan")
_OF_WORDS: Final = {
    "origin_sentence": "sentence",
    "is_OOV": "isOOV",
    "is_word_start": "isWordStart",
    "piece_id": "pieceId",
}
_OF_OTHERS: Final = {"origin_sentence": "sentence"}

Cells = tuple[str, Sequence[Any]]


def cells_of(
    component: Component, column: AnnotationColumn, places: Ints | None, origin: Ints, wanted: Wanted
) -> Iterator[Cells]:
    """Yield the name and the cells of each column that a component makes.

    Args:
        component: the component.
        column: its annotations.
        places: the annotation of each row, -1 for none; None where the component is of another level, whose
            annotations stay together, a list a cell.
        origin: the batch's row of each row.
        wanted: what was asked for.
    """
    name = component.column
    view = _together(column, origin) if places is None else _one_each(places)
    if component.is_vector:
        yield name, _vectors_together(column, origin) if places is None else _vectors(column, places)
    elif places is None and component.level == "document" and (np.diff(column.offsets) <= 1).all():
        yield name, _first(column, origin)
    else:
        yield name, view(column.result)
    if wanted.positions:
        yield f"{name}_begin", view(column.begin.tolist())
        yield f"{name}_end", view(column.end.tolist())
    if wanted.metadata:
        for end, key in _metadata_of(component).items():
            yield f"{name}_{end}", view(_entries(column, key))


def _metadata_of(component: Component) -> dict[str, str]:
    if component.level in ("document", "sentence"):
        return {}
    return _OF_WORDS if component.is_vector and component.level == "token" else _OF_OTHERS


def _entries(column: AnnotationColumn, key: str) -> Sequence[str | None]:
    if key == "sentence":
        return numbers_of(column)
    return column.metadata.get(key) or [column.metadata_of(i).get(key) for i in range(len(column))]


def _one_each(places: Ints) -> Callable[[Sequence[Any]], list[Any]]:
    listed = places.tolist()
    return lambda values: [values[i] if i >= 0 else NAN for i in listed]


def _together(column: AnnotationColumn, origin: Ints) -> Callable[[Sequence[Any]], list[Any]]:
    starts, ends, rows = column.offsets[:-1].tolist(), column.offsets[1:].tolist(), origin.tolist()
    return lambda values: [list(values[starts[row] : ends[row]]) for row in rows]


def _first(column: AnnotationColumn, origin: Ints) -> list[Any]:
    starts, ends = column.offsets[:-1].tolist(), column.offsets[1:].tolist()
    return [column.result[starts[row]] if starts[row] < ends[row] else NAN for row in origin.tolist()]


def _has_vector(column: AnnotationColumn) -> Any:
    if column.vectors is None:
        return np.zeros(len(column), np.bool_)
    return np.ones(len(column), np.bool_) if column.bare is None else ~column.bare


def _vectors(column: AnnotationColumn, places: Ints) -> list[Any]:
    """Return a float64 array a row, NaN where there is none."""
    known = _has_vector(column).tolist()
    if column.vectors is None:
        return [NAN] * len(places)
    wide = column.vectors.astype(np.float64)
    return [wide[i] if i >= 0 and known[i] else NAN for i in places.tolist()]


def _vectors_together(column: AnnotationColumn, origin: Ints) -> list[Any]:
    """Return a float64 array ``[annotations, dimension]`` a row, ``[0]`` where there is none; NaN for one without."""
    if column.vectors is None:
        return [np.empty(0) for _ in origin]
    wide = column.vectors.astype(np.float64)
    wide[~_has_vector(column)] = NAN
    parts = np.split(wide, column.offsets[1:-1])
    return [parts[row] if len(parts[row]) else np.empty(0) for row in origin.tolist()]
