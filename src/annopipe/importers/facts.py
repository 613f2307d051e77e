"""What weights do not tell of an ALBERT: from the user, the source's own files or graph, else the known shapes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import SourceError
from annopipe.importers.found import Choices
from annopipe.importers.json_files import read_object


@dataclass(frozen=True, slots=True)
class Facts:
    """What a graph or a file says; None where it does not.

    Attributes:
        layers: how often the layers are applied in all.
        heads: attention heads.
        epsilon: added to the variance in every layer normalisation.
        activation: one of `annopipe.albert.config.ACTIVATIONS`.
    """

    layers: int | None = None
    heads: int | None = None
    epsilon: float | None = None
    activation: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Sizes of an ALBERT that its authors published."""

    name: str
    layers: int
    heads: int


PUBLISHED: Final = {
    768: Published("base", 12, 12),
    1024: Published("large", 24, 16),
    2048: Published("xlarge", 24, 16),
    4096: Published("xxlarge", 12, 64),
}
"""Google's ALBERTs by ``hidden_size``."""

EPSILON: Final = 1e-12
ACTIVATION: Final = "gelu_new"
_KEYS: Final = {
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "epsilon": "layer_norm_eps",
    "activation": "hidden_act",
}


def completed(
    tensors: Mapping[str, NDArray[Any]], facts: Facts, choices: Choices, config: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a whole config and a sentence for each guess in it.

    What the user chose comes first, then the source's config file, then its graph, then the known shapes.

    Args:
        tensors: weights under Hugging Face's names; their shapes give all sizes.
        facts: what the graph says.
        choices: what the user says.
        config: what a config file of the source (or of the user) says.

    Raises:
        SourceError: heads or layers are told by nothing and the shape is none of the published ones.
    """
    sizes = sizes_of(tensors)
    given = dict(config or {})
    chosen = {"heads": choices.heads, "epsilon": choices.epsilon, "activation": choices.activation}
    values: dict[str, Any] = {"model_type": "albert", "architectures": ["AlbertModel"], **sizes}
    assumed = []
    for name, key in _KEYS.items():
        value = chosen.get(name)
        value = given.get(key) if value is None else value
        value = getattr(facts, name) if value is None else value
        if value is None:
            value, sentence = _guess(name, sizes["hidden_size"])
            assumed.append(sentence)
        values[key] = value
    return values, tuple(assumed)


def sizes_of(tensors: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Return the sizes that the shapes of weights give, under the keys of ``config.json``.

    Raises:
        SourceError: a weight that every ALBERT has is missing.
    """
    layer = "encoder.albert_layer_groups.0.albert_layers.0."
    needed = {
        "embeddings.word_embeddings.weight": ("vocab_size", "embedding_size"),
        "embeddings.position_embeddings.weight": ("max_position_embeddings", None),
        "embeddings.token_type_embeddings.weight": ("type_vocab_size", None),
        "encoder.embedding_hidden_mapping_in.weight": ("hidden_size", None),
        f"{layer}ffn.weight": ("intermediate_size", None),
    }
    sizes: dict[str, int] = {}
    for name, keys in needed.items():
        if name not in tensors:
            raise SourceError(
                f"the weight {name} is missing: this is no whole ALBERT; take the source's own files anew"
            )
        if tensors[name].ndim != 2:
            raise SourceError(
                f"the weight {name} has the shape {list(tensors[name].shape)}: it must have two dimensions"
            )
        sizes |= {key: size for key, size in zip(keys, tensors[name].shape, strict=True) if key is not None}
    places = [name.split(".") for name in tensors if name.startswith("encoder.albert_layer_groups.")]
    return sizes | {
        "num_hidden_groups": 1 + max(int(parts[2]) for parts in places),
        "inner_group_num": 1 + max(int(parts[4]) for parts in places),
    }


def _guess(name: str, hidden_size: int) -> tuple[Any, str]:
    """Return what a fact most likely is, and the sentence that says so."""
    known = PUBLISHED.get(hidden_size)
    if name == "epsilon":
        return (
            EPSILON,
            f"layer_norm_eps {EPSILON}, as in all published ALBERTs: the source does not say (epsilon= or --epsilon)",
        )
    if name == "activation":
        return (
            ACTIVATION,
            f"the activation {ACTIVATION}, as google-research's: the source does not say (activation= or --activation)",
        )
    if known is None:
        option = "heads= or --heads" if name == "heads" else "a config.json, config= or --config"
        raise SourceError(
            f"nothing tells how many {name} this model has: a hidden size of {hidden_size} is none of the published "
            f"shapes ({', '.join(map(str, PUBLISHED))}). Give {option}"
        )
    value = getattr(known, name)
    return value, f"{value} {name}, as ALBERT {known.name} of hidden size {hidden_size} has: the source does not say"


def read_config(path: Path) -> dict[str, Any]:
    """Return what a ``config.json`` or ``albert_config.json`` says.

    Raises:
        SourceError: it is not there, not a JSON object, or too large for one.
    """
    if not path.is_file():
        raise SourceError(f"{path} is not there: give the path of a config.json")
    return read_object(path)


def shortest(value: float) -> float:
    """Return a number of 32 bits as its author wrote it: 1e-12, not 9.999999960041972e-13."""
    return float(str(np.float32(value))) if math.isfinite(value) else value
