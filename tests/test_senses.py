"""Neighbours in context: words of two meanings lie nearer to themselves in their meaning than across, by a margin."""

import numpy as np
import pytest
from numpy.typing import NDArray
from training.sense_texts import SENSES

import annopipe

MARGIN = 0.015
"""Least mean cosine within a meaning less mean cosine across, for every word."""

MEAN_MARGIN = 0.05
"""The same on average over the words."""


def table(word: str) -> NDArray[np.float32]:
    """Cosines between the word's vectors in its six sentences; the first three are of one meaning."""
    sentences = [*SENSES[word][0], *SENSES[word][1]]
    found = annopipe.load("albert_mini").embed_words(sentences, pooling="mean")
    vectors = np.stack([words.vectors[words.tokens.index(word)] for words in found])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


def margin(cosines: NDArray[np.float32]) -> float:
    pairs = np.triu_indices(3, 1)
    within = (cosines[:3, :3][pairs].mean() + cosines[3:, 3:][pairs].mean()) / 2
    return float(within - cosines[:3, 3:].mean())


def test_bank_and_ten_more_words_are_there() -> None:
    assert "bank" in SENSES
    assert len(SENSES) >= 11
    assert all(len(set(one)) == len(set(two)) == 3 for one, two in SENSES.values())


@pytest.mark.parametrize("word", SENSES)
def test_meanings_lie_apart(word: str) -> None:
    assert margin(table(word)) >= MARGIN


def test_meanings_lie_apart_on_average() -> None:
    assert np.mean([margin(table(word)) for word in SENSES]) >= MEAN_MARGIN


@pytest.mark.parametrize("word", ["bank"])
def test_money_is_nearest_to_money(word: str) -> None:
    cosines = table(word) - 2 * np.eye(6)
    assert [int(near) // 3 for near in cosines.argmax(axis=1)] == [0, 0, 0, 1, 1, 1]
