"""What the runs of a job made, noted before each file: the only things that annopipe ever deletes in an output."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from annopipe.bulk.durable import SCRATCH, sealed, unsealed
from annopipe.bulk.shard_file import PATTERN, ShardFile

RUN: Final = re.compile(r"run-(\d{1,18})-[0-9a-f]{8}")
"""Names of the folders in which runs write files before these have their place."""
REPORT: Final = "_report.json"
FAILURES: Final = "_failures.jsonl"
OWN: Final = (REPORT, FAILURES)
"""Files beside the shards."""


@dataclass(slots=True)
class Made:
    """The record of what was made.

    Attributes:
        runs: folders of runs.
        scratch: names in these folders that were begun.
        sizes: file in the dataset → the sizes with which it was put in place.
        found: files that were in the place of shards in a dataset of an earlier version, which kept no such record.
    """

    runs: list[str] = field(default_factory=list)
    scratch: set[str] = field(default_factory=set)
    sizes: dict[str, set[int]] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Made":
        """Return what a record says; damaged lines are left out."""
        made = cls()
        text = path.read_text("utf-8", "replace") if path.exists() else ""
        for line in text.split("\n"):
            made._take(unsealed(line) or {})
        return made

    def _take(self, entry: dict[str, Any]) -> None:
        run = entry.get("run")
        if isinstance(run, str) and RUN.fullmatch(run):
            self.runs.append(run)
        self.scratch.update(
            name for name in _names(entry.get("begun")) if name.endswith(SCRATCH) and Path(name).name == name
        )
        self.found.update(name for name in _names(entry.get("found")) if PATTERN.fullmatch(name))
        name, size = entry.get("made"), entry.get("bytes")
        if isinstance(name, str) and isinstance(size, int) and (PATTERN.fullmatch(name) or name in OWN):
            self.sizes.setdefault(name, set()).add(size)

    @property
    def generation(self) -> int:
        """The highest generation of a run."""
        return max((int(found[1]) for run in self.runs if (found := RUN.fullmatch(run))), default=0)

    def is_ours(self, folder: Path, name: str) -> bool:
        """Tell whether a file is one that a run made: its name and size were noted before it got its place."""
        try:
            return (folder / name).stat().st_size in self.sizes.get(name, ())
        except OSError:
            return False

    def lines(self, kept: Iterable[str]) -> Iterator[str]:
        """Return the lines of a new record that keeps some files."""
        for name in sorted(kept):
            for size in sorted(self.sizes.get(name, ())):
                yield line_of(name, size)
        if self.found:
            yield sealed({"found": sorted(self.found)})


def line_of(name: str, size: int) -> str:
    """Return the line that is written before a file gets its place."""
    return sealed({"made": name, "bytes": size})


def lines_of(files: Iterable[ShardFile]) -> str:
    """Return the lines of several files."""
    return "\n".join(line_of(file.name, file.bytes) for file in files)


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
