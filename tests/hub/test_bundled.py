"""The model inside the package: its files are compared with their digests when it is loaded."""

import os
import shutil
from pathlib import Path

import pytest

import annopipe
from annopipe.errors import StoreError
from annopipe.hub import checksums, locate
from annopipe.hub.store import BUNDLED

KEY = "albert_mini_en"
FILES = sorted(checksums.read_sums(BUNDLED / KEY))


@pytest.fixture
def package(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package's models, in its place."""
    copy = shutil.copytree(BUNDLED, tmp_path / "models")
    for module in ("places", "checksums", "store"):
        monkeypatch.setattr(f"annopipe.hub.{module}.BUNDLED", copy)
    return copy / KEY


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused_by_name(package: Path, name: str) -> None:
    change_a_byte(package / name)
    for load in (annopipe.load, annopipe.AlbertEmbeddings.pretrained):
        with pytest.raises(StoreError, match=f"{name} was changed.*install annopipe again"):
            load("albert_mini")


@pytest.mark.parametrize("name", [name for name in FILES if name != "config.json"])
def test_a_missing_file_is_refused_by_name(package: Path, name: str) -> None:
    (package / name).unlink()
    with pytest.raises(StoreError, match=f"{name} is missing: install annopipe again"):
        annopipe.load("albert_mini")


def test_a_sound_model_is_read_once(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def digesting(path: Path) -> str:
        read.append(path.name)
        return sha256_of(path)

    sha256_of = checksums.sha256_of
    monkeypatch.setattr(checksums, "sha256_of", digesting)
    for _ in range(3):
        assert locate("albert_mini") == package
    assert sorted(read) == FILES
    os.utime(package / "spiece.model", (1, 1))
    locate("albert_mini")
    assert sorted(read) == sorted([*FILES, "spiece.model"])


def test_every_file_has_a_digest() -> None:
    there = {path.name for path in (BUNDLED / KEY).iterdir()}
    assert there - set(FILES) <= {"SHA256SUMS", "card.md"}
    assert {"config.json", "spiece.model", "tokenizer_config.json"} < set(FILES)
