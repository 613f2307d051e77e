"""Lists: of str, of lists of str, or of dicts."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from annopipe.frames.adapter import Batches, Run
from annopipe.frames.carrying import row_ranges
from annopipe.frames.row_checks import check_like
from annopipe.frames.rows import rows_like, text_sizes


class ResultRows(list[dict[str, Any]]):
    """The rows of a result: a list, which notebooks draw as a table."""

    def _repr_html_(self) -> str:
        from annopipe.display import show

        return show(self)._repr_html_()


class ListAdapter:
    """A list as a frame: every row is there, so types are settled and checked before any work.

    Raises:
        ColumnTypeError: elements that are no texts, lists of texts or dicts, or of several of these kinds.
    """

    def __init__(self, items: Sequence[Any], text_column: str) -> None:
        self._items = items
        self._rows = rows_like(check_like(items), items, text_column, whole=True)

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`."""
        return self._rows.schema

    def apply(self, run: Run, schema: pa.Schema) -> list[dict[str, Any]]:
        """Return a dict (column → value) for each row that ``run`` yields.

        Annotation columns are lists of `Annotation` with float32 vectors, finished embeddings lists of arrays. Rows
        that are dicts keep their own values.
        """
        return ResultRows(row for batch in run(self._batches()) for row in self._rows.back(batch, schema, self._item))

    def _item(self, number: int) -> Any:
        return self._items[number]

    def _batches(self) -> Batches:
        sizes = text_sizes([self._rows.text(item) for item in self._items])
        for first, end in row_ranges(sizes):
            yield self._rows.to_arrow(self._items[first:end], first)
