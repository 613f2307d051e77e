"""Reading ``config.json``: defaults, and an error that names file, key and value for each misfit."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from albert.random_models import TINY, write_config
from annopipe.albert.config import AlbertConfig
from annopipe.errors import ModelError, ModelFileMissing


def read(folder: Path, **values: object) -> AlbertConfig:
    (folder / "config.json").write_text(json.dumps(values))
    return AlbertConfig.read(folder)


def test_all_keys_are_read(tmp_path: Path) -> None:
    write_config(tmp_path, TINY)
    assert AlbertConfig.read(tmp_path) == TINY


def test_absent_keys_take_hugging_faces_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, model_type="albert")
    assert config == AlbertConfig()
    assert (config.hidden_size, config.num_attention_heads, config.intermediate_size) == (4096, 64, 16384)
    assert (config.hidden_act, config.layer_norm_eps, config.embedding_size) == ("gelu_new", 1e-12, 128)


@pytest.mark.oracle
def test_defaults_are_those_of_transformers() -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.AlbertConfig()
    for field in fields(AlbertConfig):
        assert getattr(theirs, field.name) == field.default


def test_keys_that_do_not_matter_are_ignored(tmp_path: Path) -> None:
    unused = {"hidden_dropout_prob": 0.1, "dtype": "float16", "architectures": ["AlbertForMaskedLM"]}
    assert read(tmp_path, **unused) == AlbertConfig()


@pytest.mark.parametrize("name", ["gelu", "gelu_python", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu"])
def test_known_activations(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, hidden_act=name).hidden_act == name


@pytest.mark.parametrize(
    ("layers", "groups", "expected"),
    [(12, 1, [0] * 12), (6, 3, [0, 0, 1, 1, 2, 2]), (7, 3, [0, 0, 0, 1, 1, 2, 2]), (3, 3, [0, 1, 2])],
)
def test_groups_are_contiguous_ranges(layers: int, groups: int, expected: list[int]) -> None:
    config = AlbertConfig(num_hidden_layers=layers, num_hidden_groups=groups)
    assert [config.group_of(layer) for layer in range(layers)] == expected


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"hidden_size": 100, "num_attention_heads": 7}, ["hidden_size 100", "num_attention_heads 7"]),
        ({"num_hidden_layers": 2, "num_hidden_groups": 3}, ["num_hidden_groups 3", "num_hidden_layers 2"]),
        ({"hidden_act": "swoosh"}, ["hidden_act", "'swoosh'", "gelu_new"]),
        ({"hidden_act": ["gelu"]}, ["hidden_act", "['gelu']"]),
        ({"hidden_size": "768"}, ["hidden_size", "'768'", "a string"]),
        ({"hidden_size": 768.0}, ["hidden_size", "768.0"]),
        ({"num_hidden_layers": True}, ["num_hidden_layers", "true or false"]),
        ({"num_hidden_layers": None}, ["num_hidden_layers", "null"]),
        ({"num_hidden_layers": 0}, ["num_hidden_layers", "0"]),
        ({"vocab_size": -5}, ["vocab_size", "-5"]),
        ({"hidden_size": 10**12}, ["hidden_size", str(10**12)]),
        ({"inner_group_num": 10**6}, ["inner_group_num", str(10**6)]),
        ({"layer_norm_eps": "1e-12"}, ["layer_norm_eps", "'1e-12'"]),
        ({"layer_norm_eps": -1}, ["layer_norm_eps", "-1"]),
        ({"layer_norm_eps": float("nan")}, ["layer_norm_eps", "nan"]),
        ({"layer_norm_eps": 10**400}, ["layer_norm_eps", "1000"]),
        ({"position_embedding_type": "relative_key"}, ["position_embedding_type", "'relative_key'"]),
        ({"model_type": "bert"}, ["architecture 'bert'", "model_type", "ALBERT"]),
        ({"model_type": {"name": "bert"}}, ["architecture", "an object"]),
        ({"architectures": ["RobertaModel"]}, ["architecture 'RobertaModel'"]),
    ],
)
def test_misfits_name_file_key_and_value(tmp_path: Path, values: dict[str, object], parts: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        read(tmp_path, **values)
    assert str(tmp_path / "config.json") in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "not valid JSON"),
        (b'{"hidden_size": 7', "not valid JSON"),
        (b"\xff\xfe{}", "not valid JSON"),
        (b"\x80", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1, 2]", "a list where a JSON object belongs"),
        (b"3", "a number where a JSON object belongs"),
        (b" " * 2_000_000, "larger than"),
    ],
)
def test_damaged_files(tmp_path: Path, content: bytes, part: str) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelError, match=part) as caught:
        AlbertConfig.read(tmp_path)
    assert str(tmp_path / "config.json") in str(caught.value)


def test_folders_that_are_no_models(tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing, match=r"has no config\.json"):
        AlbertConfig.read(tmp_path)
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        AlbertConfig.read(tmp_path / "absent")


def test_values_given_in_code_are_checked_too() -> None:
    with pytest.raises(ModelError, match="AlbertConfig: hidden_size 100 is not a multiple"):
        AlbertConfig(hidden_size=100)
