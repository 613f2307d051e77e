"""Batches of sentences within a budget of tokens, packed one after the other: no padding anywhere."""

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
