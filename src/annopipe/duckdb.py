"""A model as functions of DuckDB's SQL: ``albert_words(text)`` and ``albert_sentence(text)``."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import pyarrow as pa

from annopipe.annotation import STRUCT_TYPE
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.errors import MissingExtra, ParamTypeError
from annopipe.pipeline.native import Embedder
from annopipe.pipeline.text_functions import (
    SENTENCE,
    WORDS,
    SentenceFunction,
    WordFunction,
    embedder_of,
    fixed_size,
    stage_of,
)

_SQL_TYPES: Final = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.map_(pa.string(), pa.string()): "MAP(VARCHAR, VARCHAR)",
}


def register(connection: Any, model: "AlbertEmbeddings | Embedder | str | os.PathLike[str]") -> None:
    """Give a DuckDB connection two functions of SQL, under these names, in place of earlier ones.

    ``albert_words(text)`` returns a list of annotations, one a word, each a struct of Spark NLP's six fields;
    ``albert_sentence(text)`` one vector of the whole text, the model's own or the mean over its pieces, as
    ``FLOAT[n]``, which ``array_cosine_similarity`` and DuckDB's vector index take. A NULL text gives NULL. Texts come
    and vectors go as Arrow, 2048 rows at a time.

    Args:
        connection: what ``duckdb.connect()`` returned, or the module ``duckdb`` for its default connection.
        model: an `AlbertEmbeddings` stage, a model that ``annopipe.load`` returned, a model's name, or a folder.

    Raises:
        MissingExtra: duckdb is not installed.
        ModelNotFound, ModelError: no such model, or a damaged one.
        ParamTypeError: something else than a connection or a model.
    """
    if not callable(getattr(connection, "create_function", None)):
        msg = f"register takes a connection of DuckDB's, such as duckdb.connect(), not {type(connection).__name__}"
        raise ParamTypeError(msg)
    stage = stage_of(model)
    dimension = embedder_of(stage).sentence_dimension
    words, sentences = WordFunction(stage), SentenceFunction(stage)
    _put(connection, WORDS, words, f"{_annotation()}[]")
    _put(connection, SENTENCE, lambda texts: fixed_size(sentences(texts), dimension), f"FLOAT[{dimension}]")


def _put(connection: Any, name: str, run: Callable[[pa.Array], pa.Array], returns: str) -> None:
    try:
        from duckdb import InvalidInputException
    except ImportError as missing:
        raise MissingExtra("functions of DuckDB need duckdb: pip install 'annopipe[duckdb]'") from missing

    def embed(texts: pa.ChunkedArray) -> pa.Array:
        return run(texts.combine_chunks())

    with suppress(InvalidInputException):  # where there was none
        connection.remove_function(name)
    connection.create_function(name, embed, ["VARCHAR"], returns, type="arrow", null_handling="special")


def _annotation() -> str:
    """Return the struct of one annotation, as DuckDB writes types."""
    fields = [f'"{field.name}" {_SQL_TYPES.get(field.type, "FLOAT[]")}' for field in STRUCT_TYPE]
    return f"STRUCT({', '.join(fields)})"
