"""Word vectors: from texts with token offsets to flat columns, one row per token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annopipe.albert.alignment import align
from annopipe.albert.codepoints import lengths_of, offsets_of
from annopipe.albert.config import AlbertConfig
from annopipe.albert.gather import Sequences
from annopipe.albert.pooling import Takes, takes_of_words
from annopipe.albert.settings import WordSettings
from annopipe.albert.vocabulary import Vocabulary
from annopipe.albert.windows import Windows
from annopipe.errors import ParamValueError

CHUNK_CHARACTERS = 1 << 20
"""Characters of the texts that are planned together; a longer text is alone."""


@dataclass(frozen=True)
class Words:
    """Tokens of several texts.

    Attributes:
        texts: the texts.
        begin, end: ``[tokens]`` int64, ``end`` exclusive, code points of the token's text.
        offsets: ``[texts + 1]`` int64; text ``i`` owns the tokens ``offsets[i]:offsets[i + 1]``.
    """

    texts: Sequence[str]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = lengths_of(self.offsets)
        if len(self.offsets) != len(self.texts) + 1 or self.offsets[0] != 0 or (counts < 0).any():
            raise ParamValueError(
                f"offsets of {len(self.texts)} texts must be {len(self.texts) + 1} numbers that rise from 0."
            )
        if not len(self.begin) == len(self.end) == self.offsets[-1]:
            raise ParamValueError(
                f"offsets end at {self.offsets[-1]} tokens where begin has {len(self.begin)} and end {len(self.end)}."
            )

    @property
    def text(self) -> NDArray[np.int64]:
        """``[tokens]``: the text of each token."""
        return np.repeat(np.arange(len(self.texts), dtype=np.int64), lengths_of(self.offsets))

    def text_of(self, token: int, *, first: int = 0) -> int:
        """The text of one token, of texts that are numbered from ``first`` on."""
        return first + int(np.searchsorted(self.offsets, token, "right")) - 1

    def chunks(self) -> "Iterator[tuple[slice, slice, Words]]":
        """Texts of bounded length together: which texts, which tokens, and they."""
        for texts in chunks(self.texts):
            offsets = self.offsets[texts.start : texts.stop + 1]
            tokens = slice(int(offsets[0]), int(offsets[-1]))
            yield texts, tokens, Words(self.texts[texts], self.begin[tokens], self.end[tokens], offsets - offsets[0])


@dataclass(frozen=True)
class WordPlan:
    """What is to be encoded for some tokens, and what is known before it is.

    Attributes:
        sequences: what goes through the encoder.
        parts: what the tokens take from it.
        piece_id: ``[tokens]`` int32, first piece of each token, -1 for none.
        oov: ``[tokens]`` bool, tokens of which no character survives (``albert`` dialect).
        found: ``[tokens]`` bool, False for tokens that Spark NLP would leave out (``sparknlp`` dialect).
        cut: ``[texts]`` int64, tokens of each text behind the cut (``sparknlp`` dialect).
    """

    sequences: Sequences
    parts: list[Takes]
    piece_id: NDArray[np.int32]
    oov: NDArray[np.bool_]
    found: NDArray[np.bool_]
    cut: NDArray[np.int64]


@dataclass(frozen=True)
class WordVectors:
    """Vectors of tokens, one row each in the order of the tokens.

    Attributes:
        vectors: ``[tokens, dimension]`` float32; zeros for a token without piece and one that is not ``found``.
        piece_id: ``[tokens]`` int32, id of the token's first piece; -1: it has none.
        oov: ``[tokens]`` bool; ``albert``: no character of the token survives normalisation (one that is all ``<unk>``
            has a vector of its context and is not meant); ``sparknlp``: always False, as there.
        found: ``[tokens]`` bool; ``albert``: always True; ``sparknlp``: False where Spark NLP gives no annotation.
        cut: ``[texts]`` int64; ``albert``: always 0; ``sparknlp``: tokens that got no vector because the text is too
            long.
    """

    vectors: NDArray[np.float32]
    piece_id: NDArray[np.int32]
    oov: NDArray[np.bool_]
    found: NDArray[np.bool_]
    cut: NDArray[np.int64]

    @classmethod
    def empty(cls, tokens: int, texts: int, dimension: int) -> "WordVectors":
        """Columns to be filled."""
        return cls(
            np.zeros((tokens, dimension), np.float32),
            np.full(tokens, -1, np.int32),
            np.zeros(tokens, np.bool_),
            np.ones(tokens, np.bool_),
            np.zeros(texts, np.int64),
        )


def chunks(texts: Sequence[str]) -> Iterator[slice]:
    """Runs of texts of at most ``CHUNK_CHARACTERS`` together, or one longer text."""
    lengths = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
    begin = 0
    while begin < len(texts):
        end = int(np.searchsorted(lengths, lengths[begin] + CHUNK_CHARACTERS, "right")) - 1
        end = max(end, begin + 1)
        yield slice(begin, end)
        begin = end


def window_length(config: AlbertConfig, window: int | None) -> int:
    """Pieces of one window in the ``albert`` dialect.

    Raises:
        ParamValueError: the model has no positions for so many.
    """
    longest = config.max_position_embeddings
    if window is not None and window > longest:
        raise ParamValueError(f"window is {window}; this model has positions for {longest} pieces.")
    return longest if window is None else window


def plan_words(vocabulary: Vocabulary, config: AlbertConfig, words: Words, settings: WordSettings) -> WordPlan:
    """The ``albert`` dialect: texts encoded whole, long ones in windows, tokens aligned by their characters."""
    pieces = vocabulary.encode(words.texts, case_sensitive=settings.case_sensitive)
    windows = Windows.cut(pieces.offsets, window_length(config, settings.window))
    alignment = align(pieces, words.begin, words.end, words.offsets)
    none = alignment.first < 0
    piece_id = np.full(len(none), -1, np.int32)
    piece_id[~none] = pieces.ids[alignment.first[~none]]
    return WordPlan(
        Sequences(pieces.ids, windows.first, windows.size, vocabulary.cls_id, vocabulary.sep_id),
        takes_of_words(settings.pooling, alignment, windows, words.text),
        piece_id,
        none,
        np.ones(len(none), np.bool_),
        np.zeros(len(words.texts), np.int64),
    )
