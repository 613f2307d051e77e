"""Loading models, once per process, and their content hash."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from annopipe.albert.content import CONTENT_FILES, content_hash
from annopipe.albert.model import AlbertModel
from annopipe.errors import AnnopipeError, CheckpointError, ModelFileMissing
from tiny_model import make_tiny_model


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def sums(folder: Path) -> str:
    """What ``sha256sum`` prints for the folder's files."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(folder.iterdir())
    )


def test_a_model_knows_its_parts(folder: Path) -> None:
    model = AlbertModel.load(str(folder), threads=1)
    assert model.folder == folder
    assert model.dimension == model.config.hidden_size == 16
    assert model.vocabulary.cls_id == 2


@pytest.mark.parametrize("name", ["config.json", "spiece.model", "model.safetensors"])
def test_a_folder_without_a_part(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelFileMissing, match=name.replace(".", r"\.")):
        AlbertModel.load(folder)
    with pytest.raises(FileNotFoundError):
        AlbertModel.shared(folder)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing):
        AlbertModel.shared(tmp_path / "nowhere")


def test_threads_share_one_model(folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(AlbertModel.shared, [folder] * 8))
    assert len(set(map(id, models))) == 1


def test_a_copy_is_the_same_model(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    os.utime(copy / "config.json", (1, 1))
    assert AlbertModel.shared(copy) is AlbertModel.shared(folder)


def test_other_content_is_another_model(folder: Path, tmp_path: Path) -> None:
    other = make_tiny_model(tmp_path / "other", seed=1)
    assert AlbertModel.shared(other) is not AlbertModel.shared(folder)


def test_a_changed_folder_is_loaded_anew(folder: Path) -> None:
    before = AlbertModel.shared(folder)
    make_tiny_model(folder, seed=2)
    after = AlbertModel.shared(folder)
    assert after is not before
    assert np.abs(before.embed_sentences(["the"]) - after.embed_sentences(["the"])).max() > 1e-3


def test_the_hash_is_of_the_content(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "card.md").write_text("Words.")
    assert AlbertModel.load(copy).content_hash == content_hash(folder)
    (copy / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    assert content_hash(copy) != content_hash(folder)


@pytest.mark.parametrize("name", [name for name in CONTENT_FILES if "int8" not in name])
def test_sums_are_checked(folder: Path, name: str) -> None:
    (folder / "SHA256SUMS").write_text(sums(folder))
    assert content_hash(folder)
    path = folder / name
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(CheckpointError, match=f"{name} has the SHA-256"):
        content_hash(folder)


def test_sums_of_other_files_and_forms_are_no_matter(folder: Path) -> None:
    digest = hashlib.sha256((folder / "config.json").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest.upper()} *./config.json\n{'0' * 64}  card.md\n\nodd\n")
    assert len(content_hash(folder)) == 64


def test_an_empty_folder_has_no_hash(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing, match="not a model folder"):
        content_hash(tmp_path)
    assert issubclass(ModelFileMissing, AnnopipeError)


def test_calls_from_several_threads(folder: Path) -> None:
    model = AlbertModel.load(folder, threads=1)
    texts = [f"the house {number}, café" for number in range(40)]
    alone = [model.embed_sentences([text]) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: model.embed_sentences([text]), texts))
    np.testing.assert_array_equal(np.array(together), np.array(alone))
