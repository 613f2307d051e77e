"""Figures and their bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

RESAMPLES = 1000
SEED = 20


@dataclass(frozen=True)
class Figure:
    """A measured value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(measure: Callable[[np.ndarray], float], count: int) -> Figure:
    """The measure over all items and the 2.5 and 97.5 percentiles over 1 000 resamples of them (fixed seed).

    ``measure`` takes indices of items: sentences, or pairs.
    """
    chance = np.random.default_rng(SEED)
    found = [measure(chance.integers(0, count, count)) for _ in range(RESAMPLES)]
    low, high = np.percentile(found, [2.5, 97.5])
    return Figure(measure(np.arange(count)), float(low), float(high))


def correlation(given: np.ndarray, scores: np.ndarray) -> Figure:
    """Spearman's correlation, pairs resampled."""
    return bootstrap(lambda at: float(spearmanr(given[at], scores[at]).statistic), len(scores))


def ratio(right: np.ndarray, all_: np.ndarray) -> Figure:
    """Share of right items, sentences resampled: right ones and all of each sentence."""
    return bootstrap(lambda at: float(right[at].sum() / all_[at].sum()), len(all_))


def f1(counts: np.ndarray) -> Figure:
    """F1 from each sentence's (entities right, entities found, entities there), sentences resampled."""

    def measure(at: np.ndarray) -> float:
        right, found, there = counts[at].sum(axis=0)
        return float(2 * right / max(found + there, 1))

    return bootstrap(measure, len(counts))


def entities(tags: list[str]) -> set[tuple[int, int, str]]:
    """Spans (first, past the last, kind) of BIO tags; an I without its B begins one."""
    found: set[tuple[int, int, str]] = set()
    begin, kind = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        mark, _, name = tag.partition("-")
        if kind and (mark != "I" or name != kind):
            found.add((begin, index, kind))
            kind = ""
        if mark != "O" and not kind:
            begin, kind = index, name
    return found
