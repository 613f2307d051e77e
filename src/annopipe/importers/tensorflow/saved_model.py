"""One model of TensorFlow: its graph, with weights in a checkpoint beside it or frozen into the graph."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError, ModelFileMissing
from annopipe.importers.facts import Facts
from annopipe.importers.tensorflow.bundle import OBJECT_GRAPH, Bundle
from annopipe.importers.tensorflow.facts import facts_of
from annopipe.importers.tensorflow.graph import Graph, Node, read_graphs
from annopipe.importers.tensorflow.names import heads_of, plain, renamed, scheme_of, turned
from annopipe.importers.wire import Message

LARGEST_GRAPH: Final = 2 << 30
"""Protobuf's own limit."""

READS: Final = ("/ReadVariableOp/resource", "/ReadVariableOp", "/read", "/resource")
"""What freezing puts behind a variable's name."""


class SavedModel:
    """A graph and its weights.

    Args:
        graph: path of ``saved_model.pb``, a SavedModel or a bare graph.
        prefix: path of the checkpoint up to ``.index``; where that is not there, weights are constants of the graph.

    Raises:
        ModelFileMissing: no such graph.
        CheckpointError: it is damaged.
    """

    def __init__(self, graph: Path, prefix: Path) -> None:
        if not graph.is_file():
            raise ModelFileMissing(f"{graph.parent.name} has no {graph.name}: copy the model whole")
        if graph.stat().st_size > LARGEST_GRAPH:
            raise CheckpointError(f"{graph.name} is larger than {LARGEST_GRAPH} bytes: no graph of TensorFlow is")
        self._where = graph.name
        self._graphs = read_graphs(graph.read_bytes(), graph.name)
        self._prefix = prefix
        self.left_out: tuple[str, ...] = ()
        self._heads: int | None = None

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the encoder's weights under Hugging Face's names; `left_out` names the other variables after it.

        Raises:
            OtherArchitecture, CheckpointError: the variables are not those of an ALBERT, or damaged.
            ModelFileMissing: a data file is not there.
        """
        if not self._prefix.with_name(f"{self._prefix.name}.index").is_file():
            return self._frozen()
        bundle = Bundle(self._prefix)
        keys = self._keys(bundle)
        found, self.left_out = renamed(keys)
        shapes = {name: bundle.places[key].shape for name, key in keys.items()}
        self._heads = heads_of(shapes, found)
        return {name: turned(name, bundle.floats(keys[variable])) for name, variable in found.items()}

    def lowers_case(self) -> bool | None:
        """Return whether text is lower-cased, where a module of TF-Hub tells it; None where it does not."""
        found = [graph.told("tokenization_info", "do_lower_case") for graph in self._graphs]
        said = {bool(value) for value in found if value is not None and value.ndim == 0 and value.dtype == np.bool_}
        return said.pop() if len(said) == 1 else None

    def facts(self, tensors: Mapping[str, NDArray[Any]]) -> Facts:
        """Return what the graph tells besides the weights that `tensors` gave."""
        mapping = tensors.get("encoder.embedding_hidden_mapping_in.weight")
        facts = facts_of(self._graphs, 0 if mapping is None else len(mapping))
        return facts if self._heads is None else replace(facts, heads=self._heads)

    def _keys(self, bundle: Bundle) -> dict[str, str]:
        """Return each variable's name and its key in the checkpoint; in older ones both are the same."""
        keyed = [key for key in bundle.places if key != OBJECT_GRAPH]
        if not any(key.endswith("/.ATTRIBUTES/VARIABLE_VALUE") for key in keyed):
            return {key: key for key in keyed}
        named = self._named_by_objects(bundle) or self._named_by_restoring(len(keyed))
        if not named:
            raise CheckpointError(f"{self._where}: nothing tells which variable is which in {bundle.index.name}")
        missing = sorted(set(named.values()) - set(keyed))
        if missing:
            raise CheckpointError(f"{bundle.index.name} lacks {', '.join(missing[:8])}: copy the model anew")
        return named

    def _named_by_objects(self, bundle: Bundle) -> dict[str, str]:
        """Return name → key from the description of objects that the checkpoint itself holds."""
        if OBJECT_GRAPH not in bundle.places:
            return {}
        objects = Message(bundle.string(OBJECT_GRAPH), bundle.index.name)
        attributes = (attribute for one in objects.messages(1) for attribute in one.messages(2))
        pairs = {attribute.text(2): attribute.text(3) for attribute in attributes}
        return {name: key for name, key in pairs.items() if name and key in bundle.places}

    def _named_by_restoring(self, count: int) -> dict[str, str]:
        """Return name → key from the call that restores all variables: its inputs are in the order of keys."""
        for graph in self._graphs:
            for node in graph.main.of("StatefulPartitionedCall", "PartitionedCall"):
                body = graph.functions.get(node.function())
                if body is None or next(body.of("RestoreV2"), None) is None:
                    continue
                handles = [name for name in node.inputs if _is_handle(graph, name)]
                if len(handles) in (count, count - 1):
                    return {name: f"variables/{place}/.ATTRIBUTES/VARIABLE_VALUE" for place, name in enumerate(handles)}
        return {}

    def _frozen(self) -> dict[str, NDArray[Any]]:
        """Return the weights that are constants of the graph."""
        nodes = dict(self._constants)
        if not nodes:
            raise ModelFileMissing(
                f"{self._prefix.parent.name} has no {self._prefix.name}.index, and the graph no weights: copy it whole"
            )
        tensors = {}
        for name, variable in _weights_among(nodes).items():
            values = nodes[variable].constant()
            if values is None or values.dtype.kind != "f":
                raise CheckpointError(f"{self._where}: {variable} has a dtype that is no weight's")
            tensors[name] = turned(name, values)
        return tensors

    @cached_property
    def _constants(self) -> Mapping[str, Node]:
        """Constants of all graphs by the name of the variable that they once were."""
        return {_variable(node.name): node for graph in self._graphs for node in _all_constants(graph)}


def _all_constants(graph: Graph) -> Iterator[Node]:
    for scope in graph.scopes:
        yield from scope.of("Const")


def _variable(name: str) -> str:
    for end in READS:
        name = name.removesuffix(end)
    return name


def _weights_among(nodes: Iterable[str]) -> dict[str, str]:
    """Return name → constant of every weight; the many other constants of a graph are not of interest."""
    nodes = list(nodes)
    scheme = scheme_of(nodes)
    pairs = ((scheme.hugging_face(plain(name)), name) for name in nodes)
    return {new: name for new, name in pairs if new is not None}


def _is_handle(graph: Graph, name: str) -> bool:
    node = graph.main.nodes.get(name)
    return node is not None and node.op == "VarHandleOp"
