"""Checkpoints of TensorFlow written byte by byte, sound ones and broken ones."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.proto import integer, text, varint
from annopipe.importers.tensorflow.checksum import masked_crc32c
from annopipe.importers.tensorflow.table import MAGIC

DTYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "uint16": 14, "float16": 19}
"""TensorFlow's numbers; uint16 stands for bfloat16."""


def fixed(field: int, number: int) -> bytes:
    """A field of 32 bits."""
    return varint(field << 3 | 5) + number.to_bytes(4, "little")


def entry(values: NDArray[Any], at: int, **changed: Any) -> bytes:
    """What the index says of an array that lies at byte ``at``; ``changed`` gives wrong values."""
    said = {"dtype": DTYPES[values.dtype.name], "shape": values.shape, "shard": 0, "offset": at}
    said |= {"size": values.nbytes, "crc": masked_crc32c(values.tobytes()), **changed}
    dims = b"".join(text(2, integer(1, size)) for size in said["shape"])
    parts = integer(1, said["dtype"]) + text(2, dims) + integer(3, said["shard"])
    return parts + integer(4, said["offset"]) + integer(5, said["size"]) + fixed(6, said["crc"]) + said.get("more", b"")


def block(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Entries without shared prefixes, and one restart point."""
    content = b"".join(varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in entries)
    return content + bytes(4) + (1).to_bytes(4, "little")


def stored(content: bytes, kind: int = 0) -> bytes:
    """A block as it lies in the file, with its compression and checksum."""
    data = content + bytes([kind])
    return data + masked_crc32c(data).to_bytes(4, "little")


def handle(offset: int, content: bytes) -> bytes:
    return varint(offset) + varint(len(content))


def table(entries: Iterable[tuple[bytes, bytes]], compress: Any = None) -> bytes:
    """A table of one block, ``compress`` applied to it where one is given."""
    content = block(entries)
    first = compress(content) if compress else content
    data = stored(first, 1 if compress else 0)
    index = block([(b"\xff", handle(0, first))])
    nothing = block([])
    end = data + stored(index)
    footer = handle(len(end), nothing) + handle(len(data), index)
    return end + stored(nothing) + footer.ljust(40, b"\0") + MAGIC.to_bytes(8, "little")


def write_bundle(
    prefix: Path,
    arrays: Mapping[str, NDArray[Any]],
    changed: Mapping[str, Mapping[str, Any]] | None = None,
    header: bytes = integer(1, 1),
    compress: Any = None,
) -> None:
    """Write a checkpoint of one data file; ``changed`` gives wrong values by name."""
    entries, data = [(b"", header)], bytearray()
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name])
        entries.append((name.encode(), entry(values, len(data), **(changed or {}).get(name, {}))))
        data += values.tobytes()
    prefix.with_name(f"{prefix.name}.index").write_bytes(table(entries, compress))
    prefix.with_name(f"{prefix.name}.data-00000-of-00001").write_bytes(data)
