"""Repositories that hold a file of torch or a ``tokenizer.json`` alone: fetched and read without torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.albert.checkpoint import read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.errors import FetchMismatch, PickleRefused
from annopipe.hub import locate
from annopipe.hub.checksums import check
from annopipe.hub.provenance import Provenance
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub
from importers.fast_tokenizer import tokenizer_json
from importers.test_tokenizer_json import table_of
from importers.torch_zip import Call, assembled, save, write_torch_file
from importers.torch_zip import Name as Named


@pytest.fixture
def torch_hub(hub: LocalHub, tiny_model_folder: Path, tmp_path: Path) -> LocalHub:
    """Return a hub whose repository has no safetensors."""
    files = hub.repositories[BASE].files
    del files["model.safetensors"]
    weights = read_weights(tiny_model_folder, AlbertConfig.read(tiny_model_folder))
    stored = {f"albert.{name}": values for name, values in weights.items()} | {"predictions.bias": np.ones(3, "f4")}
    files["pytorch_model.bin"] = save(tmp_path / "x.bin", stored).read_bytes()
    return hub


def vectors(model: Any) -> Any:
    [words] = annopipe.load(model).embed_words(["the teacher’s 9, letters"])
    return words.vectors


def test_a_file_of_torch(torch_hub: LocalHub, tiny_model_folder: Path) -> None:
    folder = locate(NAME)
    names = {path.name for path in folder.iterdir()}
    assert names >= {"model.safetensors", "spiece.model", "SHA256SUMS", "source.json", "card.md"}
    assert "pytorch_model.bin" not in names
    origin = Provenance.read(folder)
    assert origin is not None
    assert origin.repository == BASE
    check(folder, whole=True)
    torch_hub.stop()
    assert np.array_equal(vectors(NAME), vectors(tiny_model_folder))


def test_shards_of_torch(torch_hub: LocalHub, tiny_model_folder: Path, tmp_path: Path) -> None:
    files = torch_hub.repositories[BASE].files
    del files["pytorch_model.bin"]
    weights = read_weights(tiny_model_folder, AlbertConfig.read(tiny_model_folder))
    places = {name: f"pytorch_model-0000{number % 2 + 1}-of-00002.bin" for number, name in enumerate(weights)}
    for shard in sorted(set(places.values())):
        some = {name: weights[name] for name, place in places.items() if place == shard}
        files[shard] = save(tmp_path / shard, some).read_bytes()
    files["pytorch_model.bin.index.json"] = json.dumps({"weight_map": places}).encode()
    locate(NAME)
    assert np.array_equal(vectors(NAME), vectors(tiny_model_folder))


def test_a_fast_tokenizer_alone(hub: LocalHub, tiny_model_folder: Path) -> None:
    files = hub.repositories[BASE].files
    spiece = files.pop("spiece.model")
    files["tokenizer.json"] = json.dumps(tokenizer_json(spiece, table_of(spiece), penalty=True)).encode()
    folder = locate(NAME)
    assert not (folder / "tokenizer.json").exists()
    assert np.array_equal(vectors(NAME), vectors(tiny_model_folder))


def test_a_hostile_file_is_refused_and_nothing_stays(
    torch_hub: LocalHub, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    evil = write_torch_file(tmp_path / "evil.bin", assembled(Call(Named("os", "system"), "touch ran")), {})
    torch_hub.repositories[BASE].files["pytorch_model.bin"] = evil.read_bytes()
    with pytest.raises(PickleRefused, match=r"albert-base-v1.*asks to run os\.system"):
        locate(NAME)
    assert not (tmp_path / "ran").exists()
    assert not [path for path in store.rglob("*") if path.is_file()]


def test_the_catalogs_digest_is_that_of_what_comes(
    torch_hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = tmp_path / "catalog.toml"
    entry = f'[[model]]\nname = "{NAME}"\nrepository = "{BASE}"\n'
    catalog.write_text(entry + 'sha256 = { "pytorch_model.bin" = "%s" }\n' % ("0" * 64))
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(catalog))
    with pytest.raises(FetchMismatch, match="but the catalog says"):
        locate(NAME)
