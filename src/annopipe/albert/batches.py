"""Batches of sentences of equal length, within a budget of tokens: no padding anywhere."""

import numpy as np
from numpy.typing import NDArray

TOKEN_BUDGET = 512


def plan(
    lengths: NDArray[np.int64], *, token_budget: int = TOKEN_BUDGET, max_sentences: int | None = None
) -> list[NDArray[np.int64]]:
    """Index arrays that together name each sentence once, all sentences of an array of equal length.

    Args:
        lengths: pieces of each sentence.
        token_budget: pieces of one batch at most; a longer sentence is a batch of its own.
        max_sentences: sentences of one batch at most; None is no limit but the budget's.

    Returns:
        Batches from the longest sentences to the shortest; within a length in order of appearance, evenly split.
    """
    if not len(lengths):
        return []
    order = np.argsort(-lengths, kind="stable")
    ordered = lengths[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    counts = np.diff(starts, append=len(ordered))
    most = np.maximum(1, token_budget // np.maximum(1, ordered[starts]))
    if max_sentences is not None:
        most = np.minimum(most, max_sentences)
    parts = -(-counts // most)
    group = np.repeat(np.arange(len(parts)), parts)
    part = np.arange(len(group)) - np.repeat(np.cumsum(parts) - parts, parts)
    cuts = starts[group] + part * counts[group] // parts[group]
    return np.split(order, cuts[1:])
