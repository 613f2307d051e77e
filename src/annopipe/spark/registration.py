"""A model as functions of SQL: ``albert_words(text)`` and ``albert_sentence(text)``."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.annotators.document_assembler import DocumentAssembler
from annopipe.annotators.plan import Plan
from annopipe.annotators.stage import Transformer
from annopipe.annotators.tokenizer import Tokenizer
from annopipe.errors import ParamTypeError
from annopipe.frames.spark_types import to_spark_type
from annopipe.pipeline.native import Embedder

WORDS = "albert_words"
SENTENCE = "albert_sentence"


def register(spark: Any, model: Any) -> None:
    """Give a session two functions of SQL, under these names, in place of earlier ones.

    ``albert_words(text)`` returns the annotations of `AlbertEmbeddings`, one a word, as a column of annotations;
    ``albert_sentence(text)`` one vector of the whole text (``array<float>``), the mean over its pieces. A null text
    gives null. The functions live in this session; other clients join it by `connection_string`.

    Args:
        spark: a session; Spark 4.1 or later, or Sail.
        model: an `AlbertEmbeddings` stage, a model that ``annopipe.load`` returned, a model's name, or a folder.

    Raises:
        ModelNotFound, ModelError: no such model, or a damaged one.
        ParamTypeError: something else than a model.
    """
    stage = _stage(model)
    spark.udf.register(WORDS, _arrow_udf(_Words(stage).run, COLUMN_TYPE))
    spark.udf.register(SENTENCE, _arrow_udf(_Sentences(stage).run, pa.list_(pa.field("element", pa.float32(), False))))


def _stage(model: Any) -> AlbertEmbeddings:
    if isinstance(model, AlbertEmbeddings):
        return model.copy()
    if isinstance(model, Embedder):
        return AlbertEmbeddings.pretrained(str(model.model.folder))
    if isinstance(model, str | os.PathLike):
        return AlbertEmbeddings.pretrained(os.fspath(model))
    msg = f"register takes an AlbertEmbeddings stage, a loaded model, a name or a folder, not {type(model).__name__}"
    raise ParamTypeError(msg)


class _Words:
    """The text column of a batch as annotations of words; pickles as its stages."""

    def __init__(self, embeddings: AlbertEmbeddings) -> None:
        dialect = embeddings.getDialect()
        stages: list[Transformer] = [
            DocumentAssembler(inputCol="text", outputCol="document", dialect=dialect),
            Tokenizer(inputCols=["document"], outputCol="token", dialect=dialect).fit(),
            embeddings.copy().setInputCols("document", "token").setOutputCol("words"),
        ]
        self._plan = Plan(stages, pa.schema([pa.field("text", pa.string())]))

    def run(self, parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        """Yield the annotations of each part, in one array."""
        for part in parts:
            texts = part.cast(pa.string())
            batch = pa.RecordBatch.from_arrays([texts], names=["text"])
            made = [made.column("words") for made in self._plan.run(iter([batch]))]
            yield _null_where(texts, pa.concat_arrays([*made, pa.array([], COLUMN_TYPE)]))


class _Sentences:
    """The text column of a batch as one vector a text; pickles as its stage."""

    def __init__(self, embeddings: AlbertEmbeddings) -> None:
        self._stage = embeddings

    def run(self, parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        """Yield the vectors of each part."""
        embedder = Embedder(self._stage._model())  # type: ignore[attr-defined]  # the stub shows users methods only
        type_ = pa.list_(pa.field("element", pa.float32(), nullable=False))
        for part in parts:
            texts = part.cast(pa.string())
            vectors = [sentence.vector for sentence in embedder.embed_sentences(texts.to_pylist())]
            yield _null_where(texts, pa.array(vectors, type_))


def _null_where(texts: pa.Array, values: pa.ListArray) -> pa.ListArray:
    """Return values, null where the text is."""
    if not texts.null_count:
        return values
    places = [place if known else None for place, known in enumerate(texts.is_valid().to_pylist())]
    return values.take(pa.array(places, pa.int64()))


def _arrow_udf(run: Callable[[Iterator[pa.Array]], Iterator[pa.Array]], type_: pa.DataType) -> Any:
    from pyspark.sql import functions, types

    def embed(parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        return run(parts)

    embed.__annotations__ = {"parts": Iterator[pa.Array], "return": Iterator[pa.Array]}
    return functions.arrow_udf(embed, to_spark_type(types, type_))
