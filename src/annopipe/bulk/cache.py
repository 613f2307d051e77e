"""Results of earlier runs in one SQLite file, keyed by text, model and settings, within a limit of size."""

import sqlite3
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from annopipe.albert.codepoints import offsets_of
from annopipe.bulk.result import Part, Result, joined
from annopipe.errors import DatasetError
from annopipe.warnings import warn_once

FEW: Final = 500
"""Keys of one query: SQLite takes 999 values in old versions."""
LOW_WATER: Final = 0.9
ROW_BYTES: Final = 64
PATIENCE: Final = 60.0
_HEAD: Final = struct.Struct("<qq")
_LENGTH: Final = struct.Struct("<q")
_SUM_BYTES: Final = 16
_SUM_KEY: Final = b"annopipe cache 2"
"""Part of every checksum: entries of another form, such as those of old caches without checksums, fail it."""
_MAGIC: Final = b"SQLite format 3\0"
_LIKELY: Final = 12
"""Bytes of these sixteen that a damaged cache has at least, which distinguish it from any other file."""
_SIZE: Final = "max(CAST(size AS INTEGER), 0)"
"""A number whatever a damaged page says."""
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, used INTEGER, size INTEGER, value BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_use ON results (used, size);
"""


class Cache:
    """A file of results that several runs, also at the same time, read and add to.

    An entry holds the rows of one text as Arrow messages, nothing that is executed, behind a checksum of key and rows;
    one that does not fit its checksum is as if it were not there, and is replaced. When all together pass the limit
    those go that were not used for longest. Where the file is damaged or cannot be written any more a warning says so,
    and the run goes on without it.

    Args:
        path: the file; it is made if it is not there.
        limit: bytes of all entries together.
        schemas: the new columns of each part of the dataset.

    Raises:
        DatasetError: the file is something else than a cache.
    """

    def __init__(self, path: Path, limit: int, schemas: Mapping[str, pa.Schema]) -> None:
        self._limit, self._schemas = limit, schemas
        self._broken = False
        self._size = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        database = _looks_like_a_database(path)
        try:
            self._file = sqlite3.connect(path, timeout=PATIENCE)
            self._refuse_another(path)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=NORMAL")
            self._file.executescript(_TABLE)
            self._size = self._sum()
        except sqlite3.OperationalError as error:  # no permission, no such column
            raise _unusable(path, error) from error
        except sqlite3.DatabaseError as error:
            if not database:
                raise _unusable(path, error) from error
            self._give_up(error)

    def _refuse_another(self, path: Path) -> None:
        tables = {name for (name,) in self._file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and "results" not in tables:
            raise _unusable(path, "it is a database with other tables")

    def get(self, keys: Sequence[bytes]) -> tuple[list[bytes], Result | None]:
        """Return the keys that are known, and their results in this order (None for none)."""
        if self._broken:
            return [], None
        found: dict[bytes, bytes] = {}
        try:
            for first in range(0, len(keys), FEW):
                found.update(self._whole(keys[first : first + FEW]))
            if found:
                now = time.time_ns()
                self._file.executemany("UPDATE results SET used = ? WHERE key = ?", [(now, key) for key in found])
        except sqlite3.Error as error:
            self._give_up(error)
        return (list(found), self._read(list(found.values()))) if found else ([], None)

    def _whole(self, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Yield those of the entries that fit their checksums; a damaged page may give anything."""
        marks = ",".join("?" * len(keys))
        wanted = set(keys)
        for key, value in self._file.execute(f"SELECT key, value FROM results WHERE key IN ({marks})", keys):  # noqa: S608
            if not isinstance(key, bytes) or not isinstance(value, bytes) or key not in wanted:
                continue
            rows = value[_SUM_BYTES:]
            if _checksum(key, rows) == value[:_SUM_BYTES]:
                yield key, rows

    def put(self, keys: Sequence[bytes], result: Result) -> None:
        """Add results, each under its key; texts that failed are left out."""
        if self._broken:
            return
        now = time.time_ns()
        rows = []
        for place, key in enumerate(keys):
            if place not in result.failures:
                value = self._written(result, place)
                value = _checksum(key, value) + value
                rows.append((key, now, len(value) + ROW_BYTES, value))
        try:
            self._file.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", rows)
        except sqlite3.Error as error:
            self._give_up(error)
        self._size += sum(row[2] for row in rows)

    def commit(self) -> None:
        """Make what was added last, and drop the oldest where there is too much."""
        if self._broken:
            return
        try:
            if self._size > self._limit:
                self._shrink()
            self._file.commit()
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file."""
        self.commit()
        self._file.close()

    def _shrink(self) -> None:
        self._size = self._sum()
        for key, size in self._file.execute(f"SELECT key, {_SIZE} FROM results ORDER BY used").fetchall():  # noqa: S608
            if self._size <= self._limit * LOW_WATER:
                return
            self._file.execute("DELETE FROM results WHERE key = ?", (key,))
            self._size -= size

    def _sum(self) -> int:
        return int(self._file.execute(f"SELECT total({_SIZE}) FROM results").fetchone()[0])  # noqa: S608

    def _give_up(self, error: sqlite3.Error) -> None:
        if not self._broken:
            warn_once(f"the cache of vectors cannot be used any more, the job goes on without it ({error})")
        self._broken = True

    def _written(self, result: Result, place: int) -> bytes:
        pieces = [_HEAD.pack(int(result.tokens[place]), int(result.cut[place]))]
        for name in self._schemas:
            part = result.parts[name]
            first, last = int(part.offsets[place]), int(part.offsets[place + 1])
            message = part.table.slice(first, last - first).serialize()
            pieces += [_LENGTH.pack(message.size), message.to_pybytes()]
        return b"".join(pieces)

    def _read(self, values: Sequence[bytes]) -> Result:
        tables: dict[str, list[pa.RecordBatch]] = {name: [] for name in self._schemas}
        heads = [_HEAD.unpack_from(value) for value in values]
        for value in values:
            place = _HEAD.size
            for name, schema in self._schemas.items():
                (length,) = _LENGTH.unpack_from(value, place)
                place += _LENGTH.size
                message = pa.py_buffer(value).slice(place, length)
                tables[name].append(pa.ipc.read_record_batch(message, schema))
                place += length
        parts = {name: _part(batches, self._schemas[name]) for name, batches in tables.items()}
        tokens, cut = np.array(heads, np.int64).reshape(-1, 2).T
        return Result(parts, tokens, cut)


def _checksum(key: bytes, rows: bytes) -> bytes:
    summed = blake2b(key, digest_size=_SUM_BYTES, key=_SUM_KEY)
    summed.update(rows)
    return summed.digest()


def _looks_like_a_database(path: Path) -> bool:
    """Tell a database, also one whose first bytes are damaged, from some other file."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        magic = file.read(len(_MAGIC))
    return sum(one == other for one, other in zip(magic, _MAGIC, strict=False)) >= _LIKELY


def _unusable(path: Path, reason: object) -> DatasetError:
    return DatasetError(f"the cache {path} cannot be used ({reason}): remove it, or name another file")


def _part(batches: Sequence[pa.RecordBatch], schema: pa.Schema) -> Part:
    counts = np.fromiter((batch.num_rows for batch in batches), np.int64, len(batches))
    return Part(joined(batches, schema), offsets_of(counts))
