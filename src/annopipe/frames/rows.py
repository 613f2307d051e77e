"""Python rows as Arrow and back: bare texts, lists of texts, dicts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annopipe.annotation import Annotation
from annopipe.arrow_buffers import numbers
from annopipe.errors import ColumnTypeError
from annopipe.frames.carrying import ROW_COLUMN, ROW_FIELD, check_names, is_kept, kept_field, noted_batch
from annopipe.frames.cells import cells_of
from annopipe.frames.python_columns import PythonColumn, python_column
from annopipe.frames.row_checks import Check, check_dict, check_texts

_TEXT: Final = pa.large_string()


class Rows(Protocol):
    """How Python rows of one kind become Arrow, and what becomes of them."""

    @property
    def schema(self) -> pa.Schema:
        """The columns that the rows make."""
        ...

    def text(self, item: Any) -> Any:
        """Return the text, or the texts, of a row."""
        ...

    def to_arrow(self, items: Sequence[Any], first_row: int) -> pa.RecordBatch:
        """Return rows as a batch; ``first_row`` is the number of the first one."""
        ...

    def back(self, batch: pa.RecordBatch, schema: pa.Schema, item_of: Callable[[int], Any]) -> Iterator[dict[str, Any]]:
        """Return the rows of a result; ``item_of`` gives the item of a row number."""
        ...


class BareRows:
    """Rows that are a text each (or None), or a list of texts each."""

    def __init__(self, text_column: str, *, lists: bool) -> None:
        check_names([text_column], "list")
        self._lists = lists
        self._column = PythonColumn(text_column, pa.list_(_TEXT) if lists else _TEXT)
        self.schema = pa.schema([kept_field(self._column.field)])

    def text(self, item: Any) -> Any:
        """See `Rows.text`."""
        return item

    def to_arrow(self, items: Sequence[Any], first_row: int) -> pa.RecordBatch:
        """See `Rows.to_arrow`."""
        array, replaced = self._column.to_arrow(items, first_row)
        return noted_batch([array], self.schema, replaced)

    def back(self, batch: pa.RecordBatch, schema: pa.Schema, item_of: Callable[[int], Any]) -> Iterator[dict[str, Any]]:
        """See `Rows.back`: the columns that stages made."""
        del item_of
        yield from _made(batch, schema)


class DictRows:
    """Rows that are a dict each, column → value, all with text as keys; a key that a row lacks is null there."""

    def __init__(self, items: Sequence[Mapping[str, Any]], text_column: str, *, whole: bool) -> None:
        names = list(dict.fromkeys(name for item in items for name in item))
        check_names(names, "list of dicts")
        self._text_column = text_column
        self._columns = [self._settled(name, [item.get(name) for item in items], whole) for name in names]
        self._names = frozenset(names)
        self.schema = pa.schema([*(kept_field(column.field) for column in self._columns), ROW_FIELD])

    @staticmethod
    def _settled(name: str, values: Sequence[Any], whole: bool) -> PythonColumn:
        column = python_column(name, values)
        return PythonColumn(name, _TEXT) if not whole and pa.types.is_null(column.type) else column

    def text(self, item: Any) -> Any:
        """See `Rows.text`."""
        return item.get(self._text_column)

    def to_arrow(self, items: Sequence[Any], first_row: int) -> pa.RecordBatch:
        """See `Rows.to_arrow`."""
        arrays, replaced = [], None
        for column in self._columns:
            array, counts = column.to_arrow([item.get(column.name) for item in items], first_row)
            arrays.append(array)
            replaced = counts if column.name == self._text_column else replaced
        places = numbers(np.arange(first_row, first_row + len(items)))
        return noted_batch([*arrays, places], self.schema, replaced)

    def back(self, batch: pa.RecordBatch, schema: pa.Schema, item_of: Callable[[int], Any]) -> Iterator[dict[str, Any]]:
        """See `Rows.back`: the row's own values as they were, with the columns that stages made."""
        names = [name for name in schema.names if name != ROW_COLUMN]
        places = batch.column(schema.get_field_index(ROW_COLUMN)).to_pylist()
        for number, made in zip(places, _made(batch, schema), strict=True):
            item = item_of(number)
            late = {key: value for key, value in item.items() if key not in self._names}
            if clash := late.keys() & made.keys():
                msg = f"row {number} brings a value of its own for the output column {min(clash)!r}: rename its key"
                raise ColumnTypeError(msg)
            yield {name: values[name] for name in names if name in (values := made if name in made else item)} | late


def rows_like(check: Check, items: Sequence[Any], text_column: str, *, whole: bool) -> Rows:
    """Return how rows such as these become Arrow.

    Args:
        check: the check that they passed, which tells their kind.
        items: rows, of a stream the first ones.
        text_column: name of the column that bare texts make.
        whole: True where there are no other rows: types are those of these values.
    """
    if check is check_dict:
        return DictRows(items, text_column, whole=whole)
    return BareRows(text_column, lists=check is check_texts)


def text_size(text: Any) -> int:
    """Return the number of characters of a text or of a list of texts; 0 for anything else."""
    if isinstance(text, str):
        return len(text)
    return sum(len(item) for item in text if isinstance(item, str)) if isinstance(text, list | tuple) else 0


def text_sizes(texts: Sequence[Any]) -> NDArray[np.int64]:
    """Return `text_size` of each of some texts."""
    return np.fromiter((text_size(text) for text in texts), np.int64, len(texts))


def _made(batch: pa.RecordBatch, schema: pa.Schema) -> list[dict[str, Any]]:
    """Return a dict a row of the columns that stages made."""
    names = [field.name for field in schema if not is_kept(field) and field.name != ROW_COLUMN]
    columns = [cells_of(batch.column(schema.get_field_index(name)), Annotation) for name in names]
    return [dict(zip(names, (column[row] for column in columns), strict=True)) for row in range(batch.num_rows)]
