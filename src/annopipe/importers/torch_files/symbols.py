"""What the pickle in a file of torch may mention, and what it stands for: descriptions of tensors, never code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from annopipe.errors import PickleRefused

STORAGES: Final = {
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
"""torch's class of a storage → name of its numbers."""

MOST_DIMENSIONS: Final = 16
LARGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Symbol:
    """A class or function that the file mentions; it is not imported."""

    module: str
    name: str

    def __str__(self) -> str:
        """Write it as in Python."""
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers: the file ``data/<key>`` of the archive."""

    kind: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class TensorPlan:
    """A tensor by its place in a storage: first number, sizes, and steps from one number to the next, in numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def storage_of(reference: Any) -> Storage:
    """Return the storage that a persistent id describes: ``("storage", class, key, device, count)``.

    Raises:
        PickleRefused: it describes something else.
    """
    if not isinstance(reference, tuple) or len(reference) != 5 or reference[0] != "storage":
        raise PickleRefused("it refers to something outside that is no storage of numbers")
    _, kind, key, _, count = reference
    known = isinstance(kind, Symbol) and kind.module == "torch" and kind.name in STORAGES
    if not known or not isinstance(key, str) or not key.isascii() or not key.isdigit() or not _is_count(count):
        raise PickleRefused("it describes a storage of numbers in a way that torch does not")
    return Storage(STORAGES[kind.name], key, count)


def call(symbol: Any, arguments: Any) -> Any:
    """Return what a call that the file asks for would give; only torch's own ways to describe tensors are known.

    Raises:
        PickleRefused: it is another call.
    """
    if not isinstance(symbol, Symbol) or not isinstance(arguments, tuple):
        raise PickleRefused("it asks to call what is no function by name")
    known = _CALLS.get(str(symbol))
    if known is None:
        raise PickleRefused(f"it asks to run {symbol}")
    return known(arguments)


def _ordered_dict(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    if arguments:
        raise PickleRefused("it fills an OrderedDict in a way that torch does not")
    return {}


def _tensor(arguments: tuple[Any, ...]) -> TensorPlan:
    """``_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])``, or without the last."""
    if len(arguments) not in {4, 6, 7}:
        raise PickleRefused("it describes a tensor in a way that torch does not")
    storage, offset, shape, steps = arguments[:4]
    hooks = arguments[5] if len(arguments) > 5 else {}
    if not isinstance(storage, Storage) or not _is_count(offset) or not _are_counts(shape) or not _are_counts(steps):
        raise PickleRefused("it describes a tensor by things that are no storage, place, sizes and steps")
    if len(shape) != len(steps) or hooks:
        raise PickleRefused("it describes a tensor with hooks, or with as many sizes as it has no steps")
    return TensorPlan(storage, offset, shape, steps)


def _parameter(arguments: tuple[Any, ...]) -> TensorPlan:
    if len(arguments) != 3 or not isinstance(arguments[0], TensorPlan) or arguments[2]:
        raise PickleRefused("it describes a parameter in a way that torch does not")
    return arguments[0]


def _size(arguments: tuple[Any, ...]) -> tuple[int, ...]:
    if len(arguments) != 1 or not _are_counts(arguments[0]):
        raise PickleRefused("it describes sizes in a way that torch does not")
    return tuple(arguments[0])


_CALLS: Final[dict[str, Callable[[tuple[Any, ...]], Any]]] = {
    "collections.OrderedDict": _ordered_dict,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch.Size": _size,
}


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < LARGEST


def _are_counts(value: Any) -> TypeGuard[tuple[int, ...]]:
    return isinstance(value, tuple) and len(value) <= MOST_DIMENSIONS and all(map(_is_count, value))
