"""Tokens and their sentences through the model: which text each token is encoded in, and what comes of it."""

from dataclasses import dataclass, replace

import numpy as np

from annopipe.albert.finite import met_at
from annopipe.albert.model import AlbertModel
from annopipe.albert.settings import WordSettings
from annopipe.albert.words import WordVectors
from annopipe.annotators.membership import numbers_of, owners
from annopipe.columns import AnnotationColumn, Ints, Metadata, rows_of

CUT = "cutTokens"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Tokens that have a vector, in the order of the output.

    Attributes:
        tokens: the tokens.
        found: their vectors and pieces, row by row as ``tokens``.
        cut: tokens that got no vector of each one's sentence, and of its row those in no sentence, int64 ``[tokens]``;
            None where there are no such tokens.
        strays: number of tokens that are in no sentence of their row and got no vector.
    """

    tokens: AnnotationColumn
    found: WordVectors
    cut: Ints | None = None
    strays: int = 0

    def column(self, kind: str, *, keeps_case: bool) -> AnnotationColumn:
        """Return the annotations of kind ``kind``; their results are lower-cased unless ``keeps_case``."""
        tokens, found = self.tokens, self.found
        results = tokens.result if keeps_case else [word.lower() for word in tokens.result]
        return replace(
            tokens,
            annotator_type=kind,
            result=results,
            metadata={
                "isOOV": ["true" if oov else "false" for oov in found.oov.tolist()],
                "pieceId": list(map(str, found.piece_id.tolist())),
                "isWordStart": ["true"] * len(results),
                "token": list(results),
                "sentence": list(numbers_of(tokens)),
            },
            inherited=self._inherited(),
            vectors=found.vectors,
        )

    def _inherited(self) -> list[Metadata | None] | None:
        if self.cut is None:
            return self.tokens.inherited
        notes: list[Metadata] = [{CUT: str(number)} if number else {} for number in self.cut.tolist()]
        more = self.tokens.inherited or [None] * len(notes)
        return [{**(entries or {}), **note} or None for entries, note in zip(more, notes, strict=True)]


def embed_in_context(
    model: AlbertModel, settings: WordSettings, sentences: AnnotationColumn, tokens: AnnotationColumn
) -> Embedded:
    """Encode each sentence as a whole (``albert`` dialect): every token comes out, in its place.

    A token that lies in no sentence is encoded alone.
    """
    owner = owners(tokens, sentences, by_number_only=False)
    texts = list(sentences.result)
    shift = np.append(sentences.begin, 0)[owner]
    begin, end = tokens.begin - shift, tokens.end + 1 - shift
    loose = np.flatnonzero(owner < 0)
    for token in loose.tolist():
        owner[token] = len(texts)
        texts.append(tokens.result[token])
        begin[token], end[token] = 0, len(tokens.result[token])
    order = np.argsort(owner, kind="stable")
    offsets = np.searchsorted(owner[order], np.arange(len(texts) + 1))
    rows = np.concatenate([sentences.row_numbers(), tokens.row_numbers()[loose]])
    with met_at(rows.__getitem__):
        found = model.embed_words(texts, begin[order], end[order], offsets, settings)
    if (np.diff(order) == 1).all():
        return Embedded(tokens, found)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Embedded(tokens, _select(found, place))


def embed_alone(
    model: AlbertModel, settings: WordSettings, sentences: AnnotationColumn, tokens: AnnotationColumn
) -> Embedded:
    """Encode each token alone (``sparknlp`` dialect): those without a sentence, pieces or room do not come out."""
    owner = owners(tokens, sentences, by_number_only=True)
    owned = np.flatnonzero(owner >= 0)
    order = owned[np.argsort(owner[owned], kind="stable")]
    words = [tokens.result[i] for i in order.tolist()]
    places = rows_of([len(word) for word in words])
    offsets = np.searchsorted(owner[order], np.arange(len(sentences) + 1))
    texts = ["".join(words[a:b]) for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    starts = np.repeat(places[offsets[:-1]], np.diff(offsets))
    with met_at(sentences.row_of):
        found = model.embed_words(texts, places[:-1] - starts, places[1:] - starts, offsets, settings)
    kept = np.flatnonzero(found.found)
    chosen = order[kept]
    rows = tokens.row_numbers()
    counts = np.bincount(rows[chosen], minlength=tokens.rows)
    strays = np.bincount(rows[owner < 0], minlength=tokens.rows)
    cut = found.cut[owner[chosen]] + strays[rows[chosen]] if found.cut.any() or strays.any() else None
    left = replace(tokens.select(chosen), offsets=rows_of(counts))
    return Embedded(left, _select(found, kept), cut, int(strays.sum()))


def _select(found: WordVectors, index: Ints) -> WordVectors:
    tokens = (found.vectors[index], found.piece_id[index], found.oov[index], found.found[index])
    return WordVectors(*tokens, found.cut)
