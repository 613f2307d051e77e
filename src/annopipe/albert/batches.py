"""Batches of sentences within a budget of tokens, packed or of equal length: no padding anywhere."""

import numpy as np
from numpy.typing import NDArray

TOKEN_BUDGET = 512
"""Pieces of one batch at most: more gain no speed and cost memory, fewer than 256 cost speed."""


def pack(
    lengths: NDArray[np.int64], *, token_budget: int = TOKEN_BUDGET, max_sentences: int | None = None
) -> list[NDArray[np.int64]]:
    """Index arrays that together name each sentence once, for ``Encoder.run_packed``: as few as can be.

    Args:
        lengths: pieces of each sentence.
        token_budget: pieces of one batch at most; a longer sentence is a batch of its own.
        max_sentences: sentences of one batch at most; None is no limit but the budget's.

    Returns:
        Batches from the longest sentences to the shortest; equal lengths lie side by side, in order of appearance.
    """
    order = np.argsort(-lengths, kind="stable")
    ends = np.cumsum(lengths[order])
    batches: list[NDArray[np.int64]] = []
    begin, before = 0, 0
    while begin < len(order):
        end = max(begin + 1, int(np.searchsorted(ends, before + token_budget, "right")))
        if max_sentences is not None:
            end = min(end, begin + max_sentences)
        batches.append(order[begin:end])
        begin, before = end, int(ends[end - 1])
    return batches


def plan(
    lengths: NDArray[np.int64], *, token_budget: int = TOKEN_BUDGET, max_sentences: int | None = None
) -> list[NDArray[np.int64]]:
    """Index arrays that together name each sentence once, for ``Encoder.run``: sentences of a batch have equal length.

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
