"""ALBERT's layers, walked through from the last one to the embeddings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.importers.onnx_files.attention import Attention, attention_at
from annopipe.importers.onnx_files.graph import Graph
from annopipe.importers.onnx_files.parts import Activation, Dense, Norm, activation_at, dense_at, norm_at

MOST_LAYERS: Final = 65_536


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer from ``source`` on, its weights, and what else the graph says of it.

    Attributes:
        source: the value that it takes.
        weights: under Hugging Face's names inside a layer.
        heads, epsilons, activation: as the graph has them.
    """

    source: str
    weights: dict[str, NDArray[Any]]
    heads: int | None
    epsilons: tuple[float, float]
    activation: str


def last_layer(graph: Graph) -> Layer | None:
    """Return the last layer of a graph, or None if it has no layers of an ALBERT."""
    ends = [*graph.outputs, *(output for node in reversed(graph.nodes) for output in node.outputs[:1])]
    return next((layer for layer in (layer_at(graph, name) for name in ends) if layer is not None), None)


def layers_from(graph: Graph, last: Layer) -> list[Layer]:
    """Return all layers in the order in which they run."""
    found = [last]
    while len(found) < MOST_LAYERS and (before := layer_at(graph, found[-1].source)) is not None:
        found.append(before)
    return found[::-1]


def layer_at(graph: Graph, name: str) -> Layer | None:
    """Return the layer whose output a value is."""
    closing = norm_at(graph, name)
    for output, attended in _branches(graph, closing):
        between = activation_at(graph, output.source)
        if between is None or closing is None:
            continue
        inner = dense_at(graph, between.source)
        if inner is None or graph.root(inner.source) != graph.root(attended):
            continue
        found = _attention_part(graph, attended)
        if found is not None:
            return _layer(closing, output, between, inner.with_bias(between.bias), *found)
    return None


def _attention_part(graph: Graph, name: str) -> tuple[Norm, Dense, Attention, str] | None:
    """Return the first half of a layer: its normalisation, linear layer, attention and input."""
    norm = norm_at(graph, name)
    for projected, source in _branches(graph, norm):
        attention = attention_at(graph, projected.source)
        if norm is not None and attention is not None and graph.root(attention.source) == graph.root(source):
            return norm, projected, attention, source
    return None


def _branches(graph: Graph, norm: Norm | None) -> Iterator[tuple[Dense, str]]:
    """Give what a normalisation adds up, as a linear layer and what was passed by it, in both ways."""
    if norm is None or len(norm.terms) != 2:
        return
    for new, old in (norm.terms, norm.terms[::-1]):
        layer = dense_at(graph, new)
        if layer is not None:
            yield layer.with_bias(norm.bias), old


def _layer(
    closing: Norm,
    output: Dense,
    between: Activation,
    inner: Dense,
    norm: Norm,
    projected: Dense,
    attention: Attention,
    source: str,
) -> Layer:
    query, key, value = attention.parts
    linear = {
        "attention.query": query,
        "attention.key": key,
        "attention.value": value,
        "attention.dense": projected,
        "ffn": inner,
        "ffn_output": output,
    }
    weights = {
        "attention.LayerNorm.weight": norm.scale,
        "attention.LayerNorm.bias": norm.shift,
        "full_layer_layer_norm.weight": closing.scale,
        "full_layer_layer_norm.bias": closing.shift,
    }
    for name, dense in linear.items():
        weights[f"{name}.weight"] = dense.weight
        weights[f"{name}.bias"] = np.zeros(len(dense.weight), np.float32) if dense.bias is None else dense.bias
    return Layer(source, weights, attention.heads, (norm.epsilon, closing.epsilon), between.name)
