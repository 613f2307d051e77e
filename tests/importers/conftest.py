"""A store of its own for each test, and models in the forms that are imported."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import annopipe
from annopipe.albert.checkpoint import read_weights
from annopipe.albert.config import AlbertConfig

TEXT = "the teacher made 2 more letters."


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty store, with no variable of the user's at work."""
    for name in ("ANNOPIPE_OFFLINE", "ANNOPIPE_CATALOG", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANNOPIPE_HOME", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def weights(tiny_model_folder: Path) -> dict[str, NDArray[Any]]:
    """Return the tiny model's weights."""
    return dict(read_weights(tiny_model_folder, AlbertConfig.read(tiny_model_folder)))


@pytest.fixture
def repository(tmp_path: Path, tiny_model_folder: Path) -> Path:
    """Return a copy of the tiny model's folder without its weights, to be given others."""
    folder = tmp_path / "repository"
    shutil.copytree(tiny_model_folder, folder)
    (folder / "model.safetensors").unlink()
    return folder


def change_config(folder: Path, **values: object) -> None:
    """Set keys of a folder's ``config.json``; None takes one out."""
    path = folder / "config.json"
    told = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({key: value for key, value in told.items() if value is not None}))


def same_bits(ours: NDArray[Any], theirs: NDArray[Any]) -> bool:
    """Tell whether two float32 arrays are the same to the last bit."""
    return ours.shape == theirs.shape and np.array_equal(
        np.ascontiguousarray(ours, np.float32).view(np.uint32), np.ascontiguousarray(theirs, np.float32).view(np.uint32)
    )


def contents(folder: Path, prefix: str = "") -> dict[str, bytes]:
    return {prefix + path.name: path.read_bytes() for path in folder.iterdir()}


def vectors(folder: Path | str) -> Any:
    [words] = annopipe.load(folder).embed_words([TEXT])
    return words.vectors


def nothing_kept(store: Path) -> bool:
    """Tell whether a store holds no model and no half of one."""
    return not store.exists() or not [path for path in store.rglob("*") if path.is_file()]
