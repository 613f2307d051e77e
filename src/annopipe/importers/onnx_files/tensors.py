"""Tensors of ONNX files (``TensorProto``): numbers inside the file, or in another file of the same folder."""

import math
import mmap
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.errors import CheckpointError, ModelFileMissing
from annopipe.importers.wire import Message

DTYPES: Final = {1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8"}
DTYPES_MORE: Final = {12: "<u4", 13: "<u8", 16: "<u2"}
BFLOAT16: Final = 16
LISTS: Final = {1: 4, 7: 7, 11: 10, 12: 11, 13: 11}
"""Field that lists the numbers of a dtype where they are not given as bytes; 5 for all others."""

EXTERNAL: Final = 1
MOST_DIMENSIONS: Final = 16
LARGEST: Final = 1 << 40


class Tensors:
    """Reads tensors; files of external data are mapped once.

    Args:
        folder: of the ONNX file; external data is read in it alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, memoryview] = {}

    def array(self, tensor: Message) -> NDArray[Any]:
        """Return a tensor's numbers, bfloat16 expanded to float32.

        Raises:
            CheckpointError: shape, dtype and bytes do not fit each other, or external data lies outside the folder.
            ModelFileMissing: the file of external data is not there.
        """
        shape, dtype = tuple(tensor.integers(1)), tensor.integer(2)
        name = tensor.text(8)
        if len(shape) > MOST_DIMENSIONS or any(size < 0 for size in shape) or math.prod(shape) > LARGEST:
            raise tensor.damaged(f"the tensor {name} has the impossible shape {list(shape[:MOST_DIMENSIONS])}")
        kind = (DTYPES | DTYPES_MORE).get(dtype)
        if kind is None:
            raise CheckpointError(
                f"{tensor.where}: the tensor {name} has the dtype number {dtype}, which no weight has"
            )
        raw = self._raw(tensor, np.dtype(kind), dtype)
        if len(raw) != math.prod(shape):
            raise tensor.damaged(f"the tensor {name} of shape {list(shape)} has {len(raw)} numbers")
        if dtype == BFLOAT16:
            raw = (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
        return raw.reshape(shape)

    def _raw(self, tensor: Message, stored: np.dtype[Any], dtype: int) -> NDArray[Any]:
        """Return the numbers in a row as they are stored."""
        data = self._external(tensor) if tensor.integer(14) == EXTERNAL else tensor.data(9)
        if data is not None:
            if len(data) % stored.itemsize:
                raise tensor.damaged(f"the tensor {tensor.text(8)} has {len(data)} bytes")
            return np.frombuffer(data, stored)
        field = LISTS.get(dtype, 5)
        if dtype == 1:
            return tensor.floats(field)
        if dtype == 11:
            joined = b"".join(value for value in tensor.fields.get(field, ()) if not isinstance(value, int))
            return np.frombuffer(joined[: len(joined) // 8 * 8], stored)
        numbers = np.array(tensor.integers(field), np.int64)
        if stored.itemsize == 2:
            return (numbers & 0xFFFF).astype(np.uint16).view(stored)
        return numbers.astype(stored)

    def _external(self, tensor: Message) -> memoryview:
        """Return the bytes of a tensor that lie in another file."""
        entries = {entry.text(1): entry.text(2) for entry in tensor.messages(13)}
        location, name = entries.get("location", ""), tensor.text(8)
        data = self._file(location, name)
        try:
            offset = int(entries.get("offset", "0"))
            length = int(entries.get("length", str(len(data) - offset)))
        except ValueError as error:
            raise tensor.damaged(f"the tensor {name} lies at a place that is no number") from error
        if offset < 0 or length < 0 or offset + length > len(data):
            raise CheckpointError(
                f"{location}: {name} claims the bytes {offset} to {offset + length} of {len(data)}: truncated?"
            )
        return data[offset : offset + length]

    def _file(self, location: str, name: str) -> memoryview:
        if location not in self._files:
            home = self._folder.resolve()
            try:
                path = (home / location).resolve()
                inside = path.is_relative_to(home) and path != home
            except (OSError, ValueError):
                inside = False
            if not location or not inside:
                raise CheckpointError(
                    f"the tensor {name} lies in {location[:200]!r}, outside of the model's folder: refused"
                )
            if not path.is_file():
                raise ModelFileMissing(f"the file {location} with the tensor {name} is not there: copy it too")
            self._files[location] = mapped(path)
        return self._files[location]


def mapped(path: Path) -> memoryview:
    """Return a file's bytes, mapped for as long as they are in use."""
    with path.open("rb") as file:
        if path.stat().st_size == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
