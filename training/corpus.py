"""The training texts: files ``SOURCE.txt.xz``, one sentence or paragraph a line, and their division into segments."""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Iterator
from pathlib import Path

SHORTEST, LONGEST = 6, 44
"""Words after which a sentence end closes a segment, and the words at which a segment is cut."""

WHOLE_LINE_EVERY = 12
"""Each so many-th line stays whole (up to 1 500 characters), so that long inputs are seen in training too."""

SHARES = {"books": 0.45, "eltec": 0.35, "peps": 0.4, "powershell": 0.3, "sgd": 0.6, "social": 1.6, "topicalchat": 1.5}
"""How readily a source is drawn; 1 where nothing is said. Novels are plentiful, talk is not."""


def prepared(text: str) -> str:
    """Text as ALBERT's own code prepares it, uncased: quotes, NFKD, no combining marks, lower case, single spaces."""
    text = unicodedata.normalize("NFKD", text.replace("``", '"').replace("''", '"'))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).lower().split())


def sources(folder: Path) -> list[Path]:
    """The corpus files, in name order; an error where there are none."""
    found = sorted(folder.glob("*.txt.xz"))
    if not found:
        raise FileNotFoundError(f"{folder} holds no *.txt.xz: give the folder of the training texts")
    return found


def source_name(path: Path) -> str:
    return path.name.removesuffix(".txt.xz")


def lines(path: Path) -> Iterator[str]:
    """The lines of one corpus file, prepared."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield prepared(line)


def segments(line: str, number: int) -> Iterator[str]:
    """The line cut at sentence ends into segments of 6 to 44 words; each twelfth line whole."""
    words = line.split()
    if number % WHOLE_LINE_EVERY == 0:
        if len(words) >= 3:
            yield line
        return
    part: list[str] = []
    for word in words:
        part.append(word)
        if (word[-1] in ".!?" and len(part) >= SHORTEST) or len(part) >= LONGEST:
            yield " ".join(part)
            part = []
    if len(part) >= 3:
        yield " ".join(part)
