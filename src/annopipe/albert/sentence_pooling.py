"""States of whole texts to one vector each: sentence-transformers' poolings, over any number of windows a text."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.gather import Floats

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


class Pool(Protocol):
    """Takes the states of windows as they come, in any order, and gives one vector a text."""

    def add(self, text: int, states: Floats, position: int) -> None:
        """Take states that count.

        Args:
            text: whose they are.
            states: ``[rows, width]`` float32, one row or more, next to each other in the text.
            position: of the first row in the text, ``[CLS]`` being 0.
        """

    def vectors(self) -> NDArray[np.floating]:
        """``[texts, width]``, once all windows were taken."""


class Mean:
    """The sum over all rows divided by their number, or by its root; double precision hides the order of windows."""

    def __init__(self, texts: int, width: int, *, root: bool = False) -> None:
        self._sums = np.zeros((texts, width), np.float64)
        self._counts = np.zeros((texts, 1), np.float64)
        self._root = root

    def add(self, text: int, states: Floats, position: int) -> None:  # noqa: ARG002
        """See `Pool`."""
        self._sums[text] += states.sum(axis=0, dtype=np.float64)
        self._counts[text] += len(states)

    def vectors(self) -> Doubles:
        """See `Pool`."""
        return self._sums / (np.sqrt(self._counts) if self._root else self._counts)


class WeightedMean:
    """The mean in which a row weighs its position in the text, ``[CLS]`` 1."""

    def __init__(self, texts: int, width: int) -> None:
        self._sums = np.zeros((texts, width), np.float64)
        self._weights = np.zeros((texts, 1), np.float64)

    def add(self, text: int, states: Floats, position: int) -> None:
        """See `Pool`."""
        weights = np.arange(position + 1, position + 1 + len(states), dtype=np.float64)
        self._sums[text] += weights @ states.astype(np.float64)
        self._weights[text] += weights.sum()

    def vectors(self) -> Doubles:
        """See `Pool`."""
        return self._sums / self._weights


class Largest:
    """The largest of all rows, number by number."""

    def __init__(self, texts: int, width: int) -> None:
        self._found = np.full((texts, width), -np.inf, np.float32)

    def add(self, text: int, states: Floats, position: int) -> None:  # noqa: ARG002
        """See `Pool`."""
        np.maximum(self._found[text], states.max(axis=0), out=self._found[text])

    def vectors(self) -> Floats:
        """See `Pool`."""
        return self._found


class Edge:
    """The first row of each text, or the last."""

    def __init__(self, texts: int, width: int, *, last: bool = False) -> None:
        self._found = np.zeros((texts, width), np.float32)
        self._position = np.full(texts, -1, np.int64)
        self._last = last

    def add(self, text: int, states: Floats, position: int) -> None:
        """See `Pool`."""
        at = position + len(states) - 1 if self._last else position
        known = int(self._position[text])
        if known < 0 or (at > known if self._last else at < known):
            self._found[text], self._position[text] = states[-1 if self._last else 0], at

    def vectors(self) -> Floats:
        """See `Pool`."""
        return self._found


POOLS: Final[dict[str, Callable[[int, int], Pool]]] = {
    "cls": Edge,
    "max": Largest,
    "mean": Mean,
    "mean_sqrt_len_tokens": lambda texts, width: Mean(texts, width, root=True),
    "weightedmean": WeightedMean,
    "lasttoken": lambda texts, width: Edge(texts, width, last=True),
}


def pools_of(modes: Sequence[str], texts: int, width: int) -> list[Pool]:
    """A pool for each mode."""
    return [POOLS[mode](texts, width) for mode in modes]
