"""The parts that ALBERT is made of, recognised in a graph: linear layers, normalisations, activations.

Each function looks at one value and returns what computes it, or None if something else does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.importers.onnx_files.graph import Graph, Node

MICROSOFT: Final = "com.microsoft."
FURTHEST: Final = 40
"""Nodes between an activation and the linear layer before it."""


@dataclass(frozen=True, eq=False)
class Dense:
    """A linear layer: ``weight`` [out, in] as Hugging Face's, ``bias`` [out] or None."""

    source: str
    weight: NDArray[Any]
    bias: NDArray[Any] | None

    def with_bias(self, bias: NDArray[Any] | None) -> "Dense":
        """Return the layer with a bias that is added further on."""
        return self if bias is None or self.bias is not None else Dense(self.source, self.weight, bias)


@dataclass(frozen=True, eq=False)
class Norm:
    """A layer normalisation over the sum of ``terms``; ``bias`` is added to the first of them where it is given."""

    terms: tuple[str, ...]
    scale: NDArray[Any]
    shift: NDArray[Any]
    epsilon: float
    bias: NDArray[Any] | None = None


@dataclass(frozen=True, eq=False)
class Activation:
    """An activation of ``source``, with a bias where the node adds one first."""

    source: str
    name: str
    bias: NDArray[Any] | None = None


def dense_at(graph: Graph, name: str) -> Dense | None:
    """Return the linear layer whose output a value is."""
    name = graph.root(name)
    node = graph.producer(name)
    if node is None:
        return None
    if node.op == "Add":
        for product, bias in _both_ways(node):
            values = _vector(graph, bias)
            layer = _product_at(graph, product) if values is not None else None
            if layer is not None and values is not None and len(values) == len(layer.weight):
                return layer.with_bias(values)
        return None
    return _product_at(graph, name)


def _product_at(graph: Graph, name: str) -> Dense | None:
    """Return the product with a constant matrix whose result a value is."""
    node = graph.producer(graph.root(name))
    if node is None or node.op not in ("MatMul", "Gemm", "Einsum", f"{MICROSOFT}FusedMatMul"):
        return None
    place = 0 if node.op == "Einsum" and len(node.inputs) > 1 and graph.constant(node.given(0)) is not None else 1
    weight = graph.constant(node.given(place))
    if weight is None or weight.dtype.kind != "f":
        return None
    source = node.given(1 - place)
    if node.op == "Einsum":
        return Dense(source, weight.reshape(-1, weight.shape[-1]).T, None) if weight.ndim == 3 else None
    if weight.ndim != 2 or node.integer("transA", 0):
        return None
    weight = weight if node.integer("transB", 0) else weight.T
    if node.op == "Gemm":
        bias = _vector(graph, node.given(2)) if node.given(2) else None
        return Dense(source, weight, bias)
    return Dense(source, weight, None)


def norm_at(graph: Graph, name: str) -> Norm | None:
    """Return the layer normalisation whose output a value is: one node, or spelled out."""
    name = graph.root(name)
    node = graph.producer(name)
    if node is None or node.op not in ("LayerNormalization", f"{MICROSOFT}SkipLayerNormalization", "Add"):
        return None
    if node.op == "Add":
        return _spelled_out(graph, node)
    skipping = node.op != "LayerNormalization"
    first = 2 if skipping else 1
    scale, shift = _vector(graph, node.given(first)), _vector(graph, node.given(first + 1))
    if scale is None or shift is None:
        return None
    epsilon = node.real("epsilon", 1e-12 if skipping else 1e-5)
    bias = _vector(graph, node.given(4)) if skipping and node.given(4) else None
    terms = tuple(node.inputs[:2]) if skipping else added(graph, node.given(0))
    return Norm(terms, scale, shift, epsilon, bias)


