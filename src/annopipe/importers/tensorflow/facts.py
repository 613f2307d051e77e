"""What a graph of TensorFlow tells of an ALBERT besides its weights: layers, heads, epsilon, activation."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from annopipe.importers.facts import Facts, shortest
from annopipe.importers.tensorflow.graph import Graph, Node, Scope

CALLS: Final = ("PartitionedCall", "StatefulPartitionedCall")
NOT_IN_LAYERS: Final = ("pooler", "predictions", "classifier")
"""Parts of names of nodes outside the layers, which have activations of their own."""

EPSILON_ENDS: Final = ("batchnorm/add/y", "LayerNorm/add/y", "layer_norm/add/y")
MOST_LAYERS: Final = 1024
DEEPEST: Final = 64
"""Calls of functions inside each other that are looked into."""


def facts_of(graphs: Iterable[Graph], hidden_size: int) -> Facts:
    """Return what graphs tell; None where they do not, or contradict themselves.

    Args:
        graphs: of one model.
        hidden_size: of it, which heads must divide.
    """
    graphs = list(graphs)
    scopes = [scope for graph in graphs for scope in graph.scopes]
    layers = max((_layers(graph) for graph in graphs), default=0)
    return Facts(
        layers=layers if 0 < layers <= MOST_LAYERS else None,
        heads=_heads(scopes, hidden_size),
        epsilon=_epsilon(scopes),
        activation=_activation(scopes),
    )


def _layers(graph: Graph) -> int:
    """Return the most softmaxes that one signature runs: one a layer."""
    counted: dict[str, int] = {}

    def cost(node: Node, depth: int) -> int:
        if node.op == "Softmax":
            return 1
        name = node.function() if node.op in CALLS else node.op
        body = graph.functions.get(name)
        if body is None or depth > DEEPEST:
            return 0
        if name not in counted:
            counted[name] = 0
            inside = sum(cost(one, depth + 1) for one in body.nodes.values())
            counted[name] = min(inside, MOST_LAYERS + 1)
        return counted[name]

    direct = sum(node.op == "Softmax" for node in graph.main.nodes.values())
    called = max((cost(node, 0) for node in graph.main.nodes.values() if node.op != "Softmax"), default=0)
    return max(direct, called)


def _heads(scopes: Iterable[Scope], hidden_size: int) -> int | None:
    """Return the heads into which reshapes cut the hidden size: the shape they give most often."""
    votes = Counter(
        heads
        for scope in scopes
        for heads, size in _ends_of_shapes(scope)
        if heads > 0 and size > 1 and heads * size == hidden_size
    )
    several = {heads: count for heads, count in votes.items() if heads > 1} or dict(votes)
    return max(several, key=lambda heads: several[heads]) if several else None


def _ends_of_shapes(scope: Scope) -> Iterator[tuple[int, int]]:
    """Give the last two sizes of shapes of three or four dimensions, packed together or constant."""
    for node in scope.of("Pack"):
        if len(node.inputs) in (3, 4):
            last = [scope.constant(name) for name in node.inputs[-2:]]
            if all(value is not None and value.ndim == 0 and value.dtype.kind == "i" for value in last):
                first, second = (int(value) for value in last if value is not None)
                yield first, second
    for node in scope.of("Reshape"):
        shape = scope.constant(node.inputs[1]) if len(node.inputs) > 1 else None
        if shape is not None and shape.shape in ((3,), (4,)) and shape.dtype.kind == "i":
            yield int(shape[-2]), int(shape[-1])


def _epsilon(scopes: Iterable[Scope]) -> float | None:
    """Return what every layer normalisation adds to the variance, if all agree."""
    found = set()
    for scope in scopes:
        for node in scope.of("Const"):
            if node.name.endswith(EPSILON_ENDS) or "/batchnorm/add/y" in node.name:
                value = node.constant()
                if value is not None and value.ndim == 0 and value.dtype == np.float32:
                    found.add(shortest(float(value)))
        for node in scope.of("FusedBatchNormV3"):
            if (given := node.attribute("epsilon")) is not None and len(given.floats(4)):
                found.add(shortest(float(given.floats(4)[-1])))
    return found.pop() if len(found) == 1 else None


def _activation(scopes: Iterable[Scope]) -> str | None:
    ops = {
        node.op
        for scope in scopes
        for node in scope.of("Erf", "Tanh", "Relu")
        if not any(part in node.name.lower() for part in NOT_IN_LAYERS)
    }
    names = {"Erf": "gelu", "Tanh": "gelu_new", "Relu": "relu"}
    return names[ops.pop()] if len(ops) == 1 else None
