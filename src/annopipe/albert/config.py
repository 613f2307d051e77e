"""The shape of an ALBERT model: ``config.json`` of a Hugging Face style folder, read and checked."""

import json
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from annopipe.errors import ModelError, ModelFileMissing

FILE_NAME = "config.json"
MAX_FILE_BYTES = 1 << 20

ACTIVATIONS = MappingProxyType(
    {
        "gelu": "erf",
        "gelu_python": "erf",
        "gelu_new": "tanh",
        "gelu_pytorch_tanh": "tanh",
        "gelu_fast": "tanh",
        "relu": "relu",
    }
)
"""Activation names of Hugging Face configs, each with its form: exact GELU, GELU by tanh, or ReLU."""

LARGEST = MappingProxyType(
    {
        "embedding_size": 1 << 16,
        "hidden_size": 1 << 16,
        "num_hidden_layers": 1024,
        "num_hidden_groups": 1024,
        "inner_group_num": 64,
        "num_attention_heads": 1024,
        "intermediate_size": 1 << 20,
        "max_position_embeddings": 1 << 20,
        "type_vocab_size": 1 << 16,
        "vocab_size": 1 << 24,
    }
)
"""The largest value accepted of each size; above it a config is damaged, not large."""


NEVER_NULL = ("num_attention_heads", "num_hidden_layers")
"""Keys that no weight's shape tells: a default in place of null might be another model's."""


@dataclass(frozen=True)
class AlbertConfig:
    """Sizes and choices of one ALBERT encoder, under Hugging Face's names, with the defaults of its ``AlbertConfig``.

    Attributes:
        embedding_size: numbers per row of the vocabulary table.
        hidden_size: numbers per vector that the encoder gives.
        num_hidden_layers: how often a layer group's weights are applied in all.
        num_hidden_groups: how many sets of weights share those layers, each a contiguous range.
        inner_group_num: layers, each with weights of its own, inside one group.
        num_attention_heads: heads; ``hidden_size`` is a multiple of it.
        intermediate_size: width of the feed-forward layer.
        hidden_act: one of ``ACTIVATIONS``.
        max_position_embeddings: the longest window in pieces.
        type_vocab_size: rows of the segment table; only row 0 is used.
        vocab_size: rows of the vocabulary table.
        layer_norm_eps: added to the variance in every layer normalisation.
    """

    embedding_size: int = 128
    hidden_size: int = 4096
    num_hidden_layers: int = 12
    num_hidden_groups: int = 1
    inner_group_num: int = 1
    num_attention_heads: int = 64
    intermediate_size: int = 16384
    hidden_act: str = "gelu_new"
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    vocab_size: int = 30000
    layer_norm_eps: float = 1e-12

    def __post_init__(self) -> None:
        _check(self, "AlbertConfig")

    @classmethod
    def read(cls, folder: Path) -> "AlbertConfig":
        """Read ``config.json`` of a model folder; keys that are absent take Hugging Face's defaults, others are unused.

        A key that is null counts as absent, except those of ``NEVER_NULL``.

        Raises:
            ModelFileMissing: the folder, or ``config.json`` in it, is not there.
            ModelError: the file is not JSON, describes another architecture, or has a value that does not fit;
                the text names file, key and value.
        """
        path = Path(folder) / FILE_NAME
        values = _load(path)
        _check_architecture(values, path)
        return cls.of(values, str(path))

    @classmethod
    def of(cls, values: Mapping[str, Any], where: str) -> "AlbertConfig":
        """Take what a ``config.json`` of an ALBERT says; see ``read``.

        Raises:
            ModelError: a value does not fit; the text names ``where``, key and value.
        """
        known = {name: value for name, value in values.items() if value is not None or name in NEVER_NULL}
        config = object.__new__(cls)
        for field in fields(cls):
            object.__setattr__(config, field.name, known.get(field.name, field.default))
        _check(config, where)
        return config

    @property
    def head_size(self) -> int:
        """Numbers per attention head."""
        return self.hidden_size // self.num_attention_heads

    @property
    def activation(self) -> str:
        """Form of the activation: ``erf``, ``tanh`` or ``relu``."""
        return ACTIVATIONS[self.hidden_act]

    def group_of(self, layer: int) -> int:
        """The weight group that layer ``layer`` (from 0) uses, as Hugging Face's ``AlbertTransformer`` computes it."""
        return int(layer / (self.num_hidden_layers / self.num_hidden_groups))


