"""Models into the store: whole, checked and with a card; or nothing at all."""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from albert.random_models import write_safetensors
from annopipe.albert.model import AlbertModel
from annopipe.cli import main
from annopipe.errors import (
    ArchiveError,
    FetchMismatch,
    ModelNotFound,
    NameTaken,
    ParamTypeError,
    ParamValueError,
    PickleRefused,
    SelfCheckFailed,
    SourceError,
    StoreError,
)
from annopipe.hub.card_reading import read_card
from annopipe.hub.checksums import check
from annopipe.hub.names import ModelName
from importers.conftest import change_config, contents, nothing_kept, same_bits, vectors
from importers.hostile_archives import tar_of, zip_of
from importers.torch_zip import Call, Name, assembled, save, write_torch_file


def test_an_imported_model_is_ready_by_its_name(store: Path, tiny_model_folder: Path) -> None:
    card = annopipe.import_model(tiny_model_folder, "my_albert", license="MIT", description="Mine.", version="2.1")
    assert (card.name, card.language, card.folder) == ("my_albert", "en", store / "my_albert_en")
    assert same_bits(vectors("my_albert"), vectors(tiny_model_folder))
    assert [one.name for one in annopipe.models() if one.installed and one.name == "my_albert"] == ["my_albert"]
    assert str(annopipe.card("my_albert")) == str(card)
    check(store / "my_albert_en", whole=True)
    stage = annopipe.AlbertEmbeddings.pretrained("my_albert", "en")
    assert stage.getDimension() == 16


def test_the_card_has_the_fields_of_spark_nlps(store: Path, tiny_model_folder: Path) -> None:
    card = annopipe.import_model(
        tiny_model_folder, "my_albert", "fr", license="MIT", description="Mine.", title="An ALBERT", version="2.1"
    )
    text = (store / "my_albert_fr" / "card.md").read_text()
    for line in (
        "title: An ALBERT",
        "name: my_albert",
        "language: fr",
        "task: Embeddings",
        "annotator: AlbertEmbeddings",
    ):
        assert f"\n{line}\n" in text
    facts = card.information
    assert (facts["License"], facts["Language"], facts["Dimension"]) == ("MIT", "fr", "16")
    assert facts["Case sensitive"] == "false"
    assert facts["Input Labels"] == "[sentence, token]"
    assert facts["Output Labels"] == "[embeddings]"
    assert re.fullmatch(r"\d+\.\d [kM]B", facts["Size"])
    assert re.fullmatch(r"my_albert_fr_2\.1_\d{13}", facts["Version"])
    assert facts["Source"] == str(tiny_model_folder)
    assert card.description == "Mine."
    assert card.verified == "import"
    assert "model.safetensors" in card.sha256
    again = read_card(text, ModelName("x", "en"))
    assert (again.name, again.information["Version"], again.date) == ("my_albert", facts["Version"], card.date)


