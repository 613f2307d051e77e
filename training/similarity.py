"""Sentence similarity: Spearman's correlation of cosines with people's scores."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

Embed = Callable[[list[str]], np.ndarray]
"""Texts to unit vectors (texts, 384)."""


def pairs(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    """First sentences, second sentences and scores of a TSV file with fields score, s1, s2."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [r["s1"] for r in rows], [r["s2"] for r in rows], np.array([float(r["score"]) for r in rows])


def spearman(cosines: np.ndarray, scores: np.ndarray) -> float:
    return float(spearmanr(cosines, scores).statistic)


def cosines(embed: Embed, firsts: list[str], seconds: list[str]) -> np.ndarray:
    """Cosine of each pair."""
    vectors = embed(firsts + seconds)
    products: np.ndarray = vectors[: len(firsts)] * vectors[len(firsts) :]
    return np.asarray(products.sum(axis=1))
