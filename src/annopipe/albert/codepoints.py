"""Many texts as one run of Unicode code points: the form in which whole batches are normalised at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

REPLACEMENT = 0xFFFD
SURROGATES = (0xD800, 0xDFFF)


@dataclass(frozen=True)
class CodePoints:
    """Code points of several texts, end to end.

    Attributes:
        points: ``[characters]`` uint32, free of surrogates.
        offsets: ``[texts + 1]`` int64; text ``i`` is ``points[offsets[i]:offsets[i + 1]]``.
    """

    points: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "CodePoints":
        """The texts' code points; a lone surrogate, which is no character, becomes U+FFFD."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        points = points_of("".join(texts))
        low, high = SURROGATES
        lone = (points >= low) & (points <= high)
        if lone.any():
            points = np.where(lone, np.uint32(REPLACEMENT), points)
        return cls(points, offsets_of(lengths))

    def strings(self) -> list[str]:
        """The texts as Python strings."""
        joined = string_of(self.points)
        bounds = self.offsets.tolist()
        return [joined[begin:end] for begin, end in pairwise(bounds)]

    def first_of_text(self) -> NDArray[np.bool_]:
        """``[characters]``: True where a text begins."""
        first = np.zeros(len(self.points), np.bool_)
        first[self.offsets[:-1][lengths_of(self.offsets) > 0]] = True
        return first


def points_of(text: str) -> NDArray[np.uint32]:
    """Code points of one string, read-only; surrogates stay."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def string_of(points: NDArray[np.uint32]) -> str:
    """The string of code points."""
    return points.tobytes().decode("utf-32-le")


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """``[n + 1]`` running totals of ``[n]`` lengths, from 0."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def lengths_of(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """``[n]`` lengths from ``[n + 1]`` running totals."""
    return offsets[1:] - offsets[:-1]


def within(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """``0, 1, .. n - 1`` for each length ``n``, end to end: places within groups."""
    offsets = offsets_of(lengths)
    return np.arange(offsets[-1], dtype=np.int64) - np.repeat(offsets[:-1], lengths)
