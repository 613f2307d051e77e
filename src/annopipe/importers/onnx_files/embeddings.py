"""ALBERT's three tables and the mapping behind them, recognised in a graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import OtherArchitecture, SourceError
from annopipe.importers.onnx_files.graph import Graph, Node
from annopipe.importers.onnx_files.parts import MICROSOFT, dense_at, norm_at

WORDS, PLACES, TYPES = "word_embeddings", "position_embeddings", "token_type_embeddings"
FURTHEST: Final = 60


@dataclass(frozen=True, eq=False)
class Embeddings:
    """What lies before the first layer.

    Attributes:
        weights: under Hugging Face's names.
        epsilon: of the normalisation.
        assumed: what was guessed, a sentence each.
    """

    weights: dict[str, NDArray[Any]]
    epsilon: float
    assumed: tuple[str, ...] = ()


def embeddings_at(graph: Graph, name: str) -> Embeddings:
    """Return the embeddings whose mapped rows a value is.

    Raises:
        OtherArchitecture: the rows are not mapped, as in a BERT.
        SourceError: the tables are not recognised.
    """
    mapping = dense_at(graph, name)
    if mapping is None:
        if norm_at(graph, name) is not None or _whole_node(graph, name) is not None:
            raise OtherArchitecture(
                f"{graph.where} is a BERT or another model whose embeddings are as wide as its layers, not an ALBERT: "
                "choose an ALBERT"
            )
        raise SourceError(f"{graph.where}: what lies before the first layer is not recognised as ALBERT's embeddings")
    weights = {
        "encoder.embedding_hidden_mapping_in.weight": mapping.weight,
        "encoder.embedding_hidden_mapping_in.bias": np.zeros(len(mapping.weight), np.float32)
        if mapping.bias is None
        else mapping.bias,
    }
    found = _in_one_node(graph, mapping.source) or _spelled_out(graph, mapping.source)
    return Embeddings({**weights, **found.weights}, found.epsilon, found.assumed)


def _whole_node(graph: Graph, name: str) -> Node | None:
    node = graph.producer(graph.root(name))
    return node if node is not None and node.op == f"{MICROSOFT}EmbedLayerNormalization" else None


def _in_one_node(graph: Graph, name: str) -> Embeddings | None:
    """Return the embeddings that ONNX Runtime's optimiser made one node of."""
    node = _whole_node(graph, name)
    if node is None:
        return None
    word, place, kind, scale, shift = (graph.constant(node.given(at)) for at in range(2, 7))
    if word is None or place is None or scale is None or shift is None:
        raise SourceError(f"{graph.where}: the embeddings are not constants: export the model anew")
    weights = {"LayerNorm.weight": scale, "LayerNorm.bias": shift}
    tables = {WORDS: word, PLACES: place}
    return _named(weights, node.real("epsilon", 1e-12), tables, kind)


def _spelled_out(graph: Graph, name: str) -> Embeddings:
    """Return the embeddings of three gathers, two sums and a normalisation."""
    norm = norm_at(graph, name)
    if norm is None:
        raise SourceError(f"{graph.where}: ALBERT's embeddings are normalised; here they are not")
    tables: dict[str, NDArray[Any]] = {}
    kind: NDArray[Any] | None = None
    for term in _terms(graph, norm.terms):
        node = graph.producer(graph.root(term))
        table = graph.constant(node.given(0)) if node is not None and node.op == "Gather" else None
        if node is None or table is None or table.ndim != 2:
            kind = graph.constant(term) if kind is None else kind
            continue
        tables[_kind_of(graph, node, tables)] = table
    if TYPES in tables:
        kind = tables.pop(TYPES)
    weights = {"LayerNorm.weight": norm.scale, "LayerNorm.bias": norm.shift}
    if set(tables) != {WORDS, PLACES}:
        raise SourceError(f"{graph.where}: the tables of words and positions are not recognised: export the model anew")
    return _named(weights, norm.epsilon, tables, kind)


def _named(
    weights: dict[str, NDArray[Any]], epsilon: float, tables: dict[str, NDArray[Any]], kind: NDArray[Any] | None
) -> Embeddings:
    """Return embeddings under Hugging Face's names; a segment table that was folded into one row is that row."""
    width = tables[WORDS].shape[-1]
    assumed: tuple[str, ...] = ()
    if kind is None:
        kind = np.zeros((1, width), np.float32)
        assumed = ("the segment table is zero: the graph has none",)
    elif kind.ndim != 2 or kind.shape[-1] != width:
        if kind.size != width:
            raise SourceError("the graph folded positions and segments into one table: export the model anew")
        kind = kind.reshape(1, width)
        assumed = ("the segment table has one row: the graph keeps no other",)
    named = {f"{name}.weight": table for name, table in (*tables.items(), (TYPES, kind))}
    return Embeddings({f"embeddings.{name}": table for name, table in {**named, **weights}.items()}, epsilon, assumed)


def _terms(graph: Graph, names: tuple[str, ...]) -> Iterator[str]:
    """Give the terms of a sum of sums."""
    waiting, count = list(names), 0
    while waiting and (count := count + 1) < FURTHEST:
        name = waiting.pop(0)
        node = graph.producer(graph.root(name))
        if node is not None and node.op == "Add":
            waiting += node.inputs
        else:
            yield name


def _kind_of(graph: Graph, node: Node, known: dict[str, NDArray[Any]]) -> str:
    """Return which table a gather reads: by the table's name, else by where its rows' numbers come from."""
    name = node.given(0).lower()
    for part, kind in (("word_emb", WORDS), ("position", PLACES), ("token_type", TYPES), ("segment", TYPES)):
        if part in name:
            return kind
    reached = [value.lower() for value in _inputs_behind(graph, node.given(1))]
    index = graph.root(node.given(1), "Expand", "Slice", "Gather")
    if graph.root(node.given(1)) in graph.inputs:
        return TYPES if any("type" in value or "segment" in value for value in reached) else WORDS
    values = graph.constant(index)
    if values is not None and values.size > 1 and not values.any():
        return TYPES
    return PLACES if PLACES not in known else TYPES


def _inputs_behind(graph: Graph, name: str) -> set[str]:
    """Return the graph's inputs that a value depends on."""
    waiting = [name]
    seen: set[str] = set()
    while waiting and len(seen) < FURTHEST:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        node = graph.producer(value)
        waiting += node.inputs if node is not None else ()
    return seen & set(graph.inputs)
