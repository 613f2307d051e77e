"""The journal of a dataset: a line for each shard that is committed."""

import os
from collections.abc import Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annopipe.bulk.durable import sealed, unsealed
from annopipe.bulk.shard_file import PATTERN, ShardFile, shard_names

COUNTED: Final = ("rows", "texts", "unique", "cached", "computed", "tokens", "truncated")
MOST: Final = 2**63
READERS: Final = 4
"""Threads that read shards to compare them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a job's rows are shared out among shards.

    Attributes:
        rows: of all inputs.
        shard_rows: of one shard.
        parts: names of the parts of the dataset.
    """

    rows: int
    shard_rows: int
    parts: tuple[str, ...]

    @property
    def shards(self) -> int:
        """How many shards there are; one without rows where there is no row."""
        return max(1, -(-self.rows // self.shard_rows))

    def rows_of(self, shard: int) -> int:
        """Return the rows of one shard."""
        return max(0, min(self.shard_rows, self.rows - shard * self.shard_rows))

    def names(self, shard: int) -> list[str]:
        """Return the names of its files."""
        return list(shard_names(shard, self.parts).values())

    def but(self, done: Container[int]) -> list[str]:
        """Return the names of the files of all shards but some."""
        return [name for shard in range(self.shards) if shard not in done for name in self.names(shard)]


@dataclass(frozen=True, slots=True)
class Done:
    """A shard that is committed: its files, what was counted and the rows that failed."""

    shard: int
    files: list[ShardFile]
    counts: dict[str, int]
    failures: list[dict[str, Any]] = field(default_factory=list)

    def line(self, generation: int = 0) -> str:
        """Return the journal's line, by the run of some generation."""
        files = [file.described() for file in self.files]
        entry = {"shard": self.shard, "files": files, "counts": self.counts, "failures": self.failures}
        return sealed({**entry, "generation": generation})

    @classmethod
    def read(cls, line: str) -> "Done | None":
        """Return what a line says, None for one that is damaged, torn, or says what no run writes."""
        entry = unsealed(line)
        try:
            if entry is None:
                return None
            counts = {str(name): _count(value) for name, value in dict(entry["counts"]).items()}
            files = [_file(**file) for file in entry["files"]]
            failures = [dict(failure) for failure in entry["failures"]]
            return cls(_count(entry["shard"]), files, counts, failures)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def fits(self, layout: Layout) -> bool:
        """Tell whether a job of this layout has such a shard; what does not is damaged."""
        rows = layout.rows_of(self.shard)
        if self.shard >= layout.shards or [file.name for file in self.files] != layout.names(self.shard):
            return False
        if not rows and not self.counts:
            return True
        return set(COUNTED) <= self.counts.keys() and self.counts["rows"] == rows >= len(self.failures)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        msg = f"{value!r} is no count"
        raise ValueError(msg)
    return value


def _file(name: Any, bytes: Any, rows: Any, sha256: Any) -> ShardFile:
    if not isinstance(name, str) or not PATTERN.fullmatch(name) or not isinstance(sha256, str):
        msg = f"{name!r} is no file of a shard"
        raise ValueError(msg)
    return ShardFile(name, _count(bytes), _count(rows), sha256)


def read_journal(path: Path) -> dict[int, Done]:
    """Return the entries of a journal, the last one of each shard; damaged lines are left out."""
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    entries = (Done.read(line) for line in text.split("\n") if line)
    return {entry.shard: entry for entry in entries if entry is not None}


def whole(entries: Iterable[Done], layout: Layout, folder: Path) -> dict[int, Done]:
    """Return the entries that fit and whose files are there with the content that was written, in order."""
    fitting = sorted((entry for entry in entries if entry.fits(layout)), key=lambda entry: entry.shard)

    def is_whole(entry: Done) -> bool:
        return all(file.is_whole(folder, to_the_byte=True) for file in entry.files)

    with ThreadPoolExecutor(min(READERS, os.cpu_count() or 1)) as pool:
        found = pool.map(is_whole, fitting)
        return {entry.shard: entry for entry, good in zip(fitting, found, strict=True) if good}
