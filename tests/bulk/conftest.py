"""A job of five shards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annopipe

from .jobs import make_texts, write_parquet

TEXTS = make_texts(90)


@pytest.fixture
def job(tiny_model_folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """Run a job of five shards into a folder, twenty rows each but the last."""
    write_parquet(tmp_path / "in.parquet", TEXTS)

    def run(output: str = "out", **options: Any) -> Any:
        settings = {"model": tiny_model_folder, "level": "sentence", "shard_rows": 20, **options}
        return annopipe.embed_dataset(tmp_path / "in.parquet", tmp_path / output, **settings)

    return run
