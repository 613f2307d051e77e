"""Self-attention, recognised in a graph: spelled out around a softmax, or one of the operators made for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from annopipe.importers.onnx_files.graph import Graph, Node
from annopipe.importers.onnx_files.parts import MICROSOFT, Dense, dense_at

LAYING_OUT: Final = ("Transpose", "Slice", "Expand")
LAYING_OUT_HEADS: Final = ("Transpose", "Identity", "Cast", "Squeeze", "Unsqueeze", "Expand")
AFTER_SCORES: Final = ("Softmax", "Add", "Sub", "Mul", "Div", "Where", "Max", "Clip", "Dropout", "Cast", "Identity")
"""What may lie between the product of queries and keys and the product with the values."""

FURTHEST: Final = 60

Sizes: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Attention:
    """The three linear layers of an attention over one value ``source``.

    Attributes:
        source: what is attended.
        parts: query, key, value.
        heads: as the graph says, None where it does not.
    """

    source: str
    parts: tuple[Dense, Dense, Dense]
    heads: int | None


def attention_at(graph: Graph, name: str) -> Attention | None:
    """Return the attention whose context, [batch, tokens, hidden], a value is."""
    name = graph.root(name, *LAYING_OUT)
    node = graph.producer(name)
    if node is None:
        return None
    if node.op == f"{MICROSOFT}Attention":
        return _fused(graph, node)
    if node.op in ("Attention", f"{MICROSOFT}MultiHeadAttention"):
        return _operator(graph, node)
    return _around_softmax(graph, node) if node.op in ("MatMul", "Einsum") else None


def _around_softmax(graph: Graph, node: Node) -> Attention | None:
    """Return an attention from the product of its weights with the values."""
    if len(node.inputs) != 2:
        return None
    scores = _scores_in(graph, node.given(0))
    if scores is None or len(scores.inputs) != 2:
        return None
    found = [_projection(graph, given) for given in (scores.given(0), scores.given(1), node.given(1))]
    return _together(graph, found, None)


def _scores_in(graph: Graph, name: str) -> Node | None:
    """Return the product of queries and keys that softmax, scale and mask were applied to."""
    waiting, softmax = [name], False
    seen: set[str] = set()
    while waiting and len(seen) < FURTHEST:
        value = waiting.pop()
        node = graph.producer(value)
        if value in seen or node is None:
            continue
        seen.add(value)
        softmax = softmax or node.op == "Softmax"
        if node.op in ("MatMul", "Einsum") and softmax and graph.constant(node.given(1)) is None:
            return node
        if node.op in (*AFTER_SCORES, "Reshape"):
            waiting += reversed(node.inputs[:1] if node.op == "Reshape" else node.inputs)
    return None


def _operator(graph: Graph, node: Node) -> Attention | None:
    """Return an attention of one operator that takes queries, keys and values."""
    found = [_projection(graph, given) for given in node.inputs[:3]]
    if node.op != "Attention" and any(one is not None for one in found) and node.given(3):
        biases = graph.constant(node.given(3))
        if biases is not None and biases.ndim == 1 and len(biases) % 3 == 0:
            found = [
                None if one is None else (one[0].with_bias(bias), one[1])
                for one, bias in zip(found, np.split(biases, 3), strict=True)
            ]
    heads = node.integer("num_heads", 0) or node.integer("q_num_heads", 0)
    return _together(graph, found, heads or None)


def _fused(graph: Graph, node: Node) -> Attention | None:
    """Return an attention whose operator holds the three weights side by side, [in, 3 x out]."""
    weight, bias = graph.constant(node.given(1)), graph.constant(node.given(2))
    if weight is None or bias is None or weight.ndim != 2 or weight.shape[1] % 3 or bias.shape != weight.shape[1:]:
        return None
    weights, biases = np.split(weight, 3, axis=1), np.split(bias, 3)
    source = node.given(0)
    query, key, value = (Dense(source, one.T, other) for one, other in zip(weights, biases, strict=True))
    return Attention(source, (query, key, value), node.integer("num_heads", 0) or None)


def _together(graph: Graph, found: list[tuple[Dense, int | None] | None], heads: int | None) -> Attention | None:
    """Return query, key and value as one attention, if they are there and look at one value."""
    layers = [one[0] for one in found if one is not None]
    if len(layers) != 3 or len({graph.root(layer.source) for layer in layers}) != 1:
        return None
    told = [one[1] for one in found if one is not None and one[1] is not None]
    query, key, value = layers
    return Attention(query.source, (query, key, value), heads or (told[0] if told else None))


def _projection(graph: Graph, name: str) -> tuple[Dense, int | None] | None:
    """Return the linear layer behind queries, keys or values, and into how many heads it was cut."""
    waiting: list[tuple[str, Sizes]] = [(name, ())]
    seen: set[str] = set()
    while waiting and len(seen) < FURTHEST:
        value, cut = waiting.pop()
        node = graph.producer(value)
        if value in seen or node is None:
            continue
        seen.add(value)
        layer = dense_at(graph, value) if node.op in ("Add", "MatMul", "Gemm", "Einsum") else None
        if layer is not None:
            return layer, _heads(cut, len(layer.weight))
        if node.op == "Reshape":
            sizes = tuple(_sizes(graph, node.given(1)))
            waiting.append((node.given(0), sizes[2:] if len(sizes) == 4 else cut))
        elif node.op in LAYING_OUT_HEADS:
            waiting.append((node.given(0), cut))
        elif node.op in ("Mul", "Div", "Add"):
            waiting += [(given, cut) for given in reversed(node.inputs)]
    return None


def _heads(cut: Sizes, hidden: int) -> int | None:
    """Return the heads of a last pair of sizes, (heads, size of one); one of them may be -1, what is left."""
    heads, size = (cut[0] or 0, cut[1] or 0) if len(cut) == 2 else (0, 0)
    if size > 0 and heads < 1:
        heads = hidden // size
    elif heads > 0 and size < 1:
        size = hidden // heads
    return heads if heads > 0 and heads * size == hidden else None


def _sizes(graph: Graph, name: str) -> Iterator[int | None]:
    """Give the sizes of a shape, None for those known only at run time."""
    values: NDArray[Any] | None = graph.constant(name)
    node = graph.producer(graph.root(name))
    if values is not None:
        yield from (int(value) for value in values.reshape(-1))
    elif node is not None and node.op == "Concat":
        for given in node.inputs:
            part = graph.constant(given)
            if part is None:
                node_of = graph.producer(given)
                part = graph.constant(node_of.given(0)) if node_of is not None and node_of.op == "Unsqueeze" else None
            yield None if part is None or part.size != 1 else int(part.reshape(-1)[0])
