"""A store and a hub of their own for each test."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.local_hub import LocalHub, Repository

BASE = "albert/albert-base-v1"
NAME = "albert_embeddings_albert_base_v1"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty store, with no variable of the user's at work."""
    for name in ("ANNOPIPE_OFFLINE", "ANNOPIPE_CATALOG", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    return tmp_path / "store"


@pytest.fixture
def model_files(tiny_model_folder: Path) -> dict[str, bytes]:
    """Return the files of a tiny model, and others that a repository has beside them."""
    files = {path.name: path.read_bytes() for path in tiny_model_folder.iterdir()}
    return {**files, "README.md": b"# A model\n", "pytorch_model.bin": b"never to be opened", ".gitattributes": b"*"}


@pytest.fixture
def hub(store: Path, model_files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """Return a running hub that has the seed card's repository; nobody waits long between tries."""
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import constants

    monkeypatch.setattr("annopipe.hub.transfer.FIRST_WAIT", 0.01)
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.5)
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 0.5)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with LocalHub({BASE: Repository(model_files)}) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield running
