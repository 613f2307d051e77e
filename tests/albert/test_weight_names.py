"""Checkpoints with wrappers around the names, heads of one's own, counters: the encoder in them is read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from albert.random_models import TINY, random_weights, write_config, write_safetensors
from annopipe.albert.checkpoint import left_out, read_weights
from annopipe.albert.config import AlbertConfig
from annopipe.errors import CheckpointError

WEIGHTS = random_weights(TINY)
HEADS: dict[str, NDArray[Any]] = {
    "crf.transitions": np.full((3, 3), np.nan, np.float32),
    "linear.weight": np.ones((2, 24), np.float32),
    "score.weight": np.ones((2, 24), np.float16),
    "cls.predictions.decoder.weight": np.ones((50, 8), np.float32),
    "encoder_head.0.weight": np.ones(2, np.float64),
    "classifier.out_proj.bias": np.ones(2, np.float32),
    "norm.num_batches_tracked": np.array(7, np.int64),
    "decoder.embeddings.word_embeddings.weight": np.ones((9, 8), np.float32),
}
PREFIXES = (
    "",
    "albert.",
    "module.",
    "module.albert.",
    "model.albert.",
    "model.module.albert.",
    "0.auto_model.",
    "encoder.albert.",
    "encoder.",
    "_orig_mod.albert.",
    "_orig_mod.module.model.encoder.backbone.",
    "bert.",
    "base_model.model.",
    "_fsdp_wrapped_module.albert._fsdp_wrapped_module.",
    "transformer.",
)


def write(folder: Path, tensors: dict[str, NDArray[Any]]) -> Path:
    write_safetensors(folder / "model.safetensors", tensors)
    return folder


def in_shards(folder: Path, tensors: dict[str, NDArray[Any]]) -> Path:
    places = {name: f"model-0000{1 + number % 2}-of-00002.safetensors" for number, name in enumerate(tensors)}
    for shard in set(places.values()):
        write_safetensors(folder / shard, {name: tensors[name] for name in tensors if places[name] == shard})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    return folder


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("written", [write, in_shards])
def test_what_wraps_names_is_dropped_and_heads_are_left_out(
    prefix: str, written: Callable[..., Path], tmp_path: Path
) -> None:
    own = {"embeddings.position_ids": np.arange(64)[np.newaxis], "pooler.weight": np.ones(3, np.float32)}
    own["encoder.num_batches_tracked"] = np.array(3, np.int64)
    wrapped = {prefix + name: values for name, values in {**WEIGHTS, **own}.items()}
    written(tmp_path, {**wrapped, **HEADS})
    found = read_weights(tmp_path, TINY)
    assert found.keys() == WEIGHTS.keys()
    assert all(np.array_equal(found[name], values) for name, values in WEIGHTS.items())
    assert set(left_out(tmp_path, TINY)) == {*HEADS, *(prefix + name for name in own)}


def test_wrappers_in_the_midst_of_names(tmp_path: Path) -> None:
    def wrapped(name: str) -> str:
        name = name.replace("encoder.", "encoder._orig_mod.").replace("albert_layers.0.", "albert_layers.0.module.")
        return f"model.{name}".replace("LayerNorm.weight", "LayerNorm.gamma")

    write(tmp_path, {wrapped(name): values for name, values in WEIGHTS.items()})
    found = read_weights(tmp_path, TINY)
    assert all(np.array_equal(found[name], values) for name, values in WEIGHTS.items())


def test_double_precision_is_rounded(tmp_path: Path) -> None:
    exact = {name: values.astype(np.float64) * (1 + 1e-12) for name, values in WEIGHTS.items()}
    found = read_weights(write(tmp_path, exact), TINY)
    assert all(np.array_equal(found[name], values.astype(np.float32)) for name, values in exact.items())


def test_double_precision_that_overflows_is_named(tmp_path: Path) -> None:
    large = {name: values.astype(np.float64) for name, values in WEIGHTS.items()}
    large["embeddings.LayerNorm.bias"][0] = 1e300
    with pytest.raises(CheckpointError, match=r"embeddings\.LayerNorm\.bias has 1 infinite"):
        read_weights(write(tmp_path, large), TINY)


@pytest.mark.parametrize("others", [("query_encoder.", "document_encoder."), ("albert.", "module.ema."), ("", "ema.")])
def test_two_whole_encoders_are_refused_by_name(others: tuple[str, str], tmp_path: Path) -> None:
    write(tmp_path, {prefix + name: values for prefix in others for name, values in WEIGHTS.items()})
    with pytest.raises(CheckpointError, match="2 whole encoders") as caught:
        read_weights(tmp_path, TINY)
    for prefix in others:
        assert f"{prefix}embeddings.word_embeddings.weight" in str(caught.value)


@pytest.mark.parametrize("prefix", ["", "albert.", "module.albert."])
@pytest.mark.parametrize(
    "name", ["encoder.albert_layer_groups.1.albert_layers.0.ffn.weight", "encoder.adapter.weight", "embeddings.extra"]
)
def test_what_the_config_lacks_of_the_encoder_is_no_head(prefix: str, name: str, tmp_path: Path) -> None:
    tensors = {prefix + one: values for one, values in {**WEIGHTS, name: np.ones(3, np.float32)}.items()}
    with pytest.raises(CheckpointError, match=rf"1 left over\): left over {prefix}{name}"):
        read_weights(write(tmp_path, tensors), TINY)


def test_a_weight_that_is_missing_is_named_whatever_is_there_besides(tmp_path: Path) -> None:
    tensors = {f"model.albert.{name}": values for name, values in WEIGHTS.items()}
    del tensors["model.albert.embeddings.LayerNorm.bias"]
    with pytest.raises(CheckpointError, match=r"1 missing.*missing embeddings\.LayerNorm\.bias \[8\]"):
        read_weights(write(tmp_path, {**tensors, **HEADS}), TINY)


NULLS = ("position_embedding_type", "model_type", "architectures", "classifier_dropout_prob", "torch_dtype")
DEFAULTS = {"type_vocab_size": 2, "num_hidden_groups": 1, "inner_group_num": 1, "layer_norm_eps": 1e-12}


def test_null_counts_as_absent(tmp_path: Path) -> None:
    write_config(tmp_path, TINY, **dict.fromkeys((*NULLS, *DEFAULTS, "hidden_act")))
    assert AlbertConfig.read(tmp_path) == TINY
