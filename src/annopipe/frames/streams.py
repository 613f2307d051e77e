"""Iterators of texts or dicts: rows pulled in small, growing chunks, results as soon as they are there."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import pyarrow as pa

from annopipe.errors import ColumnTypeError
from annopipe.frames.adapter import Batches, Run
from annopipe.frames.carrying import MOST_CHARACTERS, MOST_ROWS, ROW_COLUMN
from annopipe.frames.row_checks import check_like
from annopipe.frames.rows import Rows, rows_like, text_size

_DICTS_SEEN: Final = 16
_END: Final = object()


class StreamAdapter:
    """An iterator as a frame: read once, in order; endless ones work.

    The first item that is not None is looked at to tell texts from lists and dicts; of dicts, 16 rows to settle the
    types of their columns.

    Raises:
        ColumnTypeError: an item that is no text, list of texts or dict; of later items, when it is reached.
    """

    def __init__(self, items: Iterator[Any], text_column: str) -> None:
        seen = list(islice(items, 1))
        while len(seen) < MOST_ROWS and seen[-1:] == [None]:
            seen += islice(items, 1)
        if seen and isinstance(seen[-1], Mapping):
            seen += islice(items, _DICTS_SEEN - 1)
        self._check = check_like(seen)
        self._rows: Rows = rows_like(self._check, seen, text_column, whole=False)
        self._items = chain(seen, items)

    @property
    def schema(self) -> pa.Schema:
        """See `Adapter.schema`."""
        return self._rows.schema

    def apply(self, run: Run, schema: pa.Schema) -> Iterator[dict[str, Any]]:
        """Return a generator of dicts as `ListAdapter.apply` makes them; nothing is read before the first is asked."""
        window = _Window()
        for batch in run(self._batches(window)):
            window.forget(batch, schema)
            yield from self._rows.back(batch, schema, window.item)

    def _batches(self, window: "_Window") -> Batches:
        first, most = 0, 1
        while chunk := self._chunk(first, most):
            window.add(chunk)
            yield self._rows.to_arrow(chunk, first)
            first, most = first + len(chunk), min(2 * most, MOST_ROWS)

    def _chunk(self, first: int, most: int) -> list[Any]:
        """Pull up to ``most`` rows: fewer where they hold much text, and before a row that is refused."""
        chunk: list[Any] = []
        characters = 0
        while len(chunk) < most and characters < MOST_CHARACTERS and (item := next(self._items, _END)) is not _END:
            try:
                self._check(item, first + len(chunk))
            except ColumnTypeError:
                if not chunk:
                    raise
                self._items = chain([item], self._items)
                break
            characters += text_size(self._rows.text(item))
            chunk.append(item)
        return chunk


class _Window:
    """The items that went in and may still come out."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._first = 0

    def add(self, items: list[Any]) -> None:
        self._items.extend(items)

    def item(self, number: int) -> Any:
        return self._items[number - self._first]

    def forget(self, batch: pa.RecordBatch, schema: pa.Schema) -> None:
        """Drop the items before those of a batch: results come in the order of the rows."""
        place = schema.get_field_index(ROW_COLUMN)
        if place < 0:
            self._items.clear()
        elif batch.num_rows:
            oldest = batch.column(place)[0].as_py()
            while self._first < oldest:
                self._items.popleft()
                self._first += 1
