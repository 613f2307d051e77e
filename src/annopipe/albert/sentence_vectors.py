"""Texts to sentence vectors, by the model's own way or by a pooling that was named."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.config import AlbertConfig
from annopipe.albert.finite import check_finite, met_at
from annopipe.albert.gather import Floats, States
from annopipe.albert.pooling import dimension
from annopipe.albert.sentence_steps import SentenceSteps
from annopipe.albert.sentences import SentenceWay, plan_sentences, pool_sentences
from annopipe.albert.settings import SentenceSettings
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.words import chunks
from annopipe.errors import ParamValueError
from annopipe.sentence_head import SentenceHead
from annopipe.warnings import warn_once


@dataclass(frozen=True, slots=True, eq=False)
class SentenceVectors:
    """What comes of texts.

    Attributes:
        vectors: ``[texts, numbers]`` float32.
        cut: ``[texts]`` int64, pieces of each past the model's own length, which no vector shows.
    """

    vectors: Floats
    cut: NDArray[np.int64]


def embed_sentences(
    vocabulary: Vocabulary,
    config: AlbertConfig,
    states: States,
    steps: SentenceSteps | None,
    texts: Sequence[str],
    settings: SentenceSettings,
    name: str,
) -> SentenceVectors:
    """Give each text one vector; memory besides the result is bounded, as for words.

    Args:
        vocabulary, config, states: of the model.
        steps: the model's own way, if it has one.
        texts: any strings.
        settings: choices.
        name: of the model, for a warning.

    Raises:
        ParamValueError, VectorsNotFinite: see ``AlbertModel.sentence_vectors``.
    """
    own = steps if settings.pooling is None else None
    way = _way(own, settings)
    width = dimension(config, settings.layers)
    found = np.empty((len(texts), _numbers(own, width, settings)), np.float32)
    cut = np.zeros(len(texts), np.int64)
    for chunk in chunks(texts):
        plan = plan_sentences(vocabulary, config, texts[chunk], way)
        with met_at(chunk.start.__add__), np.errstate(over="ignore", invalid="ignore"):
            pooled = pool_sentences(plan, states, width, way)
            found[chunk] = pooled if own is None else own.apply(pooled)
            check_finite(found[chunk], origin=f"the model in {name}")
        cut[chunk] = plan.cut
    if cut.any() and own is not None:
        _warn_of_cut(name, own.head, int(np.count_nonzero(cut)))
    return SentenceVectors(found, cut)


def _way(own: SentenceSteps | None, settings: SentenceSettings) -> SentenceWay:
    if own is None:
        if settings.prompt is not None:
            raise ParamValueError(
                f"prompt is {settings.prompt!r}, but this model has no prompts: put it into the texts."
            )
        poolings = (settings.pooling or "mean",)
        return SentenceWay(poolings, settings.window, None, settings.case_sensitive, "", True, settings.max_sentences)
    head = own.head
    lower = head.lower_case and settings.case_sensitive is None
    return SentenceWay(
        head.poolings,
        settings.window,
        head.length if settings.window is None else None,
        False if lower else settings.case_sensitive,
        _prompt(head, settings.prompt),
        head.include_prompt,
        settings.max_sentences,
    )


def _prompt(head: SentenceHead, name: str | None) -> str:
    name = head.default_prompt if name is None else name
    prompts = head.prompts or {}
    if name is None:
        return ""
    if name not in prompts:
        raise ParamValueError(f"prompt is {name!r}; this model has {', '.join(prompts) or 'none'}.")
    return prompts[name]


def _numbers(own: SentenceSteps | None, width: int, settings: SentenceSettings) -> int:
    """Numbers of a vector, where a state has ``width``."""
    if own is None:
        return width
    head = own.head
    if width == head.hidden:
        return head.width
    if head.weights:
        raise ParamValueError(
            f"layers is '{settings.layers}', of {width} numbers; what this model makes of texts takes {head.hidden}: "
            "name a pooling, or layers without concat."
        )
    return min(width * len(head.poolings), head.truncate_dim or width * len(head.poolings))


def _warn_of_cut(name: str, head: SentenceHead, texts: int) -> None:
    warn_once(
        f"{name} takes {head.length} pieces of a text for its sentence vectors, as sentence-transformers does: what "
        f"follows was cut off ({texts} texts of the first call that had any). window={head.length} takes windows of "
        "that length over the whole text, with the same pooling",
        cause=f"{name} cut sentences",
    )
