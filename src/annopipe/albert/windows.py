"""Long texts in overlapping windows, and the window from which each piece takes its vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of, offsets_of, within

SPECIALS = 2
"""``[CLS]`` in front and ``[SEP]`` behind."""

SHORTEST = SPECIALS + 1


@dataclass(frozen=True)
class Windows:
    """Runs of pieces that go through the encoder as one sequence each, every one between ``[CLS]`` and ``[SEP]``.

    Attributes:
        first: ``[windows]`` int64, place of the first piece in the columns of the encoded texts.
        size: ``[windows]`` int64, pieces without ``[CLS]`` and ``[SEP]``.
        text: ``[windows]`` int64, the text that the window is of; windows come in the order of texts and pieces.
        offsets: ``[texts + 1]`` int64; text ``i`` has the windows ``offsets[i]:offsets[i + 1]``, one or more.
        stride: pieces from the start of one window to that of the next.
    """

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    text: NDArray[np.int64]
    offsets: NDArray[np.int64]
    stride: int

    @classmethod
    def cut(cls, piece_offsets: NDArray[np.int64], length: int) -> "Windows":
        """Windows over texts.

        A text whose pieces fit, with ``[CLS]`` and ``[SEP]``, in ``length`` is one window, also if it has no pieces. A
        longer one gets windows of ``length``, each starting half a window's pieces after the one before; the last ends
        with the text.

        Args:
            piece_offsets: ``[texts + 1]`` int64, the pieces of each text.
            length: pieces of a window with the two special ones, at least 3.
        """
        room = length - SPECIALS
        stride = max(1, room // 2)
        sizes = lengths_of(piece_offsets)
        counts = 1 + -(-np.maximum(sizes - room, 0) // stride)
        text = np.repeat(np.arange(len(sizes), dtype=np.int64), counts)
        begin = within(counts) * stride
        return cls(piece_offsets[text] + begin, np.minimum(sizes[text] - begin, room), text, offsets_of(counts), stride)

    def best(self, piece: NDArray[np.int64], text: NDArray[np.int64]) -> NDArray[np.int64]:
        """The window in which each piece lies farthest from the nearer edge, of two such the earlier.

        Args:
            piece: places in the columns of the encoded texts.
            text: the text of each.
        """
        later = self.latest(piece, text)
        earlier = np.maximum(later - 1, self.offsets[text])
        return np.where(self._depth(earlier, piece) >= self._depth(later, piece), earlier, later)

    def latest(self, piece: NDArray[np.int64], text: NDArray[np.int64]) -> NDArray[np.int64]:
        """The last window that contains each piece."""
        own = self.offsets[text]
        return np.minimum(own + (piece - self.first[own]) // self.stride, self.offsets[text + 1] - 1)

    def holds(self, window: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether a window reaches to ``last`` (exclusive)."""
        return last <= self.first[window] + self.size[window]

    def _depth(self, window: NDArray[np.int64], piece: NDArray[np.int64]) -> NDArray[np.int64]:
        """Distance of a piece to the nearer edge of a window; negative outside."""
        place = piece - self.first[window]
        return np.minimum(place, self.size[window] - 1 - place)


def token_windows(
    windows: Windows, first: NDArray[np.int64], last: NDArray[np.int64], text: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The one window that all pieces of each token are taken from, -1 where none holds them all.

    It is the best for the token's first piece, else, if the token reaches over its end, the last that has that piece.

    Args:
        windows: of the encoded texts.
        first, last: ``[tokens]``, the pieces of each token, ``last`` exclusive.
        text: ``[tokens]``, the text of each.
    """
    chosen = windows.best(first, text)
    latest = windows.latest(first, text)
    chosen = np.where(windows.holds(chosen, last), chosen, latest)
    return np.where(windows.holds(chosen, last), chosen, -1)
