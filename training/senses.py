"""Words of two meanings: vectors of one meaning should lie nearer together than those of two."""

from __future__ import annotations

import re

import numpy as np

from training.corpus import prepared
from training.readers import Reader, words
from training.sense_texts import SENSES


def margins(reader: Reader) -> dict[str, tuple[float, float, float]]:
    """For each word: mean cosine within the first meaning, within the second, and across the two (mean of pieces)."""
    return {word: _margin(reader, word, *meanings) for word, meanings in SENSES.items()}


def _margin(reader: Reader, word: str, one: tuple[str, ...], two: tuple[str, ...]) -> tuple[float, float, float]:
    texts = [prepared(text) for text in one + two]
    spans = [[_place(word, text)] for text in texts]
    vectors = words(reader, texts, spans)[1]
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    table, size = vectors @ vectors.T, len(one)
    return _above(table[:size, :size]), _above(table[size:, size:]), float(table[:size, size:].mean())


def _above(square: np.ndarray) -> float:
    """Mean over the pairs of different rows."""
    return float(square[np.triu_indices(len(square), 1)].mean())


def _place(word: str, text: str) -> tuple[int, int]:
    found = re.search(rf"\b{word}\b", text)
    if found is None:
        raise ValueError(f"the word {word!r} is not in {text!r}")
    return found.span()
