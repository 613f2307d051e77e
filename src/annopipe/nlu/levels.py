"""What a level shows: which columns are left out, and which annotations stand in a row together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from annopipe.columns import AnnotationColumn, Ints
from annopipe.nlu.components import Component

_LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    "token": frozenset({"document", "sentence", "chunk"}),
    "sentence": frozenset({"token", "chunk", "document"}),
    "document": frozenset({"token", "chunk", "sentence"}),
    "relation": frozenset({"token", "chunk", "sentence"}),
    "chunk": frozenset({"token", "sentence"}),
}


def left_out(level: str) -> frozenset[str]:
    """Return the columns of other levels that a level leaves out, by their exact names, as NLU does."""
    return _LEFT_OUT.get(level, frozenset())


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of a result.

    Attributes:
        origin: the batch's row of each, int64 ``[rows]``.
        places: output column → the annotation in each row, int64 ``[rows]``, -1 for none; the level's columns only.
    """

    origin: Ints
    places: dict[str, Ints]


def lay_out(columns: Mapping[str, AnnotationColumn], shown: Sequence[Component], rows: int) -> Layout:
    """Return a row for each annotation of the components of one level, those at the same place in one row.

    A batch's row without annotations gives one row of none. Without components every batch's row is one.

    Args:
        columns: annotations by output column.
        shown: the components of the level, in order; the first that holds texts leads.
        rows: rows of the batch.
    """
    if not shown:
        return Layout(np.arange(rows), {})
    lead = next((c for c in shown if not c.is_vector), shown[0])
    base = columns[lead.output]
    if all(_same_places(base, columns[c.output]) for c in shown):
        origin, place = _with_empty_rows(base)
        return Layout(origin, {c.output: place for c in shown})
    return _matched(columns, [lead, *(c for c in shown if c is not lead)], rows)


def _same_places(one: AnnotationColumn, other: AnnotationColumn) -> bool:
    parts = ((one.offsets, other.offsets), (one.begin, other.begin), (one.end, other.end))
    return all(np.array_equal(a, b) for a, b in parts)


def _with_empty_rows(column: AnnotationColumn) -> tuple[Ints, Ints]:
    """Return row and place of each annotation, -1 as the place of rows without any."""
    counts = np.diff(column.offsets)
    filled = np.maximum(counts, 1)
    origin = np.repeat(np.arange(column.rows), filled)
    place = np.full(len(origin), -1, np.int64)
    place[np.repeat(counts > 0, filled)] = np.arange(len(column))
    return origin, place


def _matched(columns: Mapping[str, AnnotationColumn], shown: Sequence[Component], rows: int) -> Layout:
    """Match annotations by row, begin and end; those that no earlier component has come last in their row."""
    keys: list[dict[tuple[int, int, int], int]] = [{} for _ in range(rows)]
    found = [_numbered(columns[component.output], keys) for component in shown]
    counts = np.array([max(len(known), 1) for known in keys], np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    places = {}
    for component, numbers in zip(shown, found, strict=True):
        place = np.full(int(starts[-1]), -1, np.int64)
        place[starts[columns[component.output].row_numbers()] + numbers] = np.arange(len(numbers))
        places[component.output] = place
    return Layout(np.repeat(np.arange(rows), counts), places)


def _numbered(column: AnnotationColumn, keys: list[dict[tuple[int, int, int], int]]) -> Ints:
    """Return the row inside its batch's row of each annotation; the n-th at one place goes with the n-th."""
    numbers = np.zeros(len(column), np.int64)
    seen: dict[tuple[int, int, int], int] = {}
    spans = zip(column.row_numbers().tolist(), column.begin.tolist(), column.end.tolist(), strict=True)
    for i, span in enumerate(spans):
        again = seen[span] = seen.get(span, -1) + 1
        known = keys[span[0]]
        numbers[i] = known.setdefault((span[1], span[2], again), len(known))
    return numbers
