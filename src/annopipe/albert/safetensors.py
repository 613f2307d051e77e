"""Safetensors files: a checked header, then numpy views on a copy in memory that does not follow the file.

The format: 8 bytes of header length (little endian), a JSON header that gives each tensor's dtype, shape and byte
range, then the bytes of all tensors without holes (https://huggingface.co/docs/safetensors).
"""

import json
import math
import reprlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeGuard

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.snapshot import Bytes, snapshot
from annopipe.errors import CheckpointError

MAX_HEADER_BYTES = 100_000_000
"""The format's own limit."""

LFS = b"version https://git-lfs"
"""Beginning of what Git leaves in place of a large file that was not fetched."""

MAX_DIMENSIONS = 16
"""More are no tensor of any model."""

BITS = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "U16": 16, "I16": 16, "F16": 16}
BITS |= {"BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64, "C64": 64, "F4": 4}
BITS |= {"F6_E2M3": 6, "F6_E3M2": 6}
"""Bits per number of each dtype of the format."""

FLOATS = ("F32", "F16", "BF16", "F64")
"""The dtypes that weights may have here."""

INTEGERS = ("BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64")
"""Those of counters and of constants."""

SHOWN = 120
"""Characters of a name in an error's text."""

MAX_TENSORS = 20_000
"""More are no model: an ALBERT has 25 weights, the largest model of all some thousands."""


@dataclass(frozen=True)
class Entry:
    """One tensor's place in a file: dtype name, shape, and byte range from the start of the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


class SafetensorsFile:
    """One file as it was when it was opened (``snapshot``), in memory for as long as an array of it lives.

    Raises:
        CheckpointError: the header is truncated, too long, not JSON, or gives a tensor an impossible place.
        ModelChanged: the file was written to while it was read.
    """

    _shared: ClassVar[bool] = True
    """Whether processes may use one copy together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content = snapshot(path, shared=self._shared)
        self.entries: Mapping[str, Entry] = _entries(path, self._content)

    def floats(self, name: str) -> NDArray[np.float32]:
        """Tensor ``name`` as float32: a view for F32, an expanded copy for F16 and BF16, a rounded one for F64.

        Raises:
            CheckpointError: it has another dtype.
        """
        entry = self.entries[name]
        if entry.dtype not in FLOATS:
            raise CheckpointError(
                f"{self.path}: {name[:SHOWN]} has dtype {entry.dtype}; weights must be {', '.join(FLOATS)}: "
                "save the model in one of them."
            )
        count = math.prod(entry.shape)
        stored = np.dtype({"F32": "<f4", "F16": "<f2", "BF16": "<u2", "F64": "<f8"}[entry.dtype])
        raw = np.frombuffer(self._content, stored, count, entry.begin) if count else np.empty(0, stored)
        return _expanded(raw, entry.dtype).reshape(entry.shape)


def _expanded(raw: NDArray[Any], dtype: str) -> NDArray[np.float32]:
    """Float32 numbers of a flat array as it lies in the file."""
    if dtype == "BF16":
        return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)
    if dtype in {"F16", "F64"}:
        with np.errstate(over="ignore"):  # infinite weights are refused by name where all are checked
            return raw.astype(np.float32)
    return np.require(raw, np.float32, "A")


def _damaged(path: Path, cause: str) -> CheckpointError:
    return CheckpointError(f"{path} is not a sound safetensors file: {cause}; copy or download it anew.")


def _entries(path: Path, data: Bytes) -> dict[str, Entry]:
    """The header of a file's content, every place in it checked."""
    if len(data) < 8:
        raise _damaged(path, "it is shorter than the 8 bytes of a header length")
    if data[: len(LFS)] == LFS:
        raise CheckpointError(f"{path} is a pointer of Git LFS, without the weights: git lfs pull brings them.")
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER_BYTES:
        raise _damaged(path, f"its header claims {length} bytes, above the format's limit of {MAX_HEADER_BYTES}")
    if 8 + length > len(data):
        raise _damaged(path, f"its header claims {length} bytes, but the file ends after {len(data)}: it is truncated")
    header = _header(path, data[8 : 8 + length])
    header.pop("__metadata__", None)
    entries = {name: _entry(path, name, spec, 8 + length, len(data)) for name, spec in header.items()}
    _check_places(path, entries, 8 + length, len(data))
    return entries


def _header(path: Path, text: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
            raise _damaged(path, f"its header names {twice[:SHOWN]!r} twice")
        return values

    if text.count(b'"data_offsets"') > MAX_TENSORS:
        raise _damaged(path, f"its header names more than {MAX_TENSORS} tensors")
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=unique)
    except CheckpointError:
        raise
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"its header is not JSON ({error})") from error
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise _damaged(path, f"its header is not a JSON object of at most {MAX_TENSORS} tensors")
    return header


def _entry(path: Path, name: str, spec: object, start: int, size: int) -> Entry:
    """One tensor's checked entry; ``start`` is where the tensors begin, ``size`` where the file ends."""
    if not isinstance(spec, dict):
        raise _damaged(path, f"the entry of {name[:SHOWN]!r} is not an object")
    dtype, shape, offsets = spec.get("dtype"), spec.get("shape"), spec.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in BITS:
        raise _damaged(path, f"{name[:SHOWN]!r} has the unknown dtype {reprlib.repr(dtype)}")
    if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
        raise _damaged(path, f"{name[:SHOWN]!r} has the impossible shape {reprlib.repr(shape)}")
    if not _are_counts(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise _damaged(path, f"{name[:SHOWN]!r} has the impossible data_offsets {reprlib.repr(offsets)}")
    begin, end = start + offsets[0], start + offsets[1]
    if end > size:
        raise _damaged(path, f"{name[:SHOWN]!r} ends at byte {end}, but the file ends after {size}: it is truncated")
    if (end - begin) * 8 != math.prod(shape) * BITS[dtype]:
        raise _damaged(
            path,
            f"{name[:SHOWN]!r} of shape {reprlib.repr(shape)} and dtype {dtype} does not fill its {end - begin} bytes",
        )
    return Entry(dtype, tuple(shape), begin, end)


def _are_counts(value: object) -> TypeGuard[list[int]]:
    """Whether a JSON value is a list of whole numbers from 0."""
    return isinstance(value, list) and all(type(number) is int and number >= 0 for number in value)


def _check_places(path: Path, entries: dict[str, Entry], start: int, size: int) -> None:
    """Refuse tensors that overlap, holes between them, and bytes after the last."""
    at, before = start, "the header"
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].begin, item[1].end)):
        if entry.begin < at:
            raise _damaged(path, f"{name[:SHOWN]!r} overlaps {before[:SHOWN]!r}")
        if entry.begin > at:
            raise _damaged(
                path, f"{entry.begin - at} bytes between {before[:SHOWN]!r} and {name[:SHOWN]!r} belong to no tensor"
            )
        at, before = entry.end, name
    if at != size:
        raise _damaged(path, f"{size - at} bytes after the last tensor belong to none")