def _load(path: Path) -> dict[str, Any]:
    """The JSON object in ``path``."""
    if not path.parent.is_dir():
        raise ModelFileMissing(f"{path.parent} is not a folder: give the path of a model folder with {FILE_NAME}.")
    if not path.is_file():
        raise ModelFileMissing(f"{path.parent} has no {FILE_NAME}: it is not a model folder, or was not copied whole.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ModelError(f"{path} is larger than {MAX_FILE_BYTES} bytes: that is no model config; copy the file again.")
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not valid JSON ({error}): truncated or damaged; copy the file again.") from error
    if not isinstance(values, dict):
        raise ModelError(f"{path} holds {_kind(values)} where a JSON object belongs: copy the file again.")
    return values


def _check_architecture(values: dict[str, Any], path: Path) -> None:
    """Refuse configs of other architectures, and of ALBERT variants with relative positions."""
    kind = values.get("model_type")
    names = values.get("architectures")
    if kind is None and isinstance(names, list) and names and "albert" not in str(names[0]).lower():
        kind = str(names[0])
    if kind not in (None, "albert"):
        shown = kind[:60] if isinstance(kind, str) else _kind(kind)
        raise ModelError(
            f"{path} describes a model of the architecture {shown!r} (key model_type); only 'albert' models run here: "
            "choose an ALBERT model."
        )
    positions = values.get("position_embedding_type")
    if positions not in (None, "absolute"):
        raise ModelError(
            f"{path}: position_embedding_type is {reprlib.repr(positions)}; only 'absolute' is "
            "supported: choose another model."
        )


def _check(config: AlbertConfig, where: str) -> None:
    """Refuse values of the wrong type, out of range, or that do not fit each other."""
    for key, largest in LARGEST.items():
        _check_size(where, key, getattr(config, key), largest)
    if not isinstance(config.hidden_act, str) or config.hidden_act not in ACTIVATIONS:
        raise ModelError(
            f"{where}: hidden_act is {reprlib.repr(config.hidden_act)}; known are {', '.join(ACTIVATIONS)}: "
            "choose another model."
        )
    eps = config.layer_norm_eps
    if isinstance(eps, bool) or not isinstance(eps, int | float) or not 0 <= eps < 1:
        raise ModelError(
            f"{where}: layer_norm_eps is {reprlib.repr(eps)}; it must be a number from 0 to below 1, such as 1e-12."
        )
    if config.hidden_size % config.num_attention_heads:
        raise ModelError(
            f"{where}: hidden_size {config.hidden_size} is not a multiple of num_attention_heads "
            f"{config.num_attention_heads}: correct the one that does not belong to these weights."
        )
    if config.num_hidden_groups > config.num_hidden_layers:
        raise ModelError(
            f"{where}: num_hidden_groups {config.num_hidden_groups} is larger than num_hidden_layers "
            f"{config.num_hidden_layers}: some groups would never run; correct the one that is wrong."
        )


def _check_size(where: str, key: str, value: object, largest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ModelError(
            f"{where}: {key} is {_kind(value)} {reprlib.repr(value)}; it must be a whole number from 1 to {largest}."
        )
    if not 1 <= value <= largest:
        raise ModelError(
            f"{where}: {key} is {reprlib.repr(value)}; it must be from 1 to {largest}: restore the model's own value."
        )


def _kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
