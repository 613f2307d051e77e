"""A damaged cache costs time, never a wrong row: what does not fit its checksum is not there."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import annopipe
from annopipe.bulk.cache import Cache
from annopipe.bulk.result import Part, Result
from annopipe.errors import AnnopipeWarning, DatasetError

from .jobs import read, write_parquet

LIMIT = 10**9
WIDTH = 32
VECTOR = pa.list_(pa.field("element", pa.float32(), nullable=False), WIDTH)
SCHEMAS = {"": pa.schema([pa.field("a", pa.string()), pa.field("vector", VECTOR)])}
KEYS = [bytes([number]) * 16 for number in range(150)]

pytestmark = pytest.mark.filterwarnings("ignore::annopipe.AnnopipeWarning")


def _result(keys: list[bytes]) -> Result:
    numbers = np.concatenate([np.random.default_rng(key[0]).normal(size=WIDTH) for key in keys]).astype(np.float32)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(numbers), type=VECTOR)
    table = pa.RecordBatch.from_arrays([pa.array([f"text {key[0]}" for key in keys]), vectors], schema=SCHEMAS[""])
    return Result({"": Part(table, np.arange(len(keys) + 1))}, np.ones(len(keys), np.int64), np.zeros(len(keys), int))


def _rows(cache: Cache) -> int:
    """Return how many entries are served; each must be what was put in."""
    keys, result = cache.get(KEYS)
    if result is not None:
        assert result.parts[""].table.equals(_result(keys).parts[""].table)
    return len(keys)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    cache = Cache(tmp_path / "whole.sqlite", LIMIT, SCHEMAS)
    cache.put(KEYS, _result(KEYS))
    cache.close()
    return (tmp_path / "whole.sqlite").read_bytes()


def _turn_a_bit(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(chance.choice([100, len(content), len(content)]))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _spoil_a_page(content: bytes, chance: random.Random) -> bytes:
    first = chance.randrange(len(content) // 4096) * 4096
    return content[:first] + chance.choice([bytes(4096), chance.randbytes(4096)]) + content[first + 4096 :]


@pytest.mark.parametrize("damage", [_turn_a_bit, _cut, _spoil_a_page])
def test_a_damaged_file_gives_no_wrong_row(
    damage: Callable[[bytes, random.Random], bytes], content: bytes, tmp_path: Path
) -> None:
    chance = random.Random(16)  # noqa: S311
    for number in range(120):
        path = tmp_path / f"{number}.sqlite"
        path.write_bytes(damage(content, chance))
        try:
            cache = Cache(path, chance.choice([LIMIT, 20_000]), SCHEMAS)
        except DatasetError as error:
            assert "remove it, or name another file" in str(error)  # noqa: PT017
            continue
        _rows(cache)
        cache.put(KEYS, _result(KEYS))
        cache.commit()
        _rows(cache)
        cache.close()


def test_an_entry_that_does_not_fit_its_checksum_is_made_again(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "whole.sqlite"
    assert content
    file = sqlite3.connect(path)
    file.execute("UPDATE results SET value = zeroblob(length(value)) WHERE key = ?", (KEYS[0],))
    file.execute("UPDATE results SET value = substr(value, 1, 40) WHERE key = ?", (KEYS[1],))
    file.execute("UPDATE results SET value = 'text' WHERE key = ?", (KEYS[2],))
    file.execute("UPDATE results SET value = (SELECT value FROM results WHERE key = ?)", (KEYS[4],))
    file.commit()
    file.close()
    cache = Cache(path, LIMIT, SCHEMAS)
    assert _rows(cache) == 1  # the fourth, under its own key
    cache.put(KEYS, _result(KEYS))
    assert _rows(cache) == len(KEYS)
    cache.close()


def test_a_cache_of_an_older_form_is_filled_again(content: bytes, tmp_path: Path) -> None:
    assert content
    file = sqlite3.connect(tmp_path / "whole.sqlite")
    file.execute("UPDATE results SET value = substr(value, 17)")
    file.commit()
    file.close()
    cache = Cache(tmp_path / "whole.sqlite", LIMIT, SCHEMAS)
    assert _rows(cache) == 0
    cache.put(KEYS, _result(KEYS))
    assert _rows(cache) == len(KEYS)
    cache.close()


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.sqlite"
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE mine (a)")
    file.commit()
    file.close()
    before = path.read_bytes()
    with pytest.raises(DatasetError, match="it is a database with other tables"):
        Cache(path, LIMIT, SCHEMAS)
    assert path.read_bytes() == before


def test_a_damaged_first_page_is_a_warning(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annopipe.warnings._said", set())
    (tmp_path / "cache.sqlite").write_bytes(b"SQLite!format" + content[13:])
    with pytest.warns(AnnopipeWarning, match="the job goes on without it"):
        cache = Cache(tmp_path / "cache.sqlite", LIMIT, SCHEMAS)
    assert _rows(cache) == 0
    cache.close()


def test_a_job_with_a_damaged_cache_makes_the_same_dataset(tiny_model_folder: Path, tmp_path: Path) -> None:
    source = write_parquet(tmp_path / "in.parquet", [f"the river bank {number}" for number in range(30)])
    cache = tmp_path / "cache.sqlite"

    def run(output: str) -> int:
        return annopipe.embed_dataset(
            source, tmp_path / output, model=tiny_model_folder, level="sentence", cache=cache
        ).cached

    run("first")
    file = sqlite3.connect(cache)
    for number, (key, value) in enumerate(file.execute("SELECT key, value FROM results").fetchall()):
        turned = bytearray(value)
        turned[-20] ^= 1  # in the numbers of the vector
        if number % 3 == 0:
            file.execute("UPDATE results SET value = ? WHERE key = ?", (bytes(turned), key))
    file.commit()
    file.close()
    assert (run("second"), run("third")) == (20, 30)
    assert read(tmp_path / "second").equals(read(tmp_path / "first"))
    assert read(tmp_path / "third").equals(read(tmp_path / "first"))
