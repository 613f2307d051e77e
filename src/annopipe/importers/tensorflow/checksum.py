"""CRC-32C, with which TensorFlow and LevelDB guard their files: many stretches of the data side by side, in numpy.

The checksum of two stretches follows from those of each (it is linear over bits): each row of a table of
``STRETCH`` bytes is summed alone, then the rows are joined one after the other.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

POLYNOMIAL: Final = 0x82F63B78
"""Castagnoli's, bits reversed."""

STRETCH: Final = 4096
ROWS: Final = 4096
"""Stretches summed at once: 16 MiB of data."""

FEWEST: Final = 32
"""Stretches for which that is worth it."""

MASK: Final = 0xA282EAD8
FULL: Final = 0xFFFFFFFF


def masked_crc32c(data: bytes | memoryview) -> int:
    """Return the CRC-32C of some bytes as LevelDB and TensorFlow write it: rotated, with a constant added."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + MASK) & FULL


def crc32c(data: bytes | memoryview) -> int:
    """Return the CRC-32C of some bytes."""
    view = memoryview(data).cast("B")
    crc, at = FULL, 0
    while len(view) - at >= FEWEST * STRETCH:
        rows = min(ROWS, (len(view) - at) // STRETCH)
        block = np.frombuffer(view[at : at + rows * STRETCH], "<u4").reshape(rows, STRETCH // 4)
        for row in _each_row(block).tolist():
            crc = _moved(crc) ^ row
        at += rows * STRETCH
    bytewise = _bytewise()
    for byte in view[at:]:
        crc = bytewise[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ FULL


def _each_row(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the register after each row of ``words``, begun at 0; four bytes of all rows at a time."""
    first, second, third, fourth = _tables()
    crc = np.zeros(len(words), np.uint32)
    for column in range(words.shape[1]):
        crc ^= words[:, column]
        crc = fourth[crc & 255] ^ third[crc >> 8 & 255] ^ second[crc >> 16 & 255] ^ first[crc >> 24]
    return crc


@cache
def _tables() -> tuple[NDArray[np.uint32], ...]:
    """Return what one byte does to the register when none, one, two or three zero bytes follow it."""
    table: NDArray[np.uint32] = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = table >> np.uint32(1) ^ (table & np.uint32(1)) * np.uint32(POLYNOMIAL)
    tables = [table]
    for _ in range(3):
        tables.append(table[tables[-1] & 255] ^ tables[-1] >> 8)
    return tuple(tables)


@cache
def _bytewise() -> list[int]:
    return [int(value) for value in _tables()[0]]


def _moved(crc: int) -> int:
    """Return a register after ``STRETCH`` zero bytes."""
    first, second, third, fourth = _moving()
    return first[crc & 255] ^ second[crc >> 8 & 255] ^ third[crc >> 16 & 255] ^ fourth[crc >> 24]


@cache
def _moving() -> tuple[list[int], ...]:
    """Return what ``STRETCH`` zero bytes do to each value of each byte of the register."""
    table = _tables()[0]
    registers = (
        np.arange(256, dtype=np.uint32)[np.newaxis, :] << (8 * np.arange(4, dtype=np.uint32))[:, np.newaxis]
    ).astype(np.uint32)
    for _ in range(STRETCH):
        registers = table[registers & 255] ^ registers >> 8
    return tuple([int(value) for value in row] for row in registers)
