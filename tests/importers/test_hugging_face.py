"""Repositories of Hugging Face's hub: every weight bit for bit, and each thing in them accounted for."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import annopipe
from albert.random_models import write_safetensors
from annopipe.albert.checkpoint import read_weights
from annopipe.errors import CheckpointError, ModelError, ModelFileMissing, OtherArchitecture, SourceError
from annopipe.importers.found import Choices, Found
from annopipe.importers.hugging_face import read
from annopipe.importers.layout import detect
from annopipe.importers.model_folder import write_folder
from importers.conftest import change_config, same_bits
from importers.torch_zip import save

Arrays = Mapping[str, NDArray[Any]]
Writer = Callable[[Path, Arrays], object]

FORMS: dict[str, tuple[str, Writer]] = {
    "safetensors": ("model.safetensors", write_safetensors),
    "torch": ("pytorch_model.bin", save),
}
HEADS = {
    "pooler.weight": (16, 16),
    "pooler.bias": (16,),
    "predictions.bias": (404,),
    "predictions.LayerNorm.weight": (8,),
    "predictions.dense.weight": (8, 16),
    "predictions.decoder.weight": (404, 8),
    "predictions.decoder.bias": (404,),
    "sop_classifier.classifier.weight": (2, 16),
    "classifier.weight": (2, 16),
    "qa_outputs.weight": (2, 16),
    "albert.pooler.weight": (16, 16),
}


def heads() -> dict[str, NDArray[np.float32]]:
    return {name: np.full(shape, 7, np.float32) for name, shape in HEADS.items()}


def half(values: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    stored = values.astype(np.float16)
    return stored, stored.astype(np.float32)


def brain(values: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    stored = (values.view(np.uint32) >> 16).astype(np.uint16)
    return stored, (stored.astype(np.uint32) << 16).view(np.float32)


def whole(values: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    return values, values


def assert_same(found: Found, expected: Arrays) -> None:
    assert found.tensors.keys() == expected.keys()
    for name, values in expected.items():
        assert same_bits(found.tensors[name], values), name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [whole, half, brain])
def test_weights_come_bit_for_bit(form: str, kind: Any, repository: Path, weights: Arrays) -> None:
    file, write = FORMS[form]
    stored = {name: kind(values) for name, values in weights.items()}
    write(repository / file, {name: pair[0] for name, pair in stored.items()})
    assert detect(repository) == ("hugging-face" if form == "safetensors" else "torch")
    assert_same(read(repository, Choices()), {name: pair[1] for name, pair in stored.items()})


@pytest.mark.parametrize("form", FORMS)
def test_prefix_heads_and_old_names(form: str, repository: Path, weights: Arrays) -> None:
    file, write = FORMS[form]
    renamed = {f"albert.{name}": values for name, values in weights.items()}
    for new, old in (("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")):
        renamed = {name.replace(new, old): values for name, values in renamed.items()}
    positions = {"albert.embeddings.position_ids": np.arange(64, dtype=np.int64)[np.newaxis]}
    write(repository / file, {**renamed, **heads(), **positions})
    found = read(repository, Choices())
    assert_same(found, weights)
    assert set(found.left_out) == {*HEADS, *positions}


@pytest.mark.parametrize("form", FORMS)
def test_shards(form: str, repository: Path, weights: Arrays) -> None:
    file, write = FORMS[form]
    stem, _, ending = file.partition(".")
    places = {name: f"{stem}-0000{1 + number % 2}-of-00002.{ending}" for number, name in enumerate(weights)}
    for shard in set(places.values()):
        write(repository / shard, {name: weights[name] for name, place in places.items() if place == shard})
    (repository / f"{file}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    assert_same(read(repository, Choices()), weights)
    (repository / shard).unlink()
    with pytest.raises(ModelFileMissing, match=rf"lacks {shard}"):
        read(repository, Choices())


@pytest.mark.parametrize(
    "names",
    [{"a": "../x.bin"}, {"a": "/etc/passwd"}, {"a": 3}, {}, [], {"a": "x.pt"}, {"a": "sub/x.bin"}, {"a": "x\n.bin"}],
)
@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_an_index_leads_nowhere_else(file: str, names: object, repository: Path) -> None:
    (repository / f"{file}.index.json").write_text(json.dumps({"weight_map": names}))
    with pytest.raises(SourceError, match=r"names no weights|no file of weights beside it"):
        read(repository, Choices())


def test_a_weight_that_is_there_twice_is_named(repository: Path, weights: Arrays) -> None:
    name = "embeddings.LayerNorm.bias"
    write_safetensors(repository / "model.safetensors", {**weights, f"albert.{name}": weights[name]})
    with pytest.raises(SourceError, match=rf"{name} is there twice"):
        read(repository, Choices())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda tensors: tensors.pop("embeddings.LayerNorm.bias"), r"missing embeddings\.LayerNorm\.bias \[8\]"),
        (lambda tensors: tensors.update({"encoder.odd": np.ones(3, np.float32)}), r"left over encoder.odd \[3\]"),
        (
            lambda tensors: tensors.update({"embeddings.LayerNorm.bias": np.ones(9, np.float32)}),
            r"embeddings\.LayerNorm\.bias is \[9\]",
        ),
    ],
)
def test_what_does_not_fit_is_named(
    changed: Any, reason: str, repository: Path, weights: Arrays, tmp_path: Path
) -> None:
    tensors = dict(weights)
    changed(tensors)
    write_safetensors(repository / "model.safetensors", tensors)
    (tmp_path / "out").mkdir()
    with pytest.raises(CheckpointError, match=reason):
        write_folder(read(repository, Choices()), tmp_path / "out", "here")


@pytest.mark.parametrize(
    ("names", "architecture"),
    [
        (["bert.encoder.layer.0.attention.self.query.weight"], "BERT"),
        (["encoder.layer.0.attention.self.query.weight"], "BERT"),
        (["roberta.encoder.layer.0.attention.self.query.weight"], "RoBERTa"),
        (["distilbert.transformer.layer.0.attention.q_lin.weight"], "DistilBERT"),
        (["electra.encoder.layer.0.attention.self.query.weight"], "ELECTRA"),
        (["deberta.encoder.layer.0.attention.self.in_proj.weight"], "DeBERTa"),
        (["transformer.h.0.attn.c_attn.weight"], "GPT-2"),
        (["encoder.block.0.layer.0.SelfAttention.q.weight"], "T5"),
        (["model.layers.0.self_attn.q_proj.weight"], "Llama"),
    ],
)
def test_another_architecture_is_named_by_its_weights(names: list[str], architecture: str, repository: Path) -> None:
    write_safetensors(repository / "model.safetensors", {name: np.ones((2, 2), np.float32) for name in names})
    with pytest.raises(OtherArchitecture, match=rf"weights of .*{architecture}"):
        read(repository, Choices())


@pytest.mark.parametrize(
    "told",
    [{"model_type": "bert"}, {"model_type": None, "architectures": ["RobertaModel"]}, {"model_type": ["albert"]}],
)
def test_another_architecture_is_named_by_its_config(told: dict[str, Any], repository: Path, weights: Arrays) -> None:
    write_safetensors(repository / "model.safetensors", weights)
    change_config(repository, **told)
    with pytest.raises(OtherArchitecture, match="only ALBERT runs here"):
        read(repository, Choices())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"a": ' * 100_000, b"\xff\xfe"])
def test_a_damaged_config(content: bytes, repository: Path, weights: Arrays) -> None:
    write_safetensors(repository / "model.safetensors", weights)
    (repository / "config.json").write_bytes(content)
    with pytest.raises(SourceError, match=r"config\.json"):
        read(repository, Choices())


def test_choices_come_before_what_the_folder_says(repository: Path, weights: Arrays, tmp_path: Path) -> None:
    write_safetensors(repository / "model.safetensors", weights)
    (tmp_path / "other.model").write_bytes(b"other")
    chosen = Choices(4, 1e-5, "gelu", vocabulary=tmp_path / "other.model", case_sensitive=True)
    found = read(repository, chosen)
    assert found.config["num_attention_heads"] == 4
    assert found.config["layer_norm_eps"] == 1e-5
    assert found.config["hidden_act"] == "gelu"
    assert found.vocabulary == b"other"
    assert found.settings["tokenizer_config"]["do_lower_case"] is False


def test_values_that_do_not_fit_are_refused(repository: Path, weights: Arrays, tmp_path: Path) -> None:
    write_safetensors(repository / "model.safetensors", weights)
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelError, match="hidden_size 16 is not a multiple of num_attention_heads 3"):
        write_folder(read(repository, Choices(heads=3)), tmp_path / "out", "here")


def test_the_packages_own_form(store: Path) -> None:
    bundled = annopipe.load("albert_mini").model
    annopipe.import_model(bundled.folder, "copied")
    for name, values in read_weights(bundled.folder, bundled.config).items():
        assert same_bits(read(store / "copied_en", Choices()).tensors[name], values), name


def test_no_vocabulary(repository: Path, weights: Arrays) -> None:
    write_safetensors(repository / "model.safetensors", weights)
    (repository / "spiece.model").unlink()
    with pytest.raises(ModelFileMissing, match="vocabulary"):
        read(repository, Choices())
