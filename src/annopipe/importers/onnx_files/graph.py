"""The graph of an ONNX file: who computes which value, and which values are constants."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import SourceError
from annopipe.importers.onnx_files.tensors import DTYPES, Tensors, mapped
from annopipe.importers.wire import Message

RESHAPING: Final = ("Reshape", "Squeeze", "Unsqueeze", "Flatten")
UNCHANGING: Final = ("Identity", "Cast", "Dropout")
"""Operators whose output holds the numbers of their first input, in its order."""

MOST_NODES: Final = 100_000
"""An export of 24 layers spelled out has some 3 000."""

DEEPEST: Final = 64
"""Steps that a constant may be computed in."""


class Node:
    """One node.

    Attributes:
        op: operator, with its domain in front unless it is ONNX's own: ``MatMul``, ``com.microsoft.FastGelu``.
        inputs, outputs: names of values; empty: left out.
    """

    __slots__ = ("_message", "inputs", "op", "outputs")

    def __init__(self, message: Message) -> None:
        self._message = message
        domain = message.text(7)
        self.op = message.text(4) if domain in ("", "ai.onnx") else f"{domain}.{message.text(4)}"
        self.inputs, self.outputs = message.texts(1), message.texts(2)

    def attribute(self, name: str) -> Message | None:
        """Return an attribute (``AttributeProto``), or None."""
        return next((found for found in self._message.messages(5) if found.text(1) == name), None)

    def integer(self, name: str, default: int) -> int:
        """Return a whole number that an attribute gives."""
        found = self.attribute(name)
        return default if found is None else found.integer(3, default)

    def real(self, name: str, default: float) -> float:
        """Return a number of 32 bits that an attribute gives."""
        found = self.attribute(name)
        values = np.empty(0, np.float32) if found is None else found.floats(2)
        return float(values[-1]) if len(values) else default

    def string(self, name: str, default: str) -> str:
        """Return a text that an attribute gives."""
        found = self.attribute(name)
        return default if found is None else found.text(4, default)

    def given(self, place: int) -> str:
        """Return the name of an input; empty if it is left out."""
        return self.inputs[place] if place < len(self.inputs) else ""


class Graph:
    """The main graph of an ONNX file.

    Attributes:
        inputs, outputs: names; initializers are no inputs.
        nodes: in their order in the file.

    Raises:
        CheckpointError: the file is damaged.
        SourceError: it holds no graph.
    """

    def __init__(self, path: Path) -> None:
        self.where = path.name
        model = Message(mapped(path), path.name)
        graph = model.message(7)
        if graph is None:
            raise SourceError(f"{path.name} holds no graph: it is no ONNX file, or truncated")
        if len(graph.fields.get(1, ())) > MOST_NODES:
            raise SourceError(f"{path.name} has more than {MOST_NODES} nodes: that is no ALBERT")
        self.nodes = [Node(message) for message in graph.messages(1)]
        self.initializers: Mapping[str, Message] = {tensor.text(8): tensor for tensor in graph.messages(5)}
        self.inputs = [name for name in (one.text(1) for one in graph.messages(11)) if name not in self.initializers]
        self.outputs = [one.text(1) for one in graph.messages(12)]
        self._tensors = Tensors(path.parent)
        self._producers = {output: node for node in self.nodes for output in node.outputs if output}
        self._values: dict[str, NDArray[Any] | None] = {}

    def producer(self, name: str) -> Node | None:
        """Return the node that computes a value."""
        return self._producers.get(name)

    def root(self, name: str, *passing: str) -> str:
        """Return the value that holds the same numbers further up, before it was only reshaped or cast.

        Args:
            name: of the value.
            passing: further operators to look through.
        """
        for _ in range(DEEPEST):
            node = self.producer(name)
            if node is None or node.op not in (*UNCHANGING, *RESHAPING, *passing) or not node.given(0):
                return name
            name = node.given(0)
        return name

    def constant(self, name: str, depth: int = 0) -> NDArray[Any] | None:
        """Return a value's numbers if they do not depend on the inputs, else None.

        Raises:
            CheckpointError: they are damaged.
        """
        if name not in self._values:
            self._values[name] = None
            self._values[name] = self._constant(name, depth) if depth < DEEPEST else None
        return self._values[name]

    def _constant(self, name: str, depth: int) -> NDArray[Any] | None:
        if (tensor := self.initializers.get(name)) is not None:
            return self._tensors.array(tensor)
        node = self.producer(name)
        if node is None:
            return None
        if node.op == "Constant":
            return self._of_node(node)
        if node.op not in (*UNCHANGING, *RESHAPING, "Transpose") or not node.given(0):
            return None
        values = self.constant(node.given(0), depth + 1)
        return None if values is None else self._changed(node, values, depth)

    def _of_node(self, node: Node) -> NDArray[Any] | None:
        """Return what a ``Constant`` node holds."""
        if (given := node.attribute("value")) is not None and (tensor := given.message(5)) is not None:
            return self._tensors.array(tensor)
        for name, field in (("value_int", 3), ("value_ints", 8)):
            if (given := node.attribute(name)) is not None:
                numbers = np.array(given.integers(field), np.int64)
                return numbers.reshape(()) if name == "value_int" and len(numbers) == 1 else numbers
        for name, field in (("value_float", 2), ("value_floats", 7)):
            if (given := node.attribute(name)) is not None:
                reals = given.floats(field)
                return reals.reshape(()) if name == "value_float" and len(reals) == 1 else reals
        return None

    def _changed(self, node: Node, values: NDArray[Any], depth: int) -> NDArray[Any] | None:
        """Return constant numbers after a node that only lays them out anew."""
        if node.op == "Transpose":
            given = node.attribute("perm")
            order = given.integers(8) if given is not None else list(range(values.ndim))[::-1]
            return values.transpose(order) if sorted(order) == list(range(values.ndim)) else None
        if node.op == "Cast":
            kind = DTYPES.get(node.integer("to", 0))
            return None if kind is None else values.astype(kind)
        if node.op == "Reshape":
            shape = self.constant(node.given(1), depth + 1)
            return None if shape is None else _reshaped(values, shape)
        return values if node.op in UNCHANGING else None


def _reshaped(values: NDArray[Any], shape: NDArray[Any]) -> NDArray[Any] | None:
    if shape.dtype.kind != "i" or shape.ndim != 1:
        return None
    sizes = [values.shape[at] if size == 0 and at < values.ndim else int(size) for at, size in enumerate(shape)]
    try:
        return values.reshape(sizes)
    except ValueError:
        return None
