"""300 000 rows from several files: all there, none twice, each row's vectors its own, memory flat."""

import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annopipe import PipelineModel

ROWS, FILES = 300_000, 6
WORDS = ("house", "garden", "river", "letter", "market", "window", "winter", "number")
pytestmark = pytest.mark.long


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files; the text of a row tells its number in words of the vocabulary."""
    folder = tmp_path / "in"
    folder.mkdir()
    for part in range(FILES):
        numbers = range(part * ROWS // FILES, (part + 1) * ROWS // FILES)
        texts = [f"{WORDS[n % 8]} {WORDS[n // 8 % 8]}" for n in numbers]
        pq.write_table(pa.table({"n": pa.array(numbers, pa.int64()), "text": texts}), folder / f"{part}.parquet")
    return folder


def _peak() -> int:
    """Highest resident memory of this process so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 1_000_000


def test_every_row_once_with_its_own_vectors(spark: Any, model: PipelineModel, folder: Path, tmp_path: Path) -> None:
    result = model.transform(spark.read.parquet(str(folder)))
    result.limit(20_000).write.parquet(str(tmp_path / "few"))
    before = _peak()
    result.write.parquet(str(tmp_path / "out"))
    assert _peak() - before < 150
    native = model.transform([f"{WORDS[n % 8]} {WORDS[n // 8 % 8]}" for n in range(64)])
    expected = np.stack([np.concatenate([word.embeddings for word in row["e"]]) for row in native])
    seen = np.zeros(ROWS, np.int64)
    for batch in pq.ParquetDataset(tmp_path / "out").read(columns=["n", "e"]).to_batches(max_chunksize=10_000):
        numbers = batch.column("n").to_numpy()
        np.add.at(seen, numbers, 1)
        vectors = np.asarray(batch.column("e").flatten().field("embeddings").flatten(), np.float32)
        assert np.abs(vectors.reshape(len(numbers), -1) - expected[numbers % 64]).max() <= 1e-6
    assert (seen == 1).all()
