"""A result that a person can read: words and the beginning of each vector, not 768 numbers."""

import math
from itertools import islice
from typing import Any, Final

import numpy as np

from annopipe.annotation import FIELDS, Annotation
from annopipe.tables import Table, short_text, short_vector

MOST_ITEMS: Final = 6


def show(result: Any, n: int = 20) -> Table:
    """Return the first rows of a result in a form for people; only about ``n`` rows are computed.

    An annotation is shown by its text; one with a vector by text, first numbers and length, as
    ``love[-1.030 -0.178 0.440 … 384]``. In a notebook the last expression of a cell is drawn as a table; elsewhere
    ``print(annopipe.show(result))``.

    Args:
        result: what ``transform`` returned: a Spark, pandas or Polars frame, an Arrow table, or a list of dicts.
        n: most rows.
    """
    columns, rows = _head(result, n + 1)
    return Table(columns, [[_cell(value) for value in row] for row in rows[:n]], len(rows) > n)


def _head(result: Any, count: int) -> tuple[list[str], list[list[Any]]]:
    if callable(getattr(type(result), "mapInArrow", None)):
        rows = [list(row) for row in result.limit(count).collect()]
        return list(result.columns), rows
    if hasattr(result, "to_batches") or hasattr(result, "to_pylist"):
        dicts = result.slice(0, count).to_pylist()
        return list(result.schema.names), [list(row.values()) for row in dicts]
    if hasattr(result, "collect_schema") and hasattr(result, "head"):
        frame = result.head(count)
        frame = frame.collect() if hasattr(frame, "collect") else frame
        return list(frame.columns), [list(row) for row in frame.rows()]
    if hasattr(result, "itertuples"):
        return [str(name) for name in result.columns], [list(r) for r in result.head(count).itertuples(index=False)]
    dicts = list(islice(iter(result), count))
    names = list(dicts[0]) if dicts else []
    return names, [[row.get(name) for name in names] for row in dicts]


def _cell(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size and value.dtype.kind == "f":
        return short_vector(value)
    if isinstance(value, list | tuple | np.ndarray) and not hasattr(value, "__fields__"):
        items = list(value)
        if items and all(isinstance(item, float) for item in items):
            return short_vector(np.asarray(items))
        shown = [_item(item) for item in items[:MOST_ITEMS]]
        return " ".join([*shown, *([f"… {len(items)}"] if len(items) > MOST_ITEMS else [])])
    missing = isinstance(value, float) and math.isnan(value)
    return "None" if missing else short_text(str(value))


def _item(value: Any) -> str:
    annotation = _annotation(value)
    if annotation is None:
        return _cell(value)
    vector = np.asarray(annotation.embeddings if annotation.embeddings is not None else [])
    return short_text(annotation.result or "") + (short_vector(vector) if len(vector) else "")


def _annotation(value: Any) -> Annotation | None:
    names = value if isinstance(value, dict) else getattr(value, "__fields__", ())
    return value if isinstance(value, Annotation) else Annotation.fromRow(value) if set(FIELDS) == set(names) else None
