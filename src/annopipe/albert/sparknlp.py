"""The ``sparknlp`` dialect: words encoded as Spark NLP 5.5.3's ``AlbertEmbeddings`` does, without its padding.

Each token is encoded alone, as the modified UTF-8 that Java hands to native code; bare ``▁`` pieces are dropped; the
first ``limit - 2`` tokens of a sentence are kept. The encoder sees ``limit - 2`` pieces at most, and the piece just
behind them gets the state of ``[SEP]``, as recorded there; tokens further on get no vector.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.codepoints import lengths_of, offsets_of, within
from annopipe.albert.config import AlbertConfig
from annopipe.albert.gather import Sequences
from annopipe.albert.pooling import Takes
from annopipe.albert.segmentation import segment
from annopipe.albert.settings import WordSettings
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.windows import SPECIALS
from annopipe.albert.words import WordPlan, Words

MAX_SENTENCE_LENGTH = 128
"""Spark NLP's default."""


def plan_words(vocabulary: Vocabulary, config: AlbertConfig, words: Words, settings: WordSettings) -> WordPlan:
    """What Spark NLP would encode, and which state each token gets."""
    limit = MAX_SENTENCE_LENGTH if settings.window is None else settings.window
    room = max(0, min(limit, config.max_position_embeddings) - SPECIALS)
    counts = lengths_of(words.offsets)
    early = within(counts) < room
    ids, sizes = _pieces(vocabulary, words, settings, early)
    starts = offsets_of(sizes)
    text_starts = starts[words.offsets]
    place = starts[:-1] - np.repeat(text_starts[:-1], counts)
    found = (sizes > 0) & (place <= room)
    piece_id = np.full(len(sizes), -1, np.int32)
    piece_id[found] = ids[starts[:-1][found]]
    lost = ~early | ((sizes > 0) & (place > room))
    token = np.flatnonzero(found)
    seen = np.minimum(lengths_of(text_starts), room)
    return WordPlan(
        Sequences(ids, text_starts[:-1], seen, vocabulary.cls_id, vocabulary.sep_id),
        [Takes(words.text[token], place[token] + 1, token)],
        piece_id,
        np.zeros(len(sizes), np.bool_),
        found,
        lengths_of(offsets_of(lost.astype(np.int64))[words.offsets]),
    )


def _pieces(
    vocabulary: Vocabulary, words: Words, settings: WordSettings, wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Piece ids of all wanted tokens end to end, and how many each token has; each distinct token is encoded once."""
    case_sensitive = settings.case_sensitive
    lower = vocabulary.do_lower_case if case_sensitive is None else not case_sensitive
    numbers: dict[str, int] = {}
    which = np.full(len(wanted), -1, np.int64)
    which[wanted] = [numbers.setdefault(token, len(numbers)) for token in _tokens(words, wanted, lower)]
    ids, sizes = _encoded_alone(vocabulary, list(numbers))
    starts = offsets_of(sizes)[which]
    counts = np.where(which < 0, 0, np.append(sizes, 0)[which])
    return ids[np.repeat(starts, counts) + within(counts)], counts


def _tokens(words: Words, wanted: NDArray[np.bool_], lower: bool) -> list[str]:
    """The wanted tokens' strings."""
    texts = words.texts
    bounds = zip(
        words.text[wanted].tolist(),
        np.maximum(words.begin[wanted], 0).tolist(),
        np.maximum(words.end[wanted], 0).tolist(),
        strict=True,
    )
    tokens = [texts[text][begin:end] for text, begin, end in bounds]
    return [token.lower() for token in tokens] if lower else tokens


def _encoded_alone(vocabulary: Vocabulary, tokens: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Ids of each token encoded alone, bare ``▁`` left out, end to end; and how many each has."""
    found: list[list[int]] = segment(vocabulary.processor, [modified_utf8(token) for token in tokens], int)
    space = vocabulary.space_id
    kept = [[number for number in ids if number != space] for ids in found]
    sizes = np.fromiter(map(len, kept), np.int64, len(kept))
    flat = np.fromiter((number for ids in kept for number in ids), np.int32, int(sizes.sum()))
    return flat, sizes


def modified_utf8(text: str) -> bytes:
    """Java's modified UTF-8: each half of a surrogate pair three bytes, NUL two; lone surrogates count as U+FFFD."""
    if text.isascii():
        return text.encode().replace(b"\0", b"\xc0\x80")
    units = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-16-le")
    halves = np.frombuffer(units, "<u2").astype(np.uint32).tobytes()
    return halves.decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80")
