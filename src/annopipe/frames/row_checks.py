"""What a row of a list may be; everything else is refused by its number and type."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from annopipe.errors import ColumnTypeError

Check = Callable[[Any, int], None]


def check_text(item: Any, row: int) -> None:
    """Raise `ColumnTypeError` unless a row is a str or None."""
    if not (item is None or isinstance(item, str)):
        raise _wrong(item, row, "a text must be a str, a missing one None")


def check_texts(item: Any, row: int) -> None:
    """Raise `ColumnTypeError` unless a row is None or a list of str and None."""
    if not (item is None or isinstance(item, list | tuple)):
        raise _wrong(item, row, "the rows before it are lists of str, a missing one is None")
    for text in item or ():
        check_text(text, row)


def check_dict(item: Any, row: int) -> None:
    """Raise `ColumnTypeError` unless a row is a dict with names of columns as keys."""
    if not isinstance(item, Mapping):
        raise _wrong(item, row, "the rows before it are dicts")
    for key in item:
        if not isinstance(key, str):
            raise _wrong(key, row, "the keys of its dict must be str, the names of columns")


def check_like(items: Sequence[Any]) -> Check:
    """Return the check for rows of the kind of the first one that is not None, all of these checked."""
    first = next((item for item in items if item is not None), None)
    check = check_text
    if isinstance(first, Mapping):
        check = check_dict
    elif isinstance(first, list | tuple):
        check = check_texts
    for row, item in enumerate(items):
        check(item, row)
    return check


def _wrong(item: Any, row: int, want: str) -> ColumnTypeError:
    return ColumnTypeError(f"row {row} holds a {type(item).__name__} ({item!r:.60}): {want}")
