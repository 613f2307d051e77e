"""TensorFlow's graphs (``GraphDef``), alone or inside a SavedModel: nodes, constants, functions that nodes call."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError
from annopipe.importers.tensorflow.shapes import shape_of
from annopipe.importers.wire import Message

NUMBERS: Final = {1: "<f4", 3: "<i4", 9: "<i8", 10: "?", 14: "<u2", 19: "<f2"}
"""Dtypes of constants that are read, by TensorFlow's number."""

BFLOAT16: Final = 14
_LISTED: Final = {3: 7, 9: 10, 10: 11, 14: 13, 19: 13}
"""Field of a ``TensorProto`` that lists the numbers of a dtype, where they are not given as bytes."""


class Node:
    """One node of a graph.

    Attributes:
        name, op: what it is called, and what it does.
        inputs: names of the nodes whose outputs it takes.
    """

    __slots__ = ("_message", "inputs", "name", "op")

    def __init__(self, message: Message) -> None:
        self._message = message
        self.name, self.op = message.text(1), message.text(2)
        self.inputs = tuple(given.lstrip("^").partition(":")[0] for given in message.texts(3))

    def attribute(self, name: str) -> Message | None:
        """Return the value of an attribute (``AttrValue``)."""
        for entry in self._message.messages(5):
            if entry.text(1) == name:
                return entry.message(2)
        return None

    def function(self) -> str:
        """Return the name of the function that the node calls; its operator where it names a function itself."""
        value = self.attribute("f")
        called = value.message(10) if value is not None else None
        return called.text(1) if called is not None else self.op

    def constant(self) -> NDArray[Any] | None:
        """Return the numbers of a ``Const`` node, bfloat16 expanded to float32; None for text and other dtypes."""
        value = self.attribute("value")
        tensor = value.message(8) if value is not None else None
        return None if tensor is None else _numbers(tensor, self.name)


class Scope:
    """The nodes of the graph itself, or of one function."""

    def __init__(self, nodes: list[Message]) -> None:
        self.nodes: Mapping[str, Node] = {node.name: node for node in map(Node, nodes)}

    def of(self, *ops: str) -> Iterator[Node]:
        """Give the nodes of some operators."""
        return (node for node in self.nodes.values() if node.op in ops)

    def constant(self, name: str) -> NDArray[Any] | None:
        """Return the numbers of a node that is a constant, or None."""
        node = self.nodes.get(name)
        return node.constant() if node is not None and node.op == "Const" else None


class Graph:
    """A graph with its functions.

    Args:
        message: a ``GraphDef``.
        signatures: entries of the ``MetaGraphDef`` around it that name the outputs of its signatures.

    Raises:
        CheckpointError: it is damaged.
    """

    def __init__(self, message: Message, signatures: Sequence[Message] = ()) -> None:
        self._message = message
        self._signatures = signatures
        self.main = Scope(message.messages(1))

    def told(self, signature: str, output: str) -> NDArray[Any] | None:
        """Return what an output of a signature always is; None if there is none, or it is computed."""
        for entry in self._signatures:
            definition = entry.message(2) if entry.text(1) == signature else None
            for pair in definition.messages(2) if definition is not None else ():
                tensor = pair.message(2) if pair.text(1) == output else None
                if tensor is not None:
                    return self.main.constant(tensor.text(1).partition(":")[0])
        return None

    @cached_property
    def functions(self) -> Mapping[str, Scope]:
        """Bodies of the graph's functions, by name."""
        library = self._message.message(2)
        found = {}
        for function in library.messages(1) if library is not None else ():
            signature = function.message(1)
            found["" if signature is None else signature.text(1)] = Scope(function.messages(3))
        return found

    @property
    def scopes(self) -> list[Scope]:
        """The graph itself and all its functions."""
        return [self.main, *self.functions.values()]


def read_graphs(data: bytes | memoryview, where: str) -> list[Graph]:
    """Return the graphs in a ``saved_model.pb``: those of a SavedModel, or the one that Spark NLP writes bare.

    Raises:
        CheckpointError: it is damaged, or holds no graph.
    """
    message = Message(data, where)
    first = message.fields.get(1)
    if first is None:
        raise message.damaged("it holds no graph")
    if not isinstance(first[0], int):
        return [Graph(message)]
    found = [(meta.message(2), meta.messages(5)) for meta in message.messages(2)]
    graphs = [Graph(graph, signatures) for graph, signatures in found if graph is not None]
    if not graphs:
        raise message.damaged("it holds no graph")
    return graphs


def _numbers(tensor: Message, name: str) -> NDArray[Any] | None:
    """Return the numbers of a ``TensorProto``: its bytes, or a list whose last number fills what is left."""
    dtype = tensor.integer(1)
    if dtype not in NUMBERS:
        return None
    shape, stored = shape_of(tensor.message(2), tensor), np.dtype(NUMBERS[dtype])
    count = int(np.prod(shape, dtype=np.int64))
    content = tensor.data(4)
    if content is not None and len(content):
        if len(content) != count * stored.itemsize:
            raise CheckpointError(f"{tensor.where} is damaged: constant {name} of shape {list(shape)} has other bytes")
        raw = np.frombuffer(content, stored)
    else:
        raw = _listed(tensor, dtype, stored, count)
    if dtype == BFLOAT16:
        raw = (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
    return raw.reshape(shape)


def _listed(tensor: Message, dtype: int, stored: np.dtype[Any], count: int) -> NDArray[Any]:
    listed: NDArray[Any] = tensor.floats(5) if dtype == 1 else np.array(tensor.integers(_LISTED[dtype]), np.int64)
    if len(listed) > count:
        raise tensor.damaged("a constant has more numbers than its shape")
    if dtype in (BFLOAT16, 19):
        listed = (listed & 0xFFFF).astype(np.uint16).view(stored)
    filler = listed[-1] if len(listed) else 0
    if len(listed) < count and not _fits(count):
        raise tensor.damaged(f"a constant of one number repeated {count} times")
    return np.concatenate([listed.astype(stored), np.full(count - len(listed), filler, stored)])


def _fits(count: int) -> bool:
    """Tell whether a repeated number may fill an array: a large one would cost memory for nothing."""
    return count <= 1 << 24