def _spelled_out(graph: Graph, node: Node) -> Norm | None:
    """Return a normalisation of means, a root and a quotient, from its last node on."""
    for scaled, shift_name in _both_ways(node):
        shift, product = _vector(graph, shift_name), graph.producer(graph.root(scaled))
        if shift is None or product is None or product.op != "Mul":
            continue
        for normed, scale_name in _both_ways(product):
            scale = _vector(graph, scale_name)
            found = None if scale is None else _quotient(graph, normed)
            if found is not None and scale is not None:
                return Norm(added(graph, found[0]), scale, shift, found[1])
    return None


def _quotient(graph: Graph, name: str) -> tuple[str, float] | None:
    """Return what is normalised, and the epsilon, of a difference from the mean over a root."""
    node = graph.producer(graph.root(name))
    if node is None or node.op not in ("Div", "Mul"):
        return None
    for difference, root in _both_ways(node):
        centred = graph.producer(graph.root(difference))
        epsilon = _epsilon_in(graph, root)
        if centred is not None and centred.op == "Sub" and epsilon is not None:
            return centred.given(0), epsilon
    return None


def _epsilon_in(graph: Graph, name: str) -> float | None:
    """Return the constant that is added under a root."""
    for _ in range(6):
        node = graph.producer(graph.root(name))
        if node is None or node.op not in ("Sqrt", "Reciprocal", "Pow", "Add", "Div"):
            return None
        if node.op == "Add":
            for _, constant in _both_ways(node):
                values = graph.constant(constant)
                if values is not None and values.size == 1:
                    return float(values.reshape(-1)[0])
            return None
        name = node.given(1) if node.op == "Div" else node.given(0)
    return None


def activation_at(graph: Graph, name: str) -> Activation | None:
    """Return the activation whose output a value is: one node, or spelled out with ``Erf`` or ``Tanh``."""
    name = graph.root(name)
    node = graph.producer(name)
    if node is None:
        return None
    if node.op == "Gelu":
        return Activation(node.given(0), "gelu_new" if node.string("approximate", "none") == "tanh" else "gelu")
    if node.op == "Relu":
        return Activation(node.given(0), "relu")
    names = {f"{MICROSOFT}FastGelu": "gelu_new", f"{MICROSOFT}BiasGelu": "gelu", f"{MICROSOFT}Gelu": "gelu"}
    if node.op in names:
        bias = _vector(graph, node.given(1)) if node.given(1) else None
        return Activation(node.given(0), names[node.op], bias)
    return _spelled_activation(graph, name)


def _spelled_activation(graph: Graph, name: str) -> Activation | None:
    """Return an activation of several nodes: everything between the value and one linear layer."""
    waiting = [name]
    seen: set[str] = set()
    sources: set[str] = set()
    kinds: set[str] = set()
    while waiting and len(seen) < FURTHEST:
        value = graph.root(waiting.pop())
        if value in seen:
            continue
        seen.add(value)
        node = graph.producer(value)
        if value != name and dense_at(graph, value) is not None:
            sources.add(value)
        elif node is not None and node.op in ("Mul", "Add", "Div", "Pow", "Erf", "Tanh"):
            kinds |= {node.op} & {"Erf", "Tanh"}
            waiting += [given for given in node.inputs if given and graph.constant(given) is None]
        else:
            return None
    if len(sources) != 1 or len(kinds) != 1:
        return None
    return Activation(sources.pop(), {"Erf": "gelu", "Tanh": "gelu_new"}[kinds.pop()])


def added(graph: Graph, name: str) -> tuple[str, ...]:
    """Return the two terms of a sum, or the value itself where it is none."""
    node = graph.producer(graph.root(name))
    return tuple(node.inputs[:2]) if node is not None and node.op == "Add" and len(node.inputs) > 1 else (name,)


def _both_ways(node: Node) -> Iterator[tuple[str, str]]:
    """Give the two inputs of a node in either order."""
    if len(node.inputs) == 2:
        first, second = node.inputs
        yield first, second
        yield second, first


def _vector(graph: Graph, name: str) -> NDArray[Any] | None:
    """Return a constant of one dimension and more than one number; None for everything else."""
    values = graph.constant(name) if name else None
    if values is None or values.dtype.kind != "f":
        return None
    values = np.squeeze(values)
    return values if values.ndim == 1 else None
