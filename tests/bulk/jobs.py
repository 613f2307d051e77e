"""Small jobs for the tests: texts, files of them, and datasets as rows."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

WORDS = ["the", "river", "bank", "house", "light.", "Letter", "(9)", "£", "naïve", "1990,", "😀", "zzyzx", "kitchen!"]


def make_texts(count: int, seed: int = 0) -> list[str]:
    """Texts of 0 to 9 words, some of them equal."""
    chance = random.Random(seed)  # noqa: S311
    return [" ".join(chance.choices(WORDS, k=chance.randint(0, 9))) for _ in range(count)]


def write_parquet(path: Path, texts: list[str | None], first: int = 0) -> Path:
    """Write a file with the columns ``id`` and ``text``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"id": range(first, first + len(texts)), "text": pa.array(texts, pa.string())}), path)
    return path


def read(folder: Path) -> pa.Table:
    """Return a dataset as one table."""
    return pq.read_table(folder)


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return a dataset as rows."""
    return read(folder).to_pylist()


def shards(folder: Path) -> list[Path]:
    """Return the files of shards that are in place, below folders too."""
    return sorted(folder.rglob("part-*.parquet"))


def leftovers(folder: Path) -> list[Path]:
    """Return files that were being written."""
    return sorted(folder.rglob("*.part"))


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, the lock left out."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != "_annopipe/lock"}
