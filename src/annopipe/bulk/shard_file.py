"""A finished file of the dataset, and the names of such files."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from annopipe.bulk.durable import digest
from annopipe.bulk.settings import SENTENCES, WORDS

ENDING: Final = ".parquet"
PATTERN: Final = re.compile(rf"(?:(?:{WORDS}|{SENTENCES})/)?part-\d{{5,18}}\{ENDING}")
"""Names of files of shards in the dataset's folder; no other name in a journal is believed."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """A finished file: its name in the dataset's folder, size, rows and SHA-256."""

    name: str
    bytes: int
    rows: int
    sha256: str

    def described(self) -> dict[str, Any]:
        """Return all by name."""
        return asdict(self)

    def is_whole(self, folder: Path, *, to_the_byte: bool) -> bool:
        """Tell whether the file is there with this size, a footer that fits and, if asked, this content."""
        path = folder / self.name
        try:
            if path.stat().st_size != self.bytes or (to_the_byte and digest(path) != self.sha256):
                return False
            with path.open("rb") as file:
                return bool(pq.read_metadata(file).num_rows == self.rows)
        except (OSError, ValueError, pa.ArrowException):  # a damaged footer may hold text that is no UTF-8
            return False


def shard_names(number: int, parts: Iterable[str]) -> dict[str, str]:
    """Return the file of each part: in the folder itself, or in one for each of several parts."""
    name = f"part-{number:05d}{ENDING}"
    parts = list(parts)
    return {part: name if len(parts) == 1 else f"{part}/{name}" for part in parts}
