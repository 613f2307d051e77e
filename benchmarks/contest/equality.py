"""Does each peer compute the same? Its vectors beside transformers' own, one text at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from contest.roster import PIECES, SENTENCES, Seat

BOUND = 1e-4
Found = dict[str, Any]


@dataclass(frozen=True)
class Equality:
    """How far vectors are from the truth.

    Attributes:
        share: of vectors that differ by more than ``BOUND`` in some number.
        largest: the largest difference, infinite where numbers of vectors differ.
        cosine: lowest cosine of a vector and the truth.
    """

    share: float
    largest: float
    cosine: float


def compare(seat: Seat, found: Found, truth: Found) -> Equality:
    """Compare the vectors of some texts."""
    if seat.kind == PIECES:
        expected, counts = truth["values"], truth["counts"]
    elif seat.kind == SENTENCES:
        texts = np.split(truth["values"], np.cumsum(truth["counts"])[:-1])
        expected, counts = np.stack([text.mean(0) for text in texts]), np.ones(len(texts), np.int64)
    else:
        return _distance(found["values"], _of_words(found, truth))
    if not np.array_equal(counts, found["counts"]):
        return Equality(1.0, float("inf"), float("nan"))
    return _distance(found["values"], expected)


def _of_words(found: Found, truth: Found) -> Any:
    """The truth's vector of each word: of the first piece that reaches past the word's begin.

    A piece that is a space alone claims the character after it and is no part of the word: the next piece begins at the
    same place and is taken. A peer that takes the space's vector differs, and the table shows it.
    """
    rows, first = [], 0
    begins = np.split(found["begin"], np.cumsum(found["counts"])[:-1])
    for begin, count in zip(begins, truth["counts"].tolist(), strict=True):
        spans = truth["spans"][first : first + count]
        ends = np.maximum.accumulate(spans[1:-1, 1])  # without [CLS] and [SEP]
        rows.append(first + 1 + np.minimum(np.searchsorted(ends, begin, "right"), count - 3))
        first += count
    places = np.concatenate(rows)
    starts = truth["spans"][:, 0]
    return truth["values"][places + (starts[places + 1] == starts[places])]


def _distance(found: Any, expected: Any) -> Equality:
    apart = np.abs(found - expected).max(1)
    norms = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = (found * expected).sum(1) / np.maximum(norms, 1e-12)
    return Equality(float((apart > BOUND).mean()), float(apart.max()), float(cosine.min()))
