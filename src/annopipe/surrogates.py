"""Lone surrogates: half characters that Python strings can hold and Arrow cannot.

Each becomes U+FFFD, counted: the count travels beside the rows in a column of its own and ends in the document's
metadata (``replacedCharacters``). Spark NLP does the same without a word.
"""

import re
from collections.abc import Iterable
from typing import Final

NOTE_COLUMN: Final = "__annopipe_replaced__"
REPLACEMENT: Final = "\ufffd"
_LONE: Final = re.compile("[\ud800-\udfff]")


def mend(text: str) -> tuple[str, int]:
    """Return a text that Arrow takes, and how many characters were replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _LONE.subn(REPLACEMENT, text)
    return text, 0


def mend_all(texts: Iterable[str | None]) -> tuple[list[str | None], list[int] | None]:
    """Mend many texts; the counts are None where nothing was replaced."""
    kept: list[str | None] = []
    counts: list[int] = []
    for text in texts:
        mended, count = (None, 0) if text is None else mend(text)
        kept.append(mended)
        counts.append(count)
    return kept, counts if any(counts) else None
