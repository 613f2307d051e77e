"""Plain folders from model folders of any form: the same vectors, in annopipe and in transformers."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from albert.hugging_face import hidden_states
from albert.random_models import int8_rows, write_safetensors
from annopipe.albert.model import AlbertModel
from annopipe.albert.plain import write_plain
from annopipe.errors import CheckpointError, ModelError, ModelFileMissing
from tiny_model import random_weights

TEXTS = ["the house by the river", "a doctor's letter, 1990", ""]


@pytest.fixture
def packed(tmp_path: Path, tiny_model_folder: Path) -> Path:
    """The tiny model as int8 rows."""
    folder = shutil.copytree(tiny_model_folder, tmp_path / "packed")
    (folder / "model.safetensors").unlink()
    weights = random_weights(AlbertModel.load(tiny_model_folder).config, seed=0)
    write_safetensors(folder / "model.int8.safetensors", int8_rows(weights))
    (folder / "card.md").write_text("A card.")
    return folder


def vectors(folder: Path) -> np.ndarray:
    return AlbertModel.load(folder, threads=1).embed_sentences(TEXTS)


def test_the_vectors_are_equal(packed: Path, tmp_path: Path) -> None:
    made = write_plain(packed, tmp_path / "deep" / "plain")
    assert made == tmp_path / "deep" / "plain"
    files = {path.name for path in made.iterdir()}
    assert files == {"config.json", "model.safetensors", "spiece.model", "tokenizer_config.json", "card.md"}
    assert np.array_equal(vectors(made), vectors(packed))
    assert [path.name for path in made.parent.iterdir()] == ["plain"]


def test_a_plain_folder_stays_as_it_is(tiny_model_folder: Path, tmp_path: Path) -> None:
    made = write_plain(str(tiny_model_folder), tmp_path)
    assert np.array_equal(vectors(made), vectors(tiny_model_folder))
    assert json.loads((made / "config.json").read_text())["dtype"] == "float32"


@pytest.mark.parametrize("name", ["config.json", "spiece.model", "model.int8.safetensors"])
def test_nothing_is_left_of_a_model_without_a_part(packed: Path, tmp_path: Path, name: str) -> None:
    (packed / name).unlink()
    with pytest.raises(ModelFileMissing):
        write_plain(packed, tmp_path / "plain")
    assert {path.name for path in tmp_path.iterdir()} == {"packed"}


def test_a_damaged_model_is_refused(packed: Path, tmp_path: Path) -> None:
    path = packed / "model.int8.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CheckpointError):
        write_plain(packed, tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_nothing_is_written_over(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not an empty folder"):
        write_plain(packed, packed)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ModelError, match="is not an empty folder"):
        write_plain(packed, tmp_path / "file")


def test_half_a_folder_is_taken_away(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("annopipe.albert.plain.write_weights", full)
    with pytest.raises(OSError, match="No space left"):
        write_plain(packed, tmp_path / "plain")
    assert {path.name for path in tmp_path.iterdir()} == {"packed"}


@pytest.mark.oracle
def test_transformers_loads_it(packed: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    made = write_plain(packed, tmp_path / "plain")
    theirs, faults = transformers.AlbertModel.from_pretrained(made, add_pooling_layer=False, output_loading_info=True)
    assert not any(faults.values())
    ours = AlbertModel.load(packed, threads=1)
    ids = np.array([[2, 7, 9, 20, 3], [2, 100, 8, 8, 3]])
    assert np.abs(hidden_states(theirs.eval(), ids)[-1] - ours.encoder.run(ids)).max() <= 2e-5
