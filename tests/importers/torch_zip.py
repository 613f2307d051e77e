"""Files in the form of ``torch.save``, made without torch: pickles written instruction by instruction."""

import io
import pickle
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STORAGES = {"float32": "FloatStorage", "float16": "HalfStorage", "uint16": "BFloat16Storage", "int64": "LongStorage"}
STORAGES |= {"float64": "DoubleStorage"}
"""uint16 arrays stand for bfloat16."""


class Name:
    """A class or function that is only named."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class Call:
    """A call that the reader is asked to make."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.function = function
        self.arguments = arguments


class Outside:
    """Something outside of the pickle, by its persistent id."""

    def __init__(self, reference: Any) -> None:
        self.reference = reference


def assembled(value: Any) -> bytes:
    """Return a pickle of protocol 2 of dicts, lists, tuples, strings, numbers and the classes above."""
    return b"\x80\x02" + _value(value) + b"."


def _value(value: Any) -> bytes:
    if isinstance(value, Name):
        return f"c{value.module}\n{value.name}\n".encode()
    if isinstance(value, Call):
        return _value(value.function) + _value(value.arguments) + b"R"
    if isinstance(value, Outside):
        return _value(value.reference) + b"Q"
    if isinstance(value, tuple | list):
        start, end = (b"(", b"t") if isinstance(value, tuple) else (b"](", b"e")
        return start + b"".join(map(_value, value)) + end
    if isinstance(value, dict):
        return b"}(" + b"".join(_value(part) for pair in value.items() for part in pair) + b"u"
    return pickle.dumps(value, 2)[2:-1]


def storage(kind: str, key: str, count: int) -> Outside:
    return Outside(("storage", Name("torch", kind), key, "cpu", count))


def tensor(place: Any, offset: Any, shape: Any, steps: Any) -> Call:
    arguments = (place, offset, shape, steps, False, Call(Name("collections", "OrderedDict")))
    return Call(Name("torch._utils", "_rebuild_tensor_v2"), *arguments)


def state_dict(tensors: Mapping[str, NDArray[Any]]) -> tuple[bytes, dict[str, bytes]]:
    """Return pickle and storages of named arrays."""
    named, storages = {}, {}
    for number, (name, values) in enumerate(tensors.items()):
        steps = tuple(step // values.itemsize for step in np.empty(values.shape, values.dtype).strides)
        place = storage(STORAGES[values.dtype.name], str(number), values.size)
        named[name] = tensor(place, 0, values.shape, steps)
        storages[str(number)] = values.tobytes()
    return assembled(named), storages


def write_torch_file(path: Path, described: bytes, storages: Mapping[str, bytes], root: str = "archive") -> Path:
    """Write the zip archive around a pickle."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{root}/data.pkl", described)
        for key, data in storages.items():
            archive.writestr(f"{root}/data/{key}", data)
        archive.writestr(f"{root}/version", "3\n")
    return path


def save(path: Path, tensors: Mapping[str, NDArray[Any]]) -> Path:
    """Write named arrays as torch would."""
    return write_torch_file(path, *state_dict(tensors))


def long_claim(code: bytes, length: int) -> bytes:
    """Return an instruction that claims more bytes than there are."""
    return code + struct.pack("<Q", length) + b"x"


def pickled(value: Any, protocol: int) -> bytes:
    """Return what Python's own pickler makes of a value."""
    out = io.BytesIO()
    pickle.Pickler(out, protocol).dump(value)
    return out.getvalue()
