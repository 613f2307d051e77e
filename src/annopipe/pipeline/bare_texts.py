"""What the native API takes as texts: any iterable of them, in chunks that grow, so that first results come early."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa

from annopipe.errors import ColumnTypeError
from annopipe.frames.nulls import is_missing
from annopipe.frames.refusals import comes_from
from annopipe.surrogates import mend

FIRST_TEXTS: Final = 32
MOST_TEXTS: Final = 1024
MOST_CHARACTERS: Final = 250_000


def bare_texts(texts: Any) -> Iterator[str]:
    """Return each text as a str that Arrow takes; missing ones (None, NaN, ``pandas.NA``) are empty.

    Raises:
        ColumnTypeError: one text alone, a frame, or nothing to iterate over; of an element that is no text, when it is
            reached.
    """
    if isinstance(texts, str | bytes):
        raise ColumnTypeError(f"texts must be an iterable of texts, not one {type(texts).__name__}: pass [text]")
    if _is_frame(texts):
        name = type(texts).__name__
        msg = f"texts must be an iterable of texts, and this {name} is a frame: pass one column of it, frame['text']"
        raise ColumnTypeError(msg)
    if not isinstance(texts, Iterable):
        raise ColumnTypeError(f"texts must be an iterable of texts, such as a list of str, not {type(texts).__name__}")
    return _each(iter(texts))


def chunks(texts: Iterator[str]) -> Iterator[list[str]]:
    """Yield lists of texts that grow, bounded in number and characters."""
    chunk: list[str] = []
    characters, most = 0, FIRST_TEXTS
    for text in texts:
        chunk.append(text)
        characters += len(text)
        if len(chunk) >= most or characters >= MOST_CHARACTERS:
            yield chunk
            chunk, characters, most = [], 0, min(most * 2, MOST_TEXTS)
    if chunk:
        yield chunk


def _is_frame(texts: Any) -> bool:
    """Tell whether iterating over an object would give names of columns, columns or batches."""
    frame = isinstance(texts, Mapping | pa.Table | pa.RecordBatch | pa.RecordBatchReader)
    return frame or comes_from(texts, "pandas", "DataFrame") or comes_from(texts, "polars", "DataFrame", "LazyFrame")


def _each(texts: Iterator[Any]) -> Iterator[str]:
    for place, given in enumerate(texts):
        text = given.as_py() if isinstance(given, pa.Scalar) else given
        if isinstance(text, str):
            yield mend(text)[0]
        elif is_missing(text):
            yield ""
        else:
            kind = type(text).__name__
            raise ColumnTypeError(f"texts[{place}] is {kind}, not str: pass texts, or None where one is missing")