@pytest.mark.parametrize("ending", ["zip", "tar.gz", "tgz", "tar"])
@pytest.mark.parametrize("prefix", ["", "a folder/", "./x/y/"])
def test_archives(ending: str, prefix: str, store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    files = contents(tiny_model_folder, prefix)
    data = zip_of(files) if ending == "zip" else tar_of(files, packed=ending != "tar")
    source = tmp_path / f"tiny_de_1.2_1700000000000.{ending}"
    source.write_bytes(data)
    card = annopipe.import_model(source)
    assert (card.name, card.language) == ("tiny", "de")
    assert card.information["SHA-256 of the source"] == hashlib.sha256(data).hexdigest()
    assert same_bits(vectors(store / "tiny_de"), vectors(tiny_model_folder))
    assert sorted(path.name for path in store.iterdir() if any(path.iterdir())) == ["tiny_de"]


def test_a_file_address(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.zip").write_bytes(zip_of(contents(tiny_model_folder)))
    assert annopipe.import_model((tmp_path / "tiny.zip").as_uri()).name == "tiny"
    assert annopipe.import_model(tiny_model_folder.as_uri(), "other").name == "other"
    with pytest.raises(SourceError, match="three slashes"):
        annopipe.import_model("file://elsewhere/tiny.zip")


def test_the_digest_is_compared(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    data = zip_of(contents(tiny_model_folder))
    (tmp_path / "tiny.zip").write_bytes(data)
    with pytest.raises(FetchMismatch, match="has the SHA-256"):
        annopipe.import_model(tmp_path / "tiny.zip", sha256="0" * 64)
    assert nothing_kept(store)
    annopipe.import_model(tmp_path / "tiny.zip", sha256=hashlib.sha256(data).hexdigest().upper())
    with pytest.raises(ParamValueError, match="64 hexadecimal digits"):
        annopipe.import_model(tmp_path / "tiny.zip", sha256="abc")
    with pytest.raises(SourceError, match="no SHA-256"):
        annopipe.import_model(tiny_model_folder, "other", sha256="0" * 64)


def test_a_digest_beside_the_archive_is_compared(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    data = zip_of(contents(tiny_model_folder))
    (tmp_path / "tiny.zip").write_bytes(data)
    (tmp_path / "tiny.zip.sha256").write_text(f"{'0' * 64}  tiny.zip\n")
    with pytest.raises(FetchMismatch, match="has the SHA-256"):
        annopipe.import_model(tmp_path / "tiny.zip")
    (tmp_path / "tiny.zip.sha256").write_text("damaged")
    with pytest.raises(FetchMismatch, match="holds no SHA-256"):
        annopipe.import_model(tmp_path / "tiny.zip")
    (tmp_path / "tiny.zip.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  tiny.zip\n")
    assert annopipe.import_model(tmp_path / "tiny.zip").installed


def test_a_name_keeps_its_weights(store: Path, tiny_model_folder: Path, repository: Path, weights: Any) -> None:
    first = annopipe.import_model(tiny_model_folder, "mine")
    assert annopipe.import_model(tiny_model_folder, "mine").information["Version"] == first.information["Version"]
    other = {name: values * np.float32(0.5) for name, values in weights.items()}
    write_safetensors(repository / "model.safetensors", other)
    with pytest.raises(NameTaken, match=r"'mine' \(en\) is in the store .* with other content"):
        annopipe.import_model(repository, "mine")
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))
    annopipe.import_model(repository, "mine", replace=True)
    assert same_bits(vectors("mine"), vectors(repository))
    with pytest.raises(NameTaken, match="comes with the package"):
        annopipe.import_model(repository, "albert_mini")
    assert sorted(path.name for path in store.iterdir() if path.name[0] != ".") == ["mine_en"]


def test_a_changed_model_says_how_it_comes_back(store: Path, tiny_model_folder: Path) -> None:
    annopipe.import_model(tiny_model_folder, "mine", "de")
    spiece = store / "mine_de" / "spiece.model"
    spiece.write_bytes(spiece.read_bytes() + b"x")
    again = f"annopipe import {tiny_model_folder} --name mine --lang de --replace"
    with pytest.raises(StoreError, match=re.escape(again)):
        annopipe.load("mine", "de")
    assert main(again.split()[1:]) == 0
    annopipe.load("mine", "de")


def test_two_models(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    shutil.copytree(tiny_model_folder, both / "one")
    shutil.copytree(tiny_model_folder, both / "two")
    with pytest.raises(SourceError, match=r"holds 2 models: one \(hugging-face\), two \(hugging-face\)"):
        annopipe.import_model(both)
    (tmp_path / "both.zip").write_bytes(zip_of(contents(both / "one", "one/") | contents(both / "two", "two/")))
    with pytest.raises(SourceError, match=r"both\.zip: both holds 2 models"):
        annopipe.import_model(tmp_path / "both.zip")
    shutil.rmtree(both / "two")
    (both / "one" / "saved_model.pb").write_bytes(b"x")
    with pytest.raises(SourceError, match="more than one model: hugging-face, tf-hub"):
        annopipe.import_model(both)
    assert nothing_kept(store)


def test_no_model(store: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match=r"holds no model.*notes\.txt.*model\.safetensors"):
        annopipe.import_model(tmp_path / "texts")
    for file, said in {
        "inner.tar.gz": "an archive inside",
        "config.json": "config.json without weights: copy",
        "flax_model.msgpack": "from_flax=True",
        "tf_model.h5": "from_tf=True",
    }.items():
        (tmp_path / "texts" / file).write_bytes(b"{}")
        with pytest.raises(SourceError, match=said):
            annopipe.import_model(tmp_path / "texts")
    (tmp_path / "empty.zip").touch()
    with pytest.raises(ArchiveError, match="is empty"):
        annopipe.import_model(tmp_path / "empty.zip")
    with pytest.raises(SourceError, match="is not there"):
        annopipe.import_model(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="addresses begin with"):
        annopipe.import_model("ftp://host/x.zip")
    (tmp_path / "nested.zip").write_bytes(zip_of({"inner.zip": zip_of({"config.json": b"{}"})}))
    with pytest.raises(SourceError, match=r"inner\.zip"):
        annopipe.import_model(tmp_path / "nested.zip")
    assert nothing_kept(store)


def test_a_hostile_pickle_in_a_zip(store: Path, repository: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    write_torch_file(repository / "pytorch_model.bin", assembled(Call(Name("os", "system"), "touch ran")), {})
    (tmp_path / "evil.zip").write_bytes(zip_of(contents(repository)))
    with pytest.raises(PickleRefused, match=r"evil\.zip.*asks to run os\.system.*Nothing in it was run"):
        annopipe.import_model(tmp_path / "evil.zip")
    assert not (tmp_path / "ran").exists()
    assert nothing_kept(store)


def test_a_file_of_torch_is_a_model(store: Path, repository: Path, weights: Any, tiny_model_folder: Path) -> None:
    save(repository / "pytorch_model.bin", weights)
    card = annopipe.import_model(repository, "torches")
    assert "pytorch_model.bin" in card.information["Source format"]
    assert same_bits(vectors("torches"), vectors(tiny_model_folder))


def test_a_vocabulary_of_another_size(store: Path, repository: Path, weights: Any) -> None:
    name = "embeddings.word_embeddings.weight"
    write_safetensors(repository / "model.safetensors", {**weights, name: weights[name][:-1].copy()})
    change_config(repository, vocab_size=403)
    with pytest.raises(annopipe.errors.VocabularyError, match=r"repository.*404 pieces.*vocab_size 403"):
        annopipe.import_model(repository)
    assert nothing_kept(store)


def test_weights_that_are_not_finite(store: Path, repository: Path, weights: Any) -> None:
    name = "embeddings.LayerNorm.bias"
    write_safetensors(repository / "model.safetensors", {**weights, name: np.full_like(weights[name], np.nan)})
    with pytest.raises(annopipe.errors.CheckpointError, match="8 NaN"):
        annopipe.import_model(repository)
    assert nothing_kept(store)


def test_weights_that_overflow_fail_the_self_check(store: Path, repository: Path, weights: Any) -> None:
    name = "encoder.embedding_hidden_mapping_in.weight"
    write_safetensors(repository / "model.safetensors", {**weights, name: np.full_like(weights[name], 3e38)})
    with pytest.raises(SelfCheckFailed, match="not finite"):
        annopipe.import_model(repository)
    assert nothing_kept(store)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "../up"}, ParamValueError),
        ({"name": "a/b"}, ParamValueError),
        ({"name": "x", "lang": "English"}, ModelNotFound),
        ({"name": "x", "version": "new"}, ParamValueError),
        ({"name": "x", "case_sensitive": "yes"}, ParamTypeError),
    ],
)
def test_arguments(arguments: Any, error: type[Exception], store: Path, tiny_model_folder: Path) -> None:
    with pytest.raises(error):
        annopipe.import_model(tiny_model_folder, **arguments)
    assert nothing_kept(store)


