"""What an earlier annopipe saved loads as it did: pickles, pipelines, stages, a dataset to go on with, a store."""

import json
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe

TEXTS = ["the house by the river", "", "a good teacher made little letters"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    with zipfile.ZipFile(Path(__file__).with_name("saved.zip")) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def expected(saved: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((saved / "expected.json").read_text())
    return found


def unpickled(saved: Path, name: str) -> Any:
    return pickle.loads((saved / f"{name}.pickle").read_bytes())  # noqa: S301 -- the repository's own


def check(rows: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert [[a.result for a in row["token"]] for row in rows] == expected["tokens"]
    for row, vectors in zip(rows, expected["vectors"], strict=True):
        found = np.concatenate([a.embeddings for a in row["vector"]]) if row["vector"] else np.zeros(0)
        np.testing.assert_allclose(found, vectors, atol=1e-5)


def test_a_fitted_pipeline(saved: Path, expected: dict[str, Any]) -> None:
    check(annopipe.PipelineModel.load(str(saved / "fitted")).transform(TEXTS), expected)


def test_a_pipeline(saved: Path, expected: dict[str, Any]) -> None:
    check(annopipe.Pipeline.load(str(saved / "pipeline")).fit().transform(TEXTS), expected)


def test_a_stage(saved: Path) -> None:
    assert annopipe.AlbertEmbeddings.load(str(saved / "embeddings")).getDimension() == 16


def test_pickles_of_stages(saved: Path) -> None:
    for name in ("pipeline", "fitted", "stages"):
        found = unpickled(saved, name)
        stages = found if isinstance(found, list) else found.getStages() if name == "pipeline" else found.stages
        assert len(stages) == 8
        assert stages[2].getOutputCol() == "token"


def test_pickles_of_annotations(saved: Path, expected: dict[str, Any]) -> None:
    found = unpickled(saved, "annotations")
    assert [a.result for a in found] == [token for row in expected["tokens"] for token in row]
    assert all(type(a) is annopipe.Annotation for a in found)


def test_other_pickles(saved: Path) -> None:
    assert "minLength" in [param.name for param in unpickled(saved, "params")]
    assert unpickled(saved, "card").name == "albert_base_uncased"
    assert type(unpickled(saved, "error")) is annopipe.AnnopipeError
    assert [len(words.tokens) for words in unpickled(saved, "words")] == [5, 0, 6]


def test_a_finished_dataset_is_not_made_again(saved: Path, tmp_path: Path) -> None:
    output = tmp_path / "dataset"
    shutil.copytree(saved / "dataset", output)
    before = {path.name: path.read_bytes() for path in output.glob("*.parquet")}
    assert before
    annopipe.embed_dataset(saved / "texts.txt", output, model=str(saved / "model"), progress=False)
    assert {path.name: path.read_bytes() for path in output.glob("*.parquet")} == before


def test_a_store(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOPIPE_HOME", str(saved / "store"))
    assert annopipe.load("saved_tiny", "en").dimension == 16
    assert annopipe.card("saved_tiny", "en").installed
