"""Weights of a model folder: names that checkpoints use, and one error that names each misfit."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from albert.random_models import TINY, random_weights, write_safetensors
from annopipe.albert.checkpoint import read_weights
from annopipe.errors import CheckpointError, ModelFileMissing

WEIGHTS = random_weights(TINY)
FILE = "model.safetensors"
INDEX = "model.safetensors.index.json"
QUERY = "encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight"


def assert_read(folder: Path) -> None:
    """The folder gives ``WEIGHTS``, all and only those."""
    found = read_weights(folder, TINY)
    assert found.keys() == WEIGHTS.keys()
    for name, values in WEIGHTS.items():
        assert found[name].dtype == np.float32
        assert not found[name].flags.writeable
        assert np.array_equal(found[name], values)


def refused(folder: Path, tensors: dict[str, NDArray[Any]]) -> str:
    """Text of the error over a folder with these tensors."""
    write_safetensors(folder / FILE, tensors)
    with pytest.raises(CheckpointError) as caught:
        read_weights(folder, TINY)
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_plain_names(tmp_path: Path) -> None:
    write_safetensors(tmp_path / FILE, WEIGHTS)
    assert_read(tmp_path)


def test_names_of_hub_checkpoints(tmp_path: Path) -> None:
    stored: dict[str, NDArray[Any]] = {f"albert.{name}": values for name, values in WEIGHTS.items()}
    stored["albert.embeddings.position_ids"] = np.arange(64)[np.newaxis]
    heads = ["albert.pooler.weight", "albert.pooler.bias", "predictions.bias", "predictions.LayerNorm.weight"]
    heads += ["predictions.dense.weight", "predictions.decoder.weight", "sop_classifier.classifier.weight"]
    heads += ["classifier.weight", "qa_outputs.bias"]
    stored |= {name: np.full(3, np.nan, np.float32) for name in heads}
    write_safetensors(tmp_path / FILE, stored)
    assert_read(tmp_path)


def test_old_names_of_layer_normalisation(tmp_path: Path) -> None:
    def old(name: str) -> str:
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    stored = {old(name): values for name, values in WEIGHTS.items()}
    assert "embeddings.LayerNorm.gamma" in stored
    write_safetensors(tmp_path / FILE, stored)
    assert_read(tmp_path)


def test_half_precision_weights(tmp_path: Path) -> None:
    write_safetensors(tmp_path / FILE, {name: values.astype(np.float16) for name, values in WEIGHTS.items()})
    found = read_weights(tmp_path, TINY)
    for name, values in WEIGHTS.items():
        assert np.array_equal(found[name], values.astype(np.float16).astype(np.float32))


def test_every_group_and_inner_layer_has_weights() -> None:
    groups = random_weights(replace(TINY, num_hidden_groups=2, inner_group_num=2))
    assert "encoder.albert_layer_groups.1.albert_layers.1.ffn.weight" in groups
    assert len(groups) - len(WEIGHTS) == 3 * (len(WEIGHTS) - 7)


@pytest.mark.oracle
def test_a_model_saved_by_transformers(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from albert.hugging_face import albert
    from annopipe.albert.config import AlbertConfig

    albert(TINY, WEIGHTS).save_pretrained(tmp_path)
    assert AlbertConfig.read(tmp_path) == TINY
    assert_read(tmp_path)


def test_all_misfits_are_named_at_once(tmp_path: Path) -> None:
    stored = dict(WEIGHTS)
    stored[QUERY] = np.zeros((24, 25), np.float32)
    del stored["embeddings.LayerNorm.bias"]
    stored["encoder.extra.weight"] = np.zeros((2, 3), np.float32)
    text = refused(tmp_path, stored)
    assert f"{QUERY} is [24, 25] where the config asks for [24, 24]" in text
    assert "missing embeddings.LayerNorm.bias [8]" in text
    assert "left over encoder.extra.weight [2, 3]" in text
    assert "1 of the wrong shape, 1 missing, 1 left over" in text


def test_many_misfits_are_counted(tmp_path: Path) -> None:
    text = refused(tmp_path, {f"other.{number}": np.zeros(1, np.float32) for number in range(30)})
    assert f"{len(WEIGHTS)} missing, 30 left over" in text
    assert "more" in text
    assert len(text) < 4000


@pytest.mark.parametrize(
    ("value", "part"), [(np.nan, "1 NaN of 576"), (np.inf, "1 infinite of 576"), (-np.inf, "1 infinite of 576")]
)
def test_weights_that_are_not_finite(tmp_path: Path, value: float, part: str) -> None:
    stored = dict(WEIGHTS)
    stored[QUERY] = WEIGHTS[QUERY].copy()
    stored[QUERY][3, 4] = value
    text = refused(tmp_path, {f"albert.{name}": values for name, values in stored.items()})
    assert f"albert.{QUERY} has {part}" in text


def test_infinities_that_cancel_are_seen(tmp_path: Path) -> None:
    stored = dict(WEIGHTS)
    stored[QUERY] = WEIGHTS[QUERY].copy()
    stored[QUERY][0, :2] = np.inf, -np.inf
    assert "2 infinite" in refused(tmp_path, stored)


def test_large_finite_weights_pass(tmp_path: Path) -> None:
    stored = dict(WEIGHTS)
    stored[QUERY] = np.full_like(WEIGHTS[QUERY], 3e38)
    write_safetensors(tmp_path / FILE, stored)
    assert read_weights(tmp_path, TINY)[QUERY][0, 0] == np.float32(3e38)


def test_a_weight_of_no_weights_dtype(tmp_path: Path) -> None:
    text = refused(tmp_path, {**WEIGHTS, QUERY: WEIGHTS[QUERY].astype(np.int64)})
    assert f"{QUERY} has dtype I64" in text


def test_a_weight_under_two_names(tmp_path: Path) -> None:
    text = refused(tmp_path, {**WEIGHTS, f"albert.{QUERY}": WEIGHTS[QUERY]})
    assert "are the same weight" in text


def write_shards(folder: Path, **changed: str) -> None:
    """``WEIGHTS`` in two shards and the index, some places in it changed."""
    names = list(WEIGHTS)
    places = {name: f"model-0000{1 + (name in names[10:])}-of-00002.safetensors" for name in names}
    for shard in set(places.values()):
        write_safetensors(folder / shard, {name: WEIGHTS[name] for name in names if places[name] == shard})
    index = {"metadata": {"total_size": 1}, "weight_map": {**places, **changed}}
    (folder / INDEX).write_text(json.dumps(index))


def test_shards(tmp_path: Path) -> None:
    write_shards(tmp_path)
    assert_read(tmp_path)


def test_one_file_goes_before_shards(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("no index")
    write_safetensors(tmp_path / FILE, WEIGHTS)
    assert_read(tmp_path)


def test_a_missing_shard(tmp_path: Path) -> None:
    write_shards(tmp_path)
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ModelFileMissing, match=r"lacks model-00002-of-00002\.safetensors"):
        read_weights(tmp_path, TINY)


def test_an_index_that_disagrees(tmp_path: Path) -> None:
    write_shards(tmp_path, **{next(iter(WEIGHTS)): "model-00002-of-00002.safetensors"})
    with pytest.raises(CheckpointError, match=f"disagree about which tensors lie there .*{next(iter(WEIGHTS))}"):
        read_weights(tmp_path, TINY)


@pytest.mark.parametrize("place", [f"{before}m.safetensors" for before in ("../", "/", "a\\", "c:")] + ["m.bin"])
def test_a_shard_elsewhere(tmp_path: Path, place: str) -> None:
    write_shards(tmp_path, other=place)
    with pytest.raises(CheckpointError, match="is not the name of a safetensors file in the same folder"):
        read_weights(tmp_path, TINY)


@pytest.mark.parametrize(
    "index", ["", "[]", "{}", *(f'{{"weight_map": {names}}}' for names in ("{}", "[1]", '{"a": 3}'))]
)
def test_damaged_indexes(tmp_path: Path, index: str) -> None:
    (tmp_path / INDEX).write_text(index)
    with pytest.raises(CheckpointError, match=r"model\.safetensors\.index\.json"):
        read_weights(tmp_path, TINY)


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing, match=r"has no model\.safetensors"):
        read_weights(tmp_path, TINY)
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelFileMissing, match=r"pytorch_model\.bin cannot be used as it lies: 'annopipe import"):
        read_weights(tmp_path, TINY)
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        read_weights(tmp_path / "absent", TINY)