def test_the_command(store: Path, repository: Path, weights: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write_safetensors(repository / "model.safetensors", {**weights, "pooler.bias": np.zeros(16, np.float32)})
    assert main(["import", str(repository), "--name", "mine", "--lang", "de", "--no-case-sensitive"]) == 0
    out = capsys.readouterr().out
    assert "mine (de): 16 numbers a vector" in out
    assert "left out: Of no use for word vectors: `pooler.bias`." in out
    assert out.splitlines()[-1] == str(store / "mine_de")
    assert main(["card", "mine_de"]) == 0
    assert "import (read from another format" in capsys.readouterr().out
    assert main(["import", str(repository / "nowhere")]) == 2
    assert "annopipe: SourceError: " in capsys.readouterr().err


def test_a_source_that_may_not_be_read(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model_folder, tmp_path / "closed")
    (tmp_path / "closed" / "config.json").chmod(0)
    if os.access(tmp_path / "closed" / "config.json", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(SourceError, match="cannot be read"):
        annopipe.import_model(tmp_path / "closed")


@pytest.mark.reference
@pytest.mark.parametrize("engine", ["onnx", "tensorflow", "pipeline"])
@pytest.mark.filterwarnings("ignore::annopipe.errors.AnnopipeWarning")
def test_what_spark_nlp_saved(engine: str, store: Path, reference: Path) -> None:
    card = annopipe.import_model(reference / "golden" / "saved" / f"albert_tiny_{engine}.zip", "saved")
    ours = AlbertModel.load(card.folder or "")
    theirs = AlbertModel.load(reference / "models" / "albert-tiny-random")
    ids = np.arange(24, dtype=np.int64).reshape(2, 12) * 1200
    if engine == "tensorflow":
        assert same_bits(ours.encoder.run(ids), theirs.encoder.run(ids))
    else:
        np.testing.assert_allclose(ours.encoder.run(ids), theirs.encoder.run(ids), atol=1e-5, rtol=0)
