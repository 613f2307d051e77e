"""TensorFlow's checkpoints ("tensor bundles"): ``<prefix>.index`` says where each array lies in ``<prefix>.data-*``."""

import math
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError, ModelFileMissing
from annopipe.importers.tensorflow.checksum import masked_crc32c
from annopipe.importers.tensorflow.shapes import shape_of
from annopipe.importers.tensorflow.table import entries
from annopipe.importers.wire import Message

HEADER: Final = b""
OBJECT_GRAPH: Final = "_CHECKPOINTABLE_OBJECT_GRAPH"
STRING: Final = 7
FLOATS: Final = {1: "<f4", 14: "<u2", 19: "<f2"}
"""TensorFlow's number of each dtype that weights may have, and how it lies in the file."""

BFLOAT16: Final = 14
NAMES: Final = {1: "float32", 2: "float64", 3: "int32", 4: "uint8", 6: "int8", 7: "string", 9: "int64", 10: "bool"}
NAMES_MORE: Final = {14: "bfloat16", 19: "float16", 20: "resource", 11: "qint8", 12: "quint8", 13: "qint32"}
MOST_SHARDS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where one array lies.

    Attributes:
        dtype: TensorFlow's number of it.
        shape: sizes.
        shard, offset, size: which data file, and which bytes of it.
        crc: masked CRC-32C of these bytes.
        sliced: the array was cut into parts that lie apart.
    """

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    sliced: bool


class Bundle:
    """One checkpoint, its data files mapped read-only for as long as an array of it lives.

    Args:
        prefix: the path up to ``.index``: ``<folder>/model.ckpt-best``, ``<folder>/variables/variables``.

    Raises:
        ModelFileMissing: ``.index`` or a data file is not there.
        CheckpointError: the index is damaged, or gives an array an impossible place.
    """

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        self.index = prefix.with_name(f"{prefix.name}.index")
        if not self.index.is_file():
            raise ModelFileMissing(f"{prefix.parent.name} has no {self.index.name}: copy the checkpoint whole")
        self._where = self.index.name
        found = dict(entries(memoryview(self.index.read_bytes()), self._where))
        self._shards = self._mapped(self._count(found.pop(HEADER, None)))
        self.places: Mapping[str, Place] = {
            key.decode("utf-8", "replace"): self._place(key, value) for key, value in found.items()
        }
        self._refuse_overlaps()

    def floats(self, name: str) -> NDArray[Any]:
        """Return an array: a view of float32 or float16 numbers, bfloat16 expanded to float32.

        Raises:
            CheckpointError: another dtype, an array cut into parts, or a checksum that does not fit.
        """
        place = self.places[name]
        if place.dtype not in FLOATS:
            kind = {**NAMES, **NAMES_MORE}.get(place.dtype, f"number {place.dtype}")
            raise CheckpointError(
                f"{self._where}: {name} has the dtype {kind}; weights are float32, float16 or bfloat16"
            )
        if place.sliced:
            raise CheckpointError(f"{self._where}: {name} is stored in parts; save the checkpoint without partitioning")
        stored = np.dtype(FLOATS[place.dtype])
        if place.size != math.prod(place.shape) * stored.itemsize:
            raise self._damaged(f"{name} of shape {list(place.shape)} does not fill its {place.size} bytes")
        raw = np.frombuffer(self._checked(name), stored).reshape(place.shape)
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32) if place.dtype == BFLOAT16 else raw

    def string(self, name: str) -> bytes:
        """Return the one string of a string variable: its length, a checksum of the length, the bytes."""
        place = self.places[name]
        if place.dtype != STRING or place.shape:
            raise self._damaged(f"{name} is no single string")
        data = self._bytes(place)
        length, at = Message(data, self._where).varint(data, 0)
        if at + 4 + length != len(data):
            raise self._damaged(f"the string {name} of {length} bytes does not fill its {len(data)} bytes")
        return bytes(data[at + 4 :])

    def _count(self, header: memoryview | None) -> int:
        """Return how many data files there are."""
        if header is None:
            raise self._damaged("it has no header")
        fields = Message(header, self._where)
        if fields.integer(2):
            raise CheckpointError(f"{self._where} was written on a big-endian machine: save the checkpoint on another")
        if not 1 <= fields.integer(1) <= MOST_SHARDS:
            raise self._damaged(f"its header claims {fields.integer(1)} data files")
        return fields.integer(1)

    def _mapped(self, count: int) -> list[memoryview]:
        """Return the data files, mapped."""
        found = []
        for number in range(count):
            path = self._prefix.with_name(f"{self._prefix.name}.data-{number:05d}-of-{count:05d}")
            if not path.is_file():
                raise ModelFileMissing(f"{self._prefix.parent.name} has no {path.name}: copy the checkpoint whole")
            with path.open("rb") as file:
                empty = path.stat().st_size == 0
                found.append(memoryview(b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
        return found

    def _place(self, key: bytes, value: memoryview) -> Place:
        fields = Message(value, self._where)
        shape = shape_of(fields.message(2), fields)
        crc = fields.data(6)
        place = Place(
            dtype=fields.integer(1),
            shape=shape,
            shard=fields.integer(3),
            offset=fields.integer(4),
            size=fields.integer(5),
            crc=int.from_bytes(crc or b"", "little"),
            sliced=fields.has(7),
        )
        name = key[:80].decode("utf-8", "replace")
        if not 0 <= place.shard < len(self._shards):
            raise self._damaged(f"{name} lies in data file {place.shard} of {len(self._shards)}")
        room = len(self._shards[place.shard])
        if place.offset < 0 or place.size < 0:
            raise self._damaged(f"{name} claims {place.size} bytes from byte {place.offset} on, which cannot be")
        if place.offset + place.size > room:
            end = place.offset + place.size
            raise self._damaged(f"{name} claims the bytes {place.offset} to {end} of a data file of {room}: truncated?")
        return place

    def _refuse_overlaps(self) -> None:
        at, before, shard = 0, "", -1
        for name, place in sorted(self.places.items(), key=lambda item: (item[1].shard, item[1].offset, item[1].size)):
            if place.shard != shard:
                at, shard = 0, place.shard
            if place.offset < at and place.size:
                raise self._damaged(f"{name} overlaps {before}")
            at, before = max(at, place.offset + place.size), name

    def _bytes(self, place: Place) -> memoryview:
        return self._shards[place.shard][place.offset : place.offset + place.size]

    def _checked(self, name: str) -> memoryview:
        place = self.places[name]
        data = self._bytes(place)
        if masked_crc32c(data) != place.crc:
            raise self._damaged(f"the checksum of {name} does not fit its data")
        return data

    def _damaged(self, cause: str) -> CheckpointError:
        return CheckpointError(f"{self._where} is damaged: {cause}; copy or download the checkpoint anew")
