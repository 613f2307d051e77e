"""ChunkEmbeddings: from word vectors to one vector a chunk."""

from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa

from annopipe.albert.finite import met_at
from annopipe.annotators.chunk_words import words_of_chunks
from annopipe.annotators.membership import numbers_of
from annopipe.annotators.stage import Annotator
from annopipe.annotators.vector_pooling import out_of_vocabulary, pool_groups
from annopipe.annotators.wiring import annotation_field, field_metadata
from annopipe.columns import AnnotationColumn, Ints, rows_of
from annopipe.converters import one_of, to_bool
from annopipe.params import Param
from annopipe.warnings import warn_once

_OWN: Final = ("sentence", "chunk", "token", "pieceId", "isWordStart")


class ChunkEmbeddings(Annotator):
    """Average or sum the vectors of the words inside each chunk, in float32 and in token order.

    Chunks come from `NGramGenerator`, `RegexMatcher`, `TextMatcher` or `Doc2Chunk`. A vector's ``begin``, ``end``,
    ``result`` and metadata are the chunk's; the output is of kind ``word_embeddings``. Source: Spark NLP 5.5.3,
    recorded.

    In the ``sparknlp`` dialect a chunk without a word of its sentence is dropped, and its sentence is found by position
    among those that have vectors, as recorded. In ``albert`` every chunk comes out: its words are those inside it, of
    its own sentence where that has any; a chunk that only cuts words takes those; one without words has no floats.
    """

    inputAnnotatorTypes = ("chunk", "word_embeddings")
    outputAnnotatorType = "word_embeddings"
    _usual_inputs = ("chunk", "word_embeddings")
    _usual_output = "chunk_embeddings"

    poolingStrategy = Param(one_of("AVERAGE", "SUM", fold=str.upper), "AVERAGE or SUM, in any case", "AVERAGE")
    skipOOV = Param(to_bool, 'leave out words with isOOV "true", unless a chunk has no others', True)

    def _output_field(self, schema: pa.Schema) -> pa.Field:
        words = field_metadata(schema.field(self._inputs(schema)["word_embeddings"]))
        shown = {key: words[key] for key in ("ref", "dimension") if key in words}
        return annotation_field(self._output_name(), self.outputAnnotatorType, **shown)

    def annotate(self, inputs: dict[str, AnnotationColumn]) -> AnnotationColumn:
        """See `Annotator.annotate`."""
        chunks, words = inputs["chunk"], inputs["word_embeddings"]
        members = words_of_chunks(chunks, words, by_position=self._dialect == "sparknlp")
        self._warn_of_bare(sum(not len(places) for places in members))
        if self.getOrDefault("skipOOV"):
            members = _in_vocabulary(members, words)
        if self._dialect == "sparknlp":
            kept = np.flatnonzero([len(places) > 0 for places in members])
            counts = np.bincount(chunks.row_numbers()[kept], minlength=chunks.rows)
            chunks = replace(chunks.select(kept), offsets=rows_of(counts))
            members = [members[i] for i in kept.tolist()]
        flat = np.concatenate([np.empty(0, np.int64), *members])
        average = self.getOrDefault("poolingStrategy") == "AVERAGE"
        offsets = rows_of([len(places) for places in members])
        with met_at(chunks.row_of):
            vectors, bare = pool_groups(words, flat, offsets, average=average)
        return replace(_described(chunks), annotator_type=self.outputAnnotatorType, vectors=vectors, bare=bare)

    def _warn_of_bare(self, chunks: int) -> None:
        if chunks:
            fate = "left out" if self._dialect == "sparknlp" else "without floats"
            warn_once(
                f"{self.uid}: chunks in which no word of their sentence has a vector are {fate} ({chunks} of the first "
                "slice that had any): make chunks and word vectors from the same sentence or document column",
                cause=f"{self.uid} bare",
            )


def _in_vocabulary(members: list[Ints], words: AnnotationColumn) -> list[Ints]:
    oov = out_of_vocabulary(words)
    if not oov.any():
        return members
    known = [places[~oov[places]] for places in members]
    return [some if len(some) else places for some, places in zip(known, members, strict=True)]


def _described(chunks: AnnotationColumn) -> AnnotationColumn:
    """Return the chunks with the metadata of their vectors."""
    count = len(chunks)
    other = {key: values for key, values in chunks.metadata.items() if key not in _OWN}
    numbers: list[str | None] = [chunks.metadata_of(i).get("chunk") or "0" for i in range(count)]
    own: dict[str, list[str | None]] = {
        "sentence": list(numbers_of(chunks)),
        "chunk": chunks.metadata.get("chunk") or numbers,
        "token": list(chunks.result),
        "pieceId": ["-1"] * count,
        "isWordStart": ["true"] * count,
    }
    return replace(chunks, metadata={**own, **other})
