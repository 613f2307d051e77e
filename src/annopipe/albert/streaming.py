"""Word vectors of long texts part by part: no more vectors in memory than were asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.finite import met_at
from annopipe.albert.gather import gather
from annopipe.albert.model import PLANS, AlbertModel
from annopipe.albert.pooling import Takes, dimension
from annopipe.albert.settings import WordSettings
from annopipe.albert.words import Words, WordVectors


def stream_words(
    model: AlbertModel,
    texts: Sequence[str],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    offsets: NDArray[np.int64],
    settings: WordSettings,
    *,
    most: int,
) -> Iterator[tuple[slice, WordVectors]]:
    """Yield the vectors of ``AlbertModel.embed_words`` for at most ``most`` tokens at once, with their places.

    Pieces and windows are planned once for each million characters, or for one longer text. ``cut`` of the parts is
    zeros: it is not told here.

    Args:
        model, texts, begin, end, offsets, settings: as for ``AlbertModel.embed_words``.
        most: tokens of one part at most, 1 or more.

    Raises:
        ParamValueError, VectorsNotFinite: as ``AlbertModel.embed_words``.
    """
    width = dimension(model.config, settings.layers, settings.pooling)
    states = model.states(settings.layers)
    for chunk, tokens, some in Words(texts, begin, end, offsets).chunks():
        plan = PLANS[settings.dialect](model.vocabulary, model.config, some, settings)
        for first in range(0, len(some.begin), most):
            part = slice(first, min(first + most, len(some.begin)))
            found = WordVectors.empty(part.stop - part.start, 0, width)
            takes = [_of_part(all_, part) for all_ in plan.parts]
            with met_at(partial(some.text_of, first=chunk.start)), met_at(part.start.__add__):
                gather(plan.sequences, takes, states, found.vectors, settings.max_sentences)
            found.piece_id[:], found.oov[:] = plan.piece_id[part], plan.oov[part]
            found.found[:] = plan.found[part]
            yield slice(tokens.start + part.start, tokens.start + part.stop), found


def _of_part(takes: Takes, part: slice) -> Takes:
    """What the tokens of a part take, counted from its first."""
    mine = np.flatnonzero((takes.target >= part.start) & (takes.target < part.stop))
    return replace(
        takes,
        window=takes.window[mine],
        row=takes.row[mine],
        target=takes.target[mine] - part.start,
        weight=None if takes.weight is None else takes.weight[mine],
    )
