"""Columns of Python objects as Arrow: object columns of pandas, rows that are dicts.

The type of a column is settled once, over all its values; a column of things that Arrow cannot hold gets a type that no
stage reads, whose name says what was found: it passes with its frame, and a stage that asks for it is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.arrow_buffers import python_numbers, texts
from annopipe.errors import ColumnTypeError
from annopipe.frames.annotation_cells import annotations_to_arrow, kind_of, looks_annotated
from annopipe.frames.mending import mended_cells
from annopipe.frames.nulls import is_missing
from annopipe.frames.unheld import unheld

_TRIAL_ROWS: Final = 8192
_NUMBERS: Final[Mapping[type | None, pa.DataType]] = {int: pa.int64(), float: pa.float64()}
_TEXT_MAP: Final = pa.map_(pa.string(), pa.string())
_UNFIT: Final = (pa.ArrowException, TypeError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class PythonColumn:
    """How one column of Python objects becomes Arrow.

    Attributes:
        name: the column's name.
        type: its Arrow type.
        kind: kind of its annotations, "" where they do not tell, None for other columns.
        opaque: True where Arrow cannot hold the values: nulls are sent.
    """

    name: str
    type: pa.DataType
    kind: str | None = None
    opaque: bool = False

    @property
    def field(self) -> pa.Field:
        """The Arrow field, the kind of its annotations in its metadata."""
        return pa.field(self.name, self.type, metadata={"annotatorType": self.kind} if self.kind else None)

    def to_arrow(self, values: Sequence[Any], first_row: int = 0) -> tuple[pa.Array, list[int] | None]:
        """Return values as Arrow, and the characters that were replaced in each, or None.

        Raises:
            ColumnTypeError: a value that does not fit the column's type; ``first_row`` counts rows in the text.
        """
        if self.opaque:
            return pa.nulls(len(values), self.type), None
        if self.kind is not None:
            return annotations_to_arrow(self.name, values, first_row), None
        try:
            return self._convert(values)
        except _UNFIT as unfit:
            row = next((i for i, value in enumerate(values) if not self._fits(value)), 0)
            msg = (
                f"column {self.name!r}, row {first_row + row}: a {type(values[row]).__name__} does not fit the "
                f"column's type {self.type}: convert the column first ({unfit})"
            )
            raise ColumnTypeError(msg) from unfit

    def _convert(self, values: Sequence[Any]) -> tuple[pa.Array, list[int] | None]:
        try:
            return self._array(values), None
        except UnicodeEncodeError:
            mended, counts = mended_cells([None if is_missing(value) else value for value in values])
            return self._array(mended), counts

    def _array(self, values: Sequence[Any]) -> pa.Array:
        if pa.types.is_map(self.type):
            values = [list(value.items()) if isinstance(value, Mapping) else value for value in values]
        large = pa.types.is_large_string(self.type)
        if (large or pa.types.is_string(self.type)) and all(value is None or type(value) is str for value in values):
            return texts(values, large=large)
        if self.type in _NUMBERS.values() and _NUMBERS.get(_own_type(values)) == self.type:
            return python_numbers(values, self.type)
        array = pa.array(values, self.type, from_pandas=True)
        return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array

    def _fits(self, value: Any) -> bool:
        try:
            self._convert([value])
        except _UNFIT:
            return False
        return True


def python_column(name: str, values: Sequence[Any], kind: str | None = None) -> PythonColumn:
    """Return the column of some values.

    Lists of anything but texts and annotations count as what Arrow cannot hold: no stage reads them, and they are
    dear to convert.

    Args:
        name: the column's name.
        values: all its cells (or, of a stream, the first ones); None, NaN, NaT and ``pandas.NA`` are nulls.
        kind: what is known from elsewhere of the annotations in it; used where no cell tells.
    """
    telling = next((value for value in values if not is_missing(value) and not _is_empty_list(value)), None)
    if telling is None:
        emptied = any(not is_missing(value) for value in values)
        return PythonColumn(name, COLUMN_TYPE, kind or "") if emptied or kind else PythonColumn(name, pa.null())
    if looks_annotated(telling):
        return PythonColumn(name, COLUMN_TYPE, kind_of(telling))
    if isinstance(telling, str):
        return text_column(name, values)
    if _is_list(telling) and not any(isinstance(item, str) for item in telling):
        return _opaque(name, values, None)
    return _inferred(name, values)


def text_column(name: str, values: Sequence[Any]) -> PythonColumn:
    """Return the column of texts, or of what Arrow cannot hold where some value is neither text nor null."""
    odd = next((i for i, value in enumerate(values) if not (isinstance(value, str) or is_missing(value))), None)
    return PythonColumn(name, pa.large_string()) if odd is None else _opaque(name, values, odd)


def _inferred(name: str, values: Sequence[Any]) -> PythonColumn:
    try:
        column = PythonColumn(name, _widened(_type_of(values)))
    except _UNFIT:
        return _opaque(name, values, None)
    for first in range(0, len(values), _TRIAL_ROWS):
        try:
            column.to_arrow(values[first : first + _TRIAL_ROWS])
        except ColumnTypeError:
            return _opaque(name, values, _first_other(values))
    return column


def _own_type(values: Sequence[Any]) -> type | None:
    """Return the one type that all values but None have, or None."""
    found = {type(value) for value in values if value is not None}
    return found.pop() if len(found) == 1 else None


def _type_of(values: Sequence[Any]) -> pa.DataType:
    own = _NUMBERS.get(_own_type(values))
    if own is not None:
        return own
    values = [None if is_missing(value) else value for value in values]  # a NaN among whole numbers makes none a float
    try:
        return pa.infer_type(values, from_pandas=True)
    except UnicodeEncodeError:
        return pa.infer_type(mended_cells(values)[0], from_pandas=True)


def _widened(type_: pa.DataType) -> pa.DataType:
    """Return dicts of texts as a map, other types as they are."""
    if pa.types.is_struct(type_) and all(_is_text_or_null(field.type) for field in type_):
        return _TEXT_MAP
    return type_


def _is_text_or_null(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_null(type_))


def _opaque(name: str, values: Sequence[Any], odd: int | None) -> PythonColumn:
    first = next(value for value in values if not is_missing(value))
    what = f"Python objects ({type(first).__name__}"
    what += ")" if odd is None else f", at row {odd} {type(values[odd]).__name__})"
    return PythonColumn(name, unheld(what), opaque=True)


def _first_other(values: Sequence[Any]) -> int | None:
    kinds = [(i, type(value)) for i, value in enumerate(values) if not is_missing(value)]
    return next((i for i, kind in kinds if kind is not kinds[0][1]), None)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _is_empty_list(value: Any) -> bool:
    return _is_list(value) and len(value) == 0
