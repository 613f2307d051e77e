"""Batches: each sentence once, within the budget; packed ones as few as can be, the others of equal length."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annopipe.albert.batches import TOKEN_BUDGET, pack, plan

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


@given(LENGTHS, st.integers(1, 300), st.none() | st.integers(1, 9))
def test_plans_keep_their_promises(lengths: np.ndarray, budget: int, most: int | None) -> None:
    batches = plan(lengths, token_budget=budget, max_sentences=most)
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        (length,) = set(lengths[batch])
        assert len(batch) == 1 or len(batch) * length <= budget
        assert most is None or len(batch) <= most
        assert list(batch) == sorted(batch)


@given(LENGTHS, st.integers(1, 300))
def test_no_length_has_more_batches_than_it_needs(lengths: np.ndarray, budget: int) -> None:
    batches = plan(lengths, token_budget=budget)
    for length in set(lengths.tolist()):
        sizes = [len(batch) for batch in batches if lengths[batch[0]] == length]
        most = max(1, budget // max(1, length))
        assert len(sizes) == -(-sum(sizes) // most)
        assert max(sizes) - min(sizes) <= 1


def test_long_sentences_come_first() -> None:
    batches = plan(np.array([3, 9, 3, 5]))
    assert [batch.tolist() for batch in batches] == [[1], [3], [0, 2]]


def test_the_default_budget() -> None:
    lengths = np.full(1000, 16)
    assert max(len(batch) for batch in plan(lengths)) * 16 <= TOKEN_BUDGET
    assert len(plan(lengths)) == -(-1000 * 16 // TOKEN_BUDGET)


def test_nothing_to_plan() -> None:
    assert plan(np.empty(0, np.int64)) == []
    assert pack(np.empty(0, np.int64)) == []


@pytest.mark.parametrize("length", [513, 100_000])
def test_a_sentence_above_the_budget_is_a_batch(length: int) -> None:
    assert [batch.tolist() for batch in plan(np.array([length, length]))] == [[0], [1]]
    assert [batch.tolist() for batch in pack(np.array([length, 3, length]))] == [[0], [2], [1]]
