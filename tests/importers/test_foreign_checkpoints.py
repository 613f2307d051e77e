"""Checkpoints of one's own training: wrapped names, heads, counters, doubles, and what stands beside the weights."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import annopipe
from annopipe.errors import PickleRefused, SourceError
from annopipe.importers.torch_files.archive import TorchFile
from importers.conftest import same_bits, vectors
from importers.test_hugging_face import FORMS
from importers.torch_zip import assembled, save, state_dict, storage, tensor, write_torch_file

Arrays = dict[str, NDArray[Any]]

HEADS: Arrays = {
    "crf.transitions": np.ones((3, 3), np.float32),
    "linear.weight": np.ones((2, 16), np.float32),
    "score.bias": np.ones(2, np.float16),
    "cls.predictions.bias": np.ones(404, np.float32),
    "steps.num_batches_tracked": np.array([7], np.int64),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("prefix", ["module.", "model.albert.", "0.auto_model.", "_orig_mod.module.albert."])
def test_wrapped_names_and_heads(
    form: str, prefix: str, repository: Path, weights: Arrays, tiny_model_folder: Path, store: Path
) -> None:
    file, write = FORMS[form]
    own = {**weights, "embeddings.position_ids": np.arange(64, dtype=np.int64)[np.newaxis]}
    write(repository / file, {**{prefix + name: values for name, values in own.items()}, **HEADS})
    card = annopipe.import_model(repository, "mine")
    for name in (*HEADS, f"{prefix}embeddings.position_ids"):
        assert f"`{name}`" in card.more["Left out"]
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))
    assert (store / "mine_en").is_dir()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("store")
def test_doubles(form: str, repository: Path, weights: Arrays, tiny_model_folder: Path) -> None:
    file, write = FORMS[form]
    write(repository / file, {name: values.astype(np.float64) for name, values in weights.items()})
    annopipe.import_model(repository, "mine")
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("store")
def test_two_encoders_are_refused_by_name(form: str, repository: Path, weights: Arrays) -> None:
    file, write = FORMS[form]
    both = {prefix + name: values for prefix in ("query.", "answer.") for name, values in weights.items()}
    write(repository / file, both)
    with pytest.raises(SourceError, match=r"2 whole encoders \(answer\..*, query\."):
        annopipe.import_model(repository, "mine")


def checkpoint(path: Path, weights: Mapping[str, Any], wrapped: Any) -> None:
    """Write what a training saves: a state dict within other things, numbers of the optimizer beside it."""
    _, storages = state_dict(weights)
    named = described_tensors(weights)
    moments = storage("FloatStorage", str(len(storages)), 2)
    state = {0: {"step": 3, "exp_avg": tensor(moments, 0, (2,), (1,))}}
    optimizer = {"state": state, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.99), "params": [0], "fused": None}]}
    write_torch_file(path, assembled(wrapped(named, optimizer)), {**storages, str(len(storages)): bytes(8)})


def described_tensors(weights: Mapping[str, Any]) -> dict[str, Any]:
    named = {}
    for number, (name, values) in enumerate(weights.items()):
        steps = tuple(step // values.itemsize for step in np.empty(values.shape, values.dtype).strides)
        named[name] = tensor(storage("FloatStorage", str(number), values.size), 0, values.shape, steps)
    return named


WRAPPED = {
    "state_dict": lambda named, optimizer: {"epoch": 3, "state_dict": named, "optimizer": optimizer},
    "model": lambda named, optimizer: {"model": named, "optimizer": optimizer, "args": {"lr": 0.1, "name": "x"}},
    "net, deeper": lambda named, optimizer: {"saved": {"net": named, "loss": 0.5}, "optimizer_states": [optimizer]},
    "flat": lambda named, optimizer: {**named, "epoch": 3, "optimizer": optimizer, "note": None},
}


@pytest.mark.parametrize("form", WRAPPED)
@pytest.mark.usefixtures("store")
def test_what_a_training_saved(form: str, repository: Path, weights: Arrays, tiny_model_folder: Path) -> None:
    prefixed = {f"model.{name}": values for name, values in weights.items()}
    checkpoint(repository / "pytorch_model.bin", prefixed, WRAPPED[form])
    annopipe.import_model(repository, "mine")
    assert same_bits(vectors("mine"), vectors(tiny_model_folder))


@pytest.mark.usefixtures("store")
def test_two_models_in_a_checkpoint_are_refused_by_name(repository: Path, weights: Arrays) -> None:
    checkpoint(repository / "pytorch_model.bin", weights, lambda named, _: {"model": named, "ema": dict(named)})
    with pytest.raises(PickleRefused, match=r"holds 2 models, as itself\.(model|ema), itself\.(model|ema)"):
        annopipe.import_model(repository, "mine")


def test_dicts_in_each_other_take_no_time(tmp_path: Path) -> None:
    inner = b"}q\x00" + b"".join(b"X\x02\x00\x00\x00%02dh\x00s" % number for number in range(99))
    with pytest.raises(PickleRefused, match=re.escape("is a dict, no tensor")):
        TorchFile(write_torch_file(tmp_path / "a.bin", b"\x80\x02" + inner + b".", {}))


def test_a_wrapped_bert_is_named(repository: Path, store: Path) -> None:
    names = ["0.auto_model.encoder.layer.0.attention.self.query.weight", "module.bert.embeddings.LayerNorm.bias"]
    save(repository / "pytorch_model.bin", {name: np.ones((2, 2), np.float32) for name in names})
    with pytest.raises(annopipe.errors.OtherArchitecture, match="weights of BERT"):
        annopipe.import_model(repository, "mine")
    assert not (store / "mine_en").exists()
