"""How a job's memory is shared out."""

from dataclasses import dataclass
from typing import Final, Self

from annopipe.bulk.amounts import shown
from annopipe.errors import ParamValueError

PROCESS_BYTES: Final = 200_000_000
"""Python, libraries and the vocabulary of one process, by measure."""
WEIGHT_COPIES: Final = 2
TOKEN_NUMBERS: Final = 75
"""Memory of one token besides its vector, in numbers of four bytes."""
LEAST_WORK: Final = 50_000_000
LEAST_SLICE: Final = 1_000_000
SLICES: Final = 16
SLICES_EACH: Final = 8
"""Slices' worth of memory that all take together, and more for each process."""
DEFAULT_EACH: Final = 10**9
"""Memory of a job for each of its processes where it was not said."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Shares of the memory of a job.

    Attributes:
        slice_characters: characters of texts that are computed together.
        part_bytes: vectors that are made at once of one long text, and repeated columns that are laid beside them.
        seen_bytes: results that are remembered for equal texts.
        group_bytes: rows that are gathered to a row group of Parquet.
        row_bytes: what one row of annotations may need on its way.
    """

    slice_characters: int
    part_bytes: int
    seen_bytes: int
    group_bytes: int
    row_bytes: int

    @staticmethod
    def default(processes: int) -> int:
        """Return the memory of a job that does not say it: what fits one process fits any number of them."""
        return DEFAULT_EACH * _all(processes)

    @classmethod
    def of(cls, memory: int, *, weights: int, width: int, processes: int) -> Self:
        """Share memory out.

        Args:
            memory: bytes for the whole job.
            weights: bytes of the model's weights as they are in memory, whatever its files hold.
            width: numbers of one vector.
            processes: processes that compute; more than one come beside the main process.

        Raises:
            ParamValueError: the processes alone need more.
        """
        all_ = _all(processes)
        slices = SLICES + SLICES_EACH * all_
        fixed = all_ * (PROCESS_BYTES + WEIGHT_COPIES * weights)
        least = fixed + max(LEAST_WORK, slices * LEAST_SLICE)
        if memory < least:
            msg = (
                f"memory is {shown(memory)}: this model in {processes} processes needs {shown(least, up=True)} at least"
            )
            raise ParamValueError(msg)
        work = memory - fixed
        group_bytes = min(max(work // 24, 4_000_000), 64_000_000)
        slice_bytes = min(max(work // slices, LEAST_SLICE), 64_000_000)
        return cls(
            slice_characters=max(1000, slice_bytes // (2 * (width + TOKEN_NUMBERS))),
            part_bytes=slice_bytes,
            seen_bytes=work // 4,
            group_bytes=group_bytes,
            row_bytes=(work - work // 4 - 2 * group_bytes) // (2 if processes > 1 else 1),
        )


def _all(processes: int) -> int:
    """Processes with the main one, which computes only where it is alone."""
    return processes + 1 if processes > 1 else 1
