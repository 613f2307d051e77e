"""The graph's tensors: a model's weights as the graph's operators take them, mostly as they lie."""

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.checkpoint import Weights
from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import layer_prefix

Tensors = dict[str, NDArray[np.generic]]

PLACES = "embeddings.places"
"""Name of the position table with row 0 of the segment table added: every piece is in segment 0."""

ATTENTION_WEIGHT = "attention.weight"
"""End of the name of a layer's weights of query, key and value, one above the other: one product serves all three."""

ATTENTION_BIAS = "attention.bias"
"""End of the name of a layer's biases of query, key and value in one row, as ``MultiHeadAttention`` takes them."""

FUSED = ("query", "key", "value")


def tensors(config: AlbertConfig, weights: Weights) -> Tensors:
    """Weights and constants of the graph by name; most matrices are the arrays of ``weights`` themselves."""
    named: Tensors = dict(weights)
    positions = named.pop("embeddings.position_embeddings.weight")
    with np.errstate(over="ignore"):  # infinite sums are met with the first vectors
        named[PLACES] = positions + named.pop("embeddings.token_type_embeddings.weight")[0]
    for group in range(config.num_hidden_groups):
        for inner in range(config.inner_group_num):
            prefix = layer_prefix(group, inner)
            named[prefix + ATTENTION_WEIGHT] = _fused(named, prefix, "weight")
            named[prefix + ATTENTION_BIAS] = _fused(named, prefix, "bias")
        named[f"times_{group}"] = np.array(_times(config, group), np.int64)
    return named | {
        "zero": np.array([0], np.int64),
        "true": np.array(True),
        "packed_shape": np.array([-1, config.hidden_size], np.int64),
    }


def _fused(named: Tensors, prefix: str, end: str) -> NDArray[np.generic]:
    """Weights or biases of a layer's query, key and value, taken out of ``named``."""
    return np.concatenate([named.pop(f"{prefix}attention.{part}.{end}") for part in FUSED])


def _times(config: AlbertConfig, group: int) -> int:
    """How many layers run with the weights of ``group``."""
    return sum(config.group_of(layer) == group for layer in range(config.num_hidden_layers))
