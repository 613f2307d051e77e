"""Layers that a graph spells out one by one, folded back to the groups that share weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.parameters import layer_prefix
from annopipe.errors import SourceError

MOST_INNER: Final = 64

Weights = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Shared:
    """Weights under Hugging Face's names, each once, and how often they are applied in all."""

    weights: Weights
    layers: int


def folded(layers: Sequence[Weights]) -> Shared:
    """Return layers in groups: equal ones become one.

    Raises:
        SourceError: they repeat in an order that no ALBERT has.
    """
    numbers, distinct = _numbered(layers)
    for inner in range(1, min(MOST_INNER, len(numbers)) + 1):
        groups = _groups(numbers, inner)
        if groups is not None:
            weights = {
                layer_prefix(group, place) + name: values
                for group, members in enumerate(groups)
                for place, number in enumerate(members)
                for name, values in distinct[number].items()
            }
            return Shared(weights, len(numbers) // inner)
    raise SourceError(
        f"the graph's {len(layers)} layers have {len(distinct)} sets of weights in an order that no ALBERT has"
    )


def _numbered(layers: Sequence[Weights]) -> tuple[list[int], list[Weights]]:
    """Return for each layer the number of its weights, and each set of weights once."""
    distinct: list[Weights] = []
    numbers = []
    for layer in layers:
        found = next((number for number, other in enumerate(distinct) if _equal(layer, other)), None)
        if found is None:
            found = len(distinct)
            distinct.append(layer)
        numbers.append(found)
    return numbers, distinct


def _equal(first: Weights, second: Weights) -> bool:
    """Tell whether two layers have the same weights, bit for bit; views of one array need no look."""
    return all(_same(values, second[name]) for name, values in first.items())


def _same(first: NDArray[Any], second: NDArray[Any]) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.__array_interface__ == second.__array_interface__:
        return True
    return bool(np.array_equal(first.view(f"u{first.itemsize}"), second.view(f"u{second.itemsize}")))


def _groups(numbers: list[int], inner: int) -> list[tuple[int, ...]] | None:
    """Return the groups, each with the numbers of its inner layers, if the layers run as Hugging Face's do."""
    if len(numbers) % inner:
        return None
    blocks = [tuple(numbers[at : at + inner]) for at in range(0, len(numbers), inner)]
    groups = list(dict.fromkeys(blocks))
    expected = [groups[int(place / (len(blocks) / len(groups)))] for place in range(len(blocks))]
    own = [number for group in groups for number in group]
    return groups if blocks == expected and len(set(own)) == len(own) else None
