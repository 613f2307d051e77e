"""Numbers of tensors out of the storages of a file of torch."""

import math
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from annopipe.errors import CheckpointError, PickleRefused
from annopipe.importers.torch_files.symbols import Storage, TensorPlan

DTYPES: Final = {
    "float32": "<f4",
    "float16": "<f2",
    "bfloat16": "<u2",
    "float64": "<f8",
    "int64": "<i8",
    "int32": "<i4",
    "int16": "<i2",
    "int8": "i1",
    "uint8": "u1",
    "bool": "?",
}
WEIGHTS: Final = ("float32", "float16", "bfloat16", "float64")


def bytes_of(storage: Storage) -> int:
    """Return how many bytes a storage has."""
    return storage.count * np.dtype(DTYPES[storage.kind]).itemsize


def check_bounds(name: str, plan: TensorPlan) -> None:
    """Refuse a tensor that reaches out of its storage, or that would be larger than it.

    Raises:
        PickleRefused: it does.
    """
    count = math.prod(plan.shape)
    if count == 0:
        return
    last = plan.offset + sum((size - 1) * step for size, step in zip(plan.shape, plan.steps, strict=True))
    if last >= plan.storage.count or count > plan.storage.count:
        raise PickleRefused(
            f"{name[:120]!r} of shape {list(plan.shape)} reaches to number {last} of a storage that has "
            f"{plan.storage.count}"
        )


def floats(name: str, plan: TensorPlan, data: bytes) -> NDArray[np.float32]:
    """Return a tensor's numbers as float32, which holds float16 and bfloat16 exactly; float64 is rounded.

    Args:
        name: for errors.
        plan: the tensor, its bounds checked.
        data: the bytes of its storage.

    Raises:
        CheckpointError: its numbers are of a kind that no weight has here.
    """
    kind = plan.storage.kind
    if kind not in WEIGHTS:
        raise CheckpointError(
            f"{name[:120]!r} holds {kind}; weights must be {', '.join(WEIGHTS)}: save the model in one of them"
        )
    flat: NDArray[Any] = np.frombuffer(data, DTYPES[kind])
    if math.prod(plan.shape) == 0:
        return np.zeros(plan.shape, np.float32)
    steps = [step * flat.itemsize for step in plan.steps]
    values = as_strided(flat[plan.offset :], plan.shape, steps, writeable=False)
    if kind == "bfloat16":
        return (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
    with np.errstate(over="ignore"):  # infinite weights are refused by name where all are checked
        return np.array(values, np.float32, order="C")
