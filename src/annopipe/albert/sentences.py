"""Sentence vectors: the encoder's states pooled over a whole text, of any length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of, offsets_of
from annopipe.albert.config import AlbertConfig
from annopipe.albert.gather import Encoded, Floats, Sequences, States
from annopipe.albert.settings import SentenceSettings
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.windows import SPECIALS, Windows
from annopipe.albert.words import window_length


@dataclass(frozen=True)
class SentencePlan:
    """What is to be encoded for some texts, and which rows of it count.

    Every text is at least the window ``[CLS] [SEP]``. Of a long text each piece counts once, in its best window,
    ``[CLS]`` in the first and ``[SEP]`` in the last.

    Attributes:
        sequences: the windows.
        text: ``[windows]`` int64, the text of each.
        begin, end: ``[windows]`` int64, the rows of a window that count.
        opens: ``[texts]`` int64, first window of each text.
    """

    sequences: Sequences
    text: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    opens: NDArray[np.int64]

    def counted(self, batch: Encoded) -> Iterator[tuple[int, Floats]]:
        """Yield the windows of a batch and their states that count."""
        begin, end = batch.begin + self.begin[batch.which], batch.begin + self.end[batch.which]
        for window, first, last in zip(batch.which.tolist(), begin.tolist(), end.tolist(), strict=True):
            yield window, batch.states[first:last]


def plan_sentences(
    vocabulary: Vocabulary, config: AlbertConfig, texts: Sequence[str], settings: SentenceSettings
) -> SentencePlan:
    """Encode texts in the ``albert`` dialect and lay windows over them."""
    pieces = vocabulary.encode(texts, case_sensitive=settings.case_sensitive)
    windows = Windows.cut(pieces.offsets, window_length(config, settings.window))
    sequences = Sequences(pieces.ids, windows.first, windows.size, vocabulary.cls_id, vocabulary.sep_id)
    text = np.repeat(np.arange(len(texts), dtype=np.int64), lengths_of(pieces.offsets))
    best = windows.best(np.arange(len(text), dtype=np.int64), text)
    owned = offsets_of(np.bincount(best, minlength=len(windows.size)).astype(np.int64))
    begin, end = owned[:-1] - windows.first + 1, owned[1:] - windows.first + 1
    opens, closes = windows.offsets[:-1], windows.offsets[1:] - 1
    begin[opens] = 0
    end[closes] = windows.size[closes] + SPECIALS
    return SentencePlan(sequences, windows.text, begin, end, opens)


def pool_sentences(plan: SentencePlan, states: States, out: Floats, settings: SentenceSettings) -> None:
    """Fill ``out`` ``[texts, width]`` float32 with the vectors of a plan's texts."""
    if settings.pooling == "cls":
        _pool_first(plan, states, out, settings.max_sentences)
    elif settings.pooling == "max":
        _pool_max(plan, states, out, settings.max_sentences)
    else:
        _pool_mean(plan, states, out, settings.max_sentences)


def _pool_first(plan: SentencePlan, states: States, out: Floats, max_sentences: int | None) -> None:
    """The state of ``[CLS]`` in each text's first window, the only one that is encoded."""
    for batch in plan.sequences.encoded(plan.opens, states, max_sentences):
        out[plan.text[batch.which]] = batch.states[batch.begin]


def _pool_max(plan: SentencePlan, states: States, out: Floats, max_sentences: int | None) -> None:
    out[:] = -np.inf
    every = np.arange(len(plan.text), dtype=np.int64)
    for batch in plan.sequences.encoded(every, states, max_sentences):
        for window, rows in plan.counted(batch):
            if len(rows):
                np.maximum(out[plan.text[window]], rows.max(axis=0), out=out[plan.text[window]])


def _pool_mean(plan: SentencePlan, states: States, out: Floats, max_sentences: int | None) -> None:
    """Sums in double precision, so that the order of batches does not show."""
    sums = np.zeros(out.shape, np.float64)
    every = np.arange(len(plan.text), dtype=np.int64)
    for batch in plan.sequences.encoded(every, states, max_sentences):
        for window, rows in plan.counted(batch):
            sums[plan.text[window]] += rows.sum(axis=0, dtype=np.float64)
    counts = np.bincount(plan.text, weights=plan.end - plan.begin, minlength=len(out))
    out[:] = sums / counts[:, np.newaxis]
