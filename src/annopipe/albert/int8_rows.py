"""Weights as int8 rows, each with a scale of its own: a quarter of the bytes of float32.

The form of ``model.int8.safetensors``: a matrix ``NAME`` is I8 ``[rows, columns]``, its scales ``NAME.scale`` are F32
``[rows]``, and ``matrix[i, j] = rows[i, j] * scale[i]``. Every other tensor is an ordinary one. The file has a name of
its own, since a program that does not know the form would take the rows for weights.
"""

import math
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.safetensors import Entry, SafetensorsFile
from annopipe.errors import CheckpointError

SCALE = ".scale"
"""End of the name of a matrix's scales."""


class Int8RowsFile(SafetensorsFile):
    """A safetensors file some of whose matrices are int8 rows with scales; ``entries`` names the matrices alone.

    Raises:
        CheckpointError: as `SafetensorsFile`; or rows without scales, scales without rows, or the two do not fit.
    """

    _shared = False
    """The rows are expanded, and the bytes let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._scales = {name: entry for name, entry in self.entries.items() if name.endswith(SCALE)}
        self.entries = {name: entry for name, entry in self.entries.items() if name not in self._scales}
        for name in self._scales:
            self._check_scale(name)
        for name, entry in self.entries.items():
            if entry.dtype == "I8" and name + SCALE not in self._scales:
                raise self._unfit(f"{name} is I8, but {name}{SCALE} is missing")

    def floats(self, name: str) -> NDArray[np.float32]:
        """Tensor ``name`` as float32: int8 rows times their scales, any other as `SafetensorsFile.floats` gives it.

        Raises:
            CheckpointError: a scale is NaN, infinite, zero or negative; or the tensor's dtype is no weight's.
        """
        entry = self.entries[name]
        if entry.dtype != "I8":
            return super().floats(name)
        scales = self._numbers(self._scales[name + SCALE], "<f4").astype(np.float32)
        self._check_values(name + SCALE, scales)
        begin = self._places[name]
        matrix = self._floats[begin : begin + math.prod(entry.shape)].reshape(entry.shape)
        matrix[...] = self._numbers(entry, "i1").reshape(entry.shape)
        with np.errstate(over="ignore"):  # infinite weights are refused by name where all are checked
            matrix *= scales[:, np.newaxis]
        return matrix

    @cached_property
    def _floats(self) -> NDArray[np.float32]:
        """Room for all matrices: systems give one large block faster than many small ones."""
        return np.empty(sum(math.prod(self.entries[name].shape) for name in self._places), np.float32)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where in ``_floats`` each matrix of int8 rows begins."""
        names = [name for name, entry in self.entries.items() if entry.dtype == "I8"]
        ends = accumulate(math.prod(self.entries[name].shape) for name in names)
        return dict(zip(names, [0, *ends], strict=False))

    def _numbers(self, entry: Entry, dtype: str) -> NDArray[np.generic]:
        """A tensor's numbers as they lie, flat."""
        count = math.prod(entry.shape)
        return np.frombuffer(self._content, dtype, count, entry.begin) if count else np.empty(0, dtype)

    def _check_scale(self, name: str) -> None:
        """Refuse scales whose matrix is missing, is no int8 matrix, or has another number of rows."""
        rows, scale = self.entries.get(name.removesuffix(SCALE)), self._scales[name]
        if rows is None:
            raise self._unfit(f"{name} is there, but {name.removesuffix(SCALE)} is missing")
        if rows.dtype != "I8" or len(rows.shape) != 2:
            raise self._unfit(
                f"{name} belongs to a tensor of dtype {rows.dtype} and shape {list(rows.shape)}, not to int8 rows"
            )
        if scale.dtype != "F32" or scale.shape != rows.shape[:1]:
            raise self._unfit(
                f"{name} is {scale.dtype} {list(scale.shape)} where {rows.shape[0]} rows need F32 [{rows.shape[0]}]"
            )

    def _check_values(self, name: str, scales: NDArray[np.float32]) -> None:
        """Refuse scales that are not finite numbers above 0."""
        wrong = np.flatnonzero(~(np.isfinite(scales) & (scales > 0)))
        if len(wrong):
            raise self._unfit(
                f"{name}[{wrong[0]}] is {scales[wrong[0]]} ({len(wrong)} such of {len(scales)}); a scale is a finite "
                "number above 0"
            )

    def _unfit(self, cause: str) -> CheckpointError:
        return CheckpointError(f"{self.path}: {cause}: damaged, or not written by this form; copy or download it anew.")
