"""Batches: each sentence once, within the budget, as few as can be."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annopipe.albert.batches import TOKEN_BUDGET, pack

LENGTHS = st.lists(st.integers(0, 70), max_size=200).map(lambda lengths: np.array(lengths, np.int64))


@given(LENGTHS, st.integers(1, 300), st.none() | st.integers(1, 9))
def test_packs_keep_their_promises(lengths: np.ndarray, budget: int, most: int | None) -> None:
    batches = pack(lengths, token_budget=budget, max_sentences=most)
    places = [place for batch in batches for place in batch]
    assert sorted(places) == list(range(len(lengths)))
    assert places == sorted(places, key=lambda place: (-lengths[place], place))
    for batch in batches:
        assert len(batch) == 1 or lengths[batch].sum() <= budget
        assert most is None or len(batch) <= most


@given(LENGTHS, st.integers(1, 300))
def test_packs_are_full(lengths: np.ndarray, budget: int) -> None:
    batches = pack(lengths, token_budget=budget)
    for batch, following in pairwise(batches):
        assert lengths[batch].sum() + lengths[following[0]] > budget


def test_the_default_budget() -> None:
    lengths = np.full(1000, 16)
    assert max(len(batch) for batch in pack(lengths)) * 16 <= TOKEN_BUDGET
    assert len(pack(lengths)) == -(-1000 * 16 // TOKEN_BUDGET)


def test_nothing_to_pack() -> None:
    assert pack(np.empty(0, np.int64)) == []


@pytest.mark.parametrize("length", [513, 100_000])
def test_a_sentence_above_the_budget_is_a_batch(length: int) -> None:
    assert [batch.tolist() for batch in pack(np.array([length, 3, length]))] == [[0], [2], [1]]
