"""What a stage holds of a model: folder and content hash, never weights."""

import pickle
import shutil
from pathlib import Path

import pytest

from annopipe.albert.content import content_hash
from annopipe.annotators.model_reference import ModelReference
from annopipe.errors import ModelFileMissing, ModelMismatch
from tiny_model import make_tiny_model


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def test_folder_and_content_hash_travel(folder: Path) -> None:
    sent = pickle.dumps(ModelReference(folder))
    assert content_hash(folder).encode() in sent
    assert len(sent) < 1000
    arrived = pickle.loads(sent)  # noqa: S301
    assert arrived.folder == folder
    assert arrived.model().content_hash == content_hash(folder)
    assert pickle.dumps(arrived) == sent


def test_no_file_is_read_again_for_a_hash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = pickle.dumps(ModelReference(folder))
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("a file was read"))
    assert pickle.dumps(ModelReference(folder)) == sent


def test_a_copy_of_the_content_will_do(folder: Path) -> None:
    sent = pickle.dumps(ModelReference(folder))
    other = folder.with_name("other")
    folder.rename(other)
    shutil.copytree(other, folder)
    assert pickle.loads(sent).model() is not None  # noqa: S301


def test_a_folder_that_is_not_there(folder: Path) -> None:
    sent = pickle.dumps(ModelReference(folder))
    shutil.rmtree(folder)
    with pytest.raises(
        ModelFileMissing, match=r"is not there on the machine .* put it on a path that driver and workers"
    ):
        pickle.loads(sent).model()  # noqa: S301


def test_a_folder_of_other_content(folder: Path) -> None:
    sent = pickle.dumps(ModelReference(folder))
    make_tiny_model(folder, seed=9)
    with pytest.raises(
        ModelMismatch, match=r"holds other content \(SHA-256 \w{12}….*\w{12}…\): give .* the same files"
    ):
        pickle.loads(sent).model()  # noqa: S301
    assert ModelReference(folder).model().content_hash == content_hash(folder)
