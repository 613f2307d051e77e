"""ONNX models written in protobuf's wire format, field by field: no ``onnx`` package at run time.

Field numbers are those of ``onnx.proto`` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); each function
returns the bytes of one message.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Dimension: TypeAlias = int | str
"""A fixed size, or the name of a size known only at run time."""

Value: TypeAlias = int | float | str | bytes | list[int]
"""An attribute's value; ``bytes`` is a graph, the body of a loop."""

IR_VERSION = 8
OPSETS = (("", 17), ("com.microsoft", 1))
DATA_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int64): 7, np.dtype(np.bool_): 9}
EXTERNAL = 1
NEVER_READ = "__init__.py"
"""A file that every package has."""


def varint(number: int) -> bytes:
    """A whole number, seven bits a byte; negative ones as 64-bit two's complement."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field: int, number: int) -> bytes:
    """A field with a whole number (wire type 0)."""
    return varint(field << 3) + varint(number)


def text(field: int, value: str | bytes) -> bytes:
    """A field with a string, bytes or a message (wire type 2)."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def single(field: int, number: float) -> bytes:
    """A field with a 32-bit float (wire type 5)."""
    return varint(field << 3 | 5) + struct.pack("<f", number)


def attribute(name: str, value: Value) -> bytes:
    """AttributeProto: INT, FLOAT, STRING, INTS or GRAPH by the value's Python type."""
    if isinstance(value, int):
        return text(1, name) + integer(3, value) + integer(20, 2)
    if isinstance(value, float):
        return text(1, name) + single(2, value) + integer(20, 1)
    if isinstance(value, str):
        return text(1, name) + text(4, value) + integer(20, 3)
    if isinstance(value, list):
        return text(1, name) + b"".join(integer(8, one) for one in value) + integer(20, 7)
    return text(1, name) + text(6, value) + integer(20, 5)


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], *, domain: str = "", **attributes: Value) -> bytes:
    """NodeProto: one operator; an empty input name is an optional input left out."""
    parts = [text(1, name) for name in inputs] + [text(2, name) for name in outputs]
    parts += [text(4, op), text(7, domain)]
    parts += [text(5, attribute(name, value)) for name, value in attributes.items()]
    return b"".join(parts)


def value_info(
    name: str, shape: Sequence[Dimension], dtype: type[np.generic] = np.float32, *, sequence: bool = False
) -> bytes:
    """ValueInfoProto: name, type and shape of an input or output, a tensor or a sequence of such tensors."""
    sizes = [text(1, text(2, size) if isinstance(size, str) else integer(1, size)) for size in shape]
    type_proto = text(1, integer(1, DATA_TYPES[np.dtype(dtype)]) + text(2, b"".join(sizes)))
    if sequence:
        type_proto = text(4, text(1, type_proto))
    return text(1, name) + text(2, type_proto)


def constant(name: str, values: NDArray[np.generic]) -> bytes:
    """TensorProto with its numbers inside."""
    return _tensor(name, values) + text(9, np.ascontiguousarray(values).tobytes())


def placeholder(name: str, values: NDArray[np.generic]) -> bytes:
    """TensorProto that promises numbers of this shape and type: they are handed over in memory at loading.

    ONNX Runtime wants a file to be there for them, which is not read: ``NEVER_READ`` in a folder named at loading.
    """
    return _tensor(name, values) + text(13, text(1, "location") + text(2, NEVER_READ)) + integer(14, EXTERNAL)


def tensor_head(name: str, shape: Sequence[int], size: int) -> bytes:
    """GraphProto's field with one more float32 TensorProto, up to its numbers: ``size`` bytes that must follow."""
    start = b"".join(integer(1, length) for length in shape) + integer(2, DATA_TYPES[np.dtype(np.float32)])
    start += text(8, name) + varint(9 << 3 | 2) + varint(size)
    return varint(5 << 3 | 2) + varint(len(start) + size) + start


def _tensor(name: str, values: NDArray[np.generic]) -> bytes:
    sizes = b"".join(integer(1, size) for size in values.shape)
    return sizes + integer(2, DATA_TYPES[values.dtype]) + text(8, name)


def graph(
    name: str,
    nodes: Iterable[bytes],
    inputs: Iterable[bytes],
    outputs: Iterable[bytes],
    initializers: Iterable[bytes] = (),
) -> bytes:
    """GraphProto of messages made by ``node``, ``value_info``, and ``constant`` or ``placeholder``."""
    parts = [text(1, part) for part in nodes] + [text(2, name)]
    parts += [text(5, part) for part in initializers]
    parts += [text(11, part) for part in inputs] + [text(12, part) for part in outputs]
    return b"".join(parts)


def model(main: bytes) -> bytes:
    """ModelProto around a graph."""
    return model_head(len(main)) + main


def model_head(size: int, opsets: Iterable[tuple[str, int]] = OPSETS) -> bytes:
    """ModelProto up to its graph: ``size`` bytes that must follow; ``opsets`` are domains and versions of operators."""
    imported = [text(8, text(1, domain) + integer(2, version)) for domain, version in opsets]
    head = integer(1, IR_VERSION) + text(2, "annopipe") + b"".join(imported)
    return head + varint(7 << 3 | 2) + varint(size)
