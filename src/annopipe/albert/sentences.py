"""Sentence vectors: the encoder's states pooled over a whole text, of any length."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of, offsets_of, within
from annopipe.albert.config import AlbertConfig
from annopipe.albert.finite import met_at
from annopipe.albert.gather import Floats, Sequences, States
from annopipe.albert.pieces import Pieces
from annopipe.albert.sentence_pooling import Pool, pools_of
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.windows import SPECIALS, Windows
from annopipe.albert.words import window_length

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SentenceWay:
    """How texts become vectors before a head's steps: chosen by the caller, or the model's own.

    Attributes:
        poolings: modes, their vectors end to end.
        window: pieces of a window; None = all that the model has positions for.
        length: pieces at which a text is cut, ``[CLS]`` and ``[SEP]`` among them; None = nowhere.
        case_sensitive: see ``WordSettings``.
        prompt: put before every text.
        include_prompt: whether its pieces are pooled too.
        max_sentences: see ``WordSettings``.
    """

    poolings: tuple[str, ...]
    window: int | None = None
    length: int | None = None
    case_sensitive: bool | None = None
    prompt: str = ""
    include_prompt: bool = True
    max_sentences: int | None = None


@dataclass(frozen=True)
class SentencePlan:
    """What is to be encoded for some texts, and which rows of it count.

    Every text is at least the window ``[CLS] [SEP]``. Of a long text each piece counts once, in its best window,
    ``[CLS]`` in the first and ``[SEP]`` in the last.

    Attributes:
        sequences: the windows.
        text: ``[windows]`` int64, the text of each.
        begin, end: ``[windows]`` int64, the rows of a window that count.
        position: ``[windows]`` int64, place of a window's row 0 in its text; that of ``[CLS]`` is 0.
        cut: ``[texts]`` int64, pieces that were cut off.
    """

    sequences: Sequences
    text: Ints
    begin: Ints
    end: Ints
    position: Ints
    cut: Ints

    def needed(self, poolings: Sequence[str]) -> Ints:
        """The windows that must be encoded: all, but for a first or last row alone."""
        counting = np.flatnonzero(self.end > self.begin)
        edges = []
        if set(poolings) - {"cls", "lasttoken"}:
            return counting
        if "cls" in poolings:
            edges.append(counting[np.unique(self.text[counting], return_index=True)[1]])
        if "lasttoken" in poolings:
            backwards = counting[::-1]
            edges.append(backwards[np.unique(self.text[backwards], return_index=True)[1]])
        return np.unique(np.concatenate(edges))


def plan_sentences(
    vocabulary: Vocabulary, config: AlbertConfig, texts: Sequence[str], way: SentenceWay
) -> SentencePlan:
    """Encode texts in the ``albert`` dialect and lay windows over them."""
    prompted = [way.prompt + text for text in texts] if way.prompt else texts
    pieces = vocabulary.encode(prompted, case_sensitive=way.case_sensitive)
    ids, offsets, cut = _shortened(pieces, way.length)
    windows = Windows.cut(offsets, window_length(config, way.window))
    sequences = Sequences(ids, windows.first, windows.size, vocabulary.cls_id, vocabulary.sep_id)
    text = np.repeat(np.arange(len(texts), dtype=np.int64), lengths_of(offsets))
    best = windows.best(np.arange(len(text), dtype=np.int64), text)
    owned = offsets_of(np.bincount(best, minlength=len(windows.size)).astype(np.int64))
    begin, end = owned[:-1] - windows.first + 1, owned[1:] - windows.first + 1
    opens, closes = windows.offsets[:-1], windows.offsets[1:] - 1
    begin[opens] = 0
    end[closes] = windows.size[closes] + SPECIALS
    position = windows.first - offsets[windows.text]
    if way.prompt and not way.include_prompt:
        prompt = 1 + len(vocabulary.encode([way.prompt], case_sensitive=way.case_sensitive).ids)
        skipped = np.minimum(prompt, lengths_of(offsets) + 1)[windows.text] - position
        begin = np.minimum(np.maximum(begin, skipped), end)
    return SentencePlan(sequences, windows.text, begin, end, position, cut)


def _shortened(pieces: Pieces, length: int | None) -> tuple[NDArray[np.int32], Ints, Ints]:
    """Ids and offsets of texts cut at a length, and how many pieces of each were cut off.

    Offsets ``[0, 5, 7]`` and length 5 → places 0, 1, 2, 5, 6; offsets ``[0, 3, 5]``; cut ``[2, 0]``.
    """
    sizes = lengths_of(pieces.offsets)
    if length is None or not (cut := np.maximum(sizes - max(length - SPECIALS, 0), 0)).any():
        return pieces.ids, pieces.offsets, np.zeros(len(sizes), np.int64)
    kept = sizes - cut
    places = np.repeat(pieces.offsets[:-1], kept) + within(kept)
    return pieces.ids[places], offsets_of(kept), cut


def pool_sentences(plan: SentencePlan, states: States, width: int, way: SentenceWay) -> NDArray[np.floating]:
    """``[texts, len(poolings) * width]``: the pooled vectors of a plan's texts, before any step of a head.

    Raises:
        VectorsNotFinite: the ``row`` is the text.
    """
    pools = pools_of(way.poolings, len(plan.cut), width)
    with met_at(plan.text.__getitem__):
        _fill(pools, plan, states, way)
    found = [pool.vectors() for pool in pools]
    return found[0] if len(found) == 1 else np.concatenate(found, axis=1)


def _fill(pools: Sequence[Pool], plan: SentencePlan, states: States, way: SentenceWay) -> None:
    for batch in plan.sequences.encoded(plan.needed(way.poolings), states, way.max_sentences):
        begin, end = batch.begin + plan.begin[batch.which], batch.begin + plan.end[batch.which]
        position = plan.position[batch.which] + plan.begin[batch.which]
        columns = (plan.text[batch.which], begin, end, position)
        for text, first, last, place in zip(*(column.tolist() for column in columns), strict=True):
            rows: Floats = batch.states[first:last]
            for pool in pools:
                pool.add(text, rows, place)
