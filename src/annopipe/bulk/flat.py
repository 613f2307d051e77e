"""Word vectors as one row a token, of texts of any length in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from annopipe.albert.finite import met_at
from annopipe.albert.model import AlbertModel
from annopipe.albert.pooling import dimension
from annopipe.albert.streaming import stream_words
from annopipe.albert.words import WordVectors
from annopipe.annotators.membership import by_number, owners
from annopipe.annotators.plan import Plan
from annopipe.annotators.word_vectors import embed_alone
from annopipe.arrow_buffers import numbers
from annopipe.arrow_buffers import texts as texts_array
from annopipe.bulk.annotated import choice_of, pipeline_of, source_batch
from annopipe.bulk.result import Ints, Part, vectors_array
from annopipe.bulk.settings import Settings
from annopipe.columns import AnnotationColumn, Floats, rows_of

COLUMNS = ("sentence", "token", "begin", "end", "vector")
"""Names of the columns; the first only where sentences are found."""

TOKEN_BYTES = 300
"""Memory of one token besides its vector, by measure."""

Rows = tuple[Part, Ints, Ints]
"""Rows of texts, the number of tokens of each, and of those without a vector."""

Found = tuple[slice, WordVectors]


class FlatWords:
    """Texts to rows of ``sentence`` (its number, where asked for), ``token``, ``begin``, ``end`` and ``vector``.

    ``begin`` and ``end`` (inclusive) are those of the annotation: code points of the text, UTF-16 units in the
    ``sparknlp`` dialect.
    """

    def __init__(self, model: AlbertModel, settings: Settings, part_bytes: int) -> None:
        self._model, self._settings = model, settings
        self._words = settings.word_settings()
        self._choice = choice_of(settings)
        stages = pipeline_of(model, settings).stages
        self._plan = Plan(stages[:-1], source_batch([]).schema)
        self._width = dimension(model.config, self._words.layers, self._words.pooling)
        self._most = max(1, part_bytes // (4 * self._width + TOKEN_BYTES))

    def compute(self, texts: Sequence[str], *, alone: bool) -> Iterator[Rows]:
        """Yield the rows of texts, all at once, or part by part where one long text is ``alone``."""
        rows = self._plan.run_rows(source_batch(texts))
        sentences, tokens = rows.annotations(self._choice.sentence), rows.annotations(self._choice.token)
        if not len(tokens):
            yield self._rows(tokens, np.empty((0, self._width), np.float32), np.diff(tokens.offsets))
            return
        del rows
        parts = self._alone if self._settings.dialect == "sparknlp" else self._in_context
        yield from parts(sentences, tokens, self._most if alone else len(tokens))

    def _rows(self, tokens: AnnotationColumn, vectors: Floats, all_: Ints) -> Rows:
        return Part(self._table(tokens, vectors), tokens.offsets), all_, all_ - np.diff(tokens.offsets)

    def _in_context(self, sentences: AnnotationColumn, tokens: AnnotationColumn, most: int) -> Iterator[Rows]:
        if self._settings.sentences:
            owner = owners(tokens, sentences, by_number_only=False)
        else:
            owner, tokens = tokens.row_numbers(), replace(tokens, metadata={})
        shift = sentences.begin[owner]
        offsets = np.searchsorted(owner, np.arange(len(sentences) + 1))
        begin, end = tokens.begin - shift, tokens.end + 1 - shift
        found = stream_words(self._model, sentences.result, begin, end, offsets, self._words, most=most)
        if most >= len(tokens):
            with met_at(sentences.row_of):
                vectors = [part.vectors for _, part in found]
            yield self._rows(tokens, np.concatenate(vectors), np.diff(tokens.offsets))
            return
        for place, part in _of_one_text(found):
            yield self._rows(_slice(tokens, place), part.vectors, np.array([place.stop - place.start]))

    def _alone(self, sentences: AnnotationColumn, tokens: AnnotationColumn, most: int) -> Iterator[Rows]:
        groups = iter([(sentences, tokens)]) if most >= len(tokens) else _groups(sentences, tokens, most)
        for some_sentences, some_tokens in groups:
            embedded = embed_alone(self._model, self._words, some_sentences, some_tokens)
            yield self._rows(embedded.tokens, embedded.found.vectors, np.diff(some_tokens.offsets))

    def _table(self, tokens: AnnotationColumn, vectors: Floats) -> pa.RecordBatch:
        columns = [
            texts_array(tokens.result),
            numbers(tokens.begin.astype(np.int32)),
            numbers(tokens.end.astype(np.int32)),
            vectors_array(vectors, half=self._settings.float16),
        ]
        names = list(COLUMNS[1:])
        if self._settings.sentences:
            sentence = np.array([int(number or 0) for number in tokens.metadata.get("sentence", [])], np.int32)
            columns.insert(0, numbers(sentence))
            names.insert(0, COLUMNS[0])
        fields = [
            pa.field(self._settings.prefix + name, column.type) for name, column in zip(names, columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _of_one_text(found: Iterator[Found]) -> Iterator[Found]:
    """Yield what was found; an error of any of its sentences is one of the text."""
    with met_at(lambda _: 0):
        yield from found


def _slice(tokens: AnnotationColumn, place: slice) -> AnnotationColumn:
    """Some tokens of one row."""
    return replace(tokens.select(np.arange(place.start, place.stop)), offsets=rows_of([place.stop - place.start]))


def _groups(
    sentences: AnnotationColumn, tokens: AnnotationColumn, most: int
) -> Iterator[tuple[AnnotationColumn, AnnotationColumn]]:
    """Sentences of one row with their tokens, in groups of about ``most`` tokens."""
    owner = by_number(tokens, sentences)
    ends = np.searchsorted(owner, np.arange(len(sentences)), "right")
    first, before = 0, 0
    while first < len(sentences):
        last = max(first + 1, int(np.searchsorted(ends, before + most, "right")))
        yield _slice(sentences, slice(first, last)), _slice(tokens, slice(before, int(ends[last - 1])))
        first, before = last, int(ends[last - 1])
