"""A model as functions of a column of texts: annotations of words, or one vector a text.

SQL of Spark and of DuckDB and expressions of Polars stand on these two.
"""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.plan import Plan
from annopipe.annotators.stage import Transformer
from annopipe.annotators.tokenizer import Tokenizer
from annopipe.errors import ColumnTypeError, ParamTypeError
from annopipe.pipeline.native import Embedder

WORDS = "albert_words"
SENTENCE = "albert_sentence"
VECTOR_TYPE = pa.list_(pa.field("element", pa.float32(), nullable=False))


def stage_of(model: Any) -> AlbertEmbeddings:
    """Return a stage of a stage, of what ``annopipe.load`` returned, of a model's name, or of a folder.

    Raises:
        ModelNotFound, ModelError: no such model, or a damaged one.
        ParamTypeError: something else than a model.
    """
    if isinstance(model, AlbertEmbeddings):
        return model.copy()
    if isinstance(model, Embedder):
        return AlbertEmbeddings.pretrained(str(model.model.folder))
    if isinstance(model, str | os.PathLike):
        return AlbertEmbeddings.pretrained(os.fspath(model))
    msg = (
        "a model is an AlbertEmbeddings stage, what annopipe.load(...) returned, a name or a folder, not "
        f"{type(model).__name__}"
    )
    raise ParamTypeError(msg)


def embedder_of(stage: AlbertEmbeddings) -> Embedder:
    """Return the stage's model for the native API; a process loads it once."""
    return Embedder(stage._model())  # type: ignore[attr-defined]  # the stub shows users methods only


class WordFunction:
    """Texts as annotations of `AlbertEmbeddings`, one a word; a null text gives null. Pickles as its stages."""

    def __init__(self, embeddings: AlbertEmbeddings) -> None:
        dialect = embeddings.getDialect()
        stages: list[Transformer] = [
            DocumentAssembler(inputCol="text", outputCol="document", dialect=dialect),
            Tokenizer(inputCols=["document"], outputCol="token", dialect=dialect).fit(),
            embeddings.copy().setInputCols("document", "token").setOutputCol("words"),
        ]
        self._plan = Plan(stages, pa.schema([pa.field("text", pa.string())]))

    def __call__(self, texts: pa.Array) -> pa.ListArray:
        """Return the annotations of some texts.

        Raises:
            ColumnTypeError, ParamTypeError: no texts, or several columns.
        """
        texts = _texts(WORDS, texts)
        batch = pa.RecordBatch.from_arrays([texts], names=["text"])
        made = [made.column("words") for made in self._plan.run(iter([batch]))]
        return _null_where(texts, pa.concat_arrays([*made, pa.array([], COLUMN_TYPE)]))

    def run(self, parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        """Yield the annotations of each part, in one array."""
        yield from map(self, parts)


class SentenceFunction:
    """Texts as one vector each, as `Embedder.embed_sentences` gives it; null for null. Pickles as its stage."""

    def __init__(self, embeddings: AlbertEmbeddings) -> None:
        self._stage = embeddings

    def __call__(self, texts: pa.Array) -> pa.ListArray:
        """Return the vectors of some texts.

        Raises:
            ColumnTypeError, ParamTypeError: no texts, or several columns.
        """
        texts = _texts(SENTENCE, texts)
        embedder = embedder_of(self._stage)
        vectors = [sentence.vector for sentence in embedder.embed_sentences(texts.to_pylist())]
        flat = np.concatenate([np.zeros(0, np.float32), *vectors])
        offsets = np.arange(len(vectors) + 1, dtype=np.int32) * embedder.sentence_dimension
        return _null_where(texts, pa.ListArray.from_arrays(offsets, flat, type=VECTOR_TYPE))

    def run(self, parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        """Yield the vectors of each part."""
        yield from map(self, parts)


def _texts(function: str, column: Any) -> pa.Array:
    """Return a column as texts; numbers and times as Arrow writes them.

    Raises:
        ParamTypeError: another number of columns than one, which an engine hands over as a tuple.
        ColumnTypeError: values that are no text: lists, structs, maps, bytes that are no UTF-8.
    """
    if isinstance(column, tuple):
        raise ParamTypeError(f"{function} takes one column of texts, {function}(text), not {len(column)}")
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError) as error:
        why = "" if pa.types.is_nested(column.type) else f" ({str(error).splitlines()[0]})"
        msg = f"{function} takes a column of texts, not of {column.type}{why}: make it text first, as with a cast"
        raise ColumnTypeError(msg) from None


def fixed_size(vectors: pa.ListArray, dimension: int) -> pa.FixedSizeListArray:
    """Return lists of vectors as lists of one size, null where they are."""
    return vectors.cast(pa.list_(pa.float32(), dimension))


def _null_where(texts: pa.Array, values: pa.ListArray) -> pa.ListArray:
    """Return values, null where the text is."""
    if not texts.null_count:
        return values
    places = [place if known else None for place, known in enumerate(texts.is_valid().to_pylist())]
    return values.take(pa.array(places, pa.int64()))
