"""A model as functions of SQL: ``albert_words(text)`` and ``albert_sentence(text)``."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.errors import AnnopipeError, MissingExtra
from annopipe.pipeline.text_functions import SENTENCE, VECTOR_TYPE, WORDS, SentenceFunction, WordFunction, stage_of
from annopipe.spark.hooks.raising import raise_ours
from annopipe.spark.types import to_spark_type
from annopipe.spark.worker_errors import one_line


def register(spark: Any, model: Any) -> None:
    """Give a session two functions of SQL, under these names, in place of earlier ones.

    ``albert_words(text)`` returns the annotations of `AlbertEmbeddings`, one a word, as a column of annotations;
    ``albert_sentence(text)`` one vector of the whole text (``array<float>``), the model's own or the mean over its
    pieces. A null text gives null. The functions live in this session; other clients join it by `connection_string`.

    Args:
        spark: a session; Spark 4.1 or later, or Sail.
        model: an `AlbertEmbeddings` stage, a model that ``annopipe.load`` returned, a model's name, or a folder.

    Raises:
        MissingExtra: a pyspark before 4.1.
        ModelNotFound, ModelError: no such model, or a damaged one.
        ParamTypeError: something else than a model.
    """
    from pyspark import __version__, sql

    if not hasattr(sql.functions, "arrow_udf"):
        msg = (
            f"functions of SQL need pyspark 4.1 or later, and this is {__version__}: pip install -U pyspark, or let a "
            "pipeline transform the frame"
        )
        raise MissingExtra(msg)
    stage = stage_of(model)
    raise_ours(spark)
    spark.udf.register(WORDS, _arrow_udf(WordFunction(stage).run, COLUMN_TYPE))
    spark.udf.register(SENTENCE, _arrow_udf(SentenceFunction(stage).run, VECTOR_TYPE))


def _arrow_udf(run: Callable[[Iterator[pa.Array]], Iterator[pa.Array]], type_: pa.DataType) -> Any:
    from pyspark.sql import functions, types

    def embed(parts: Iterator[pa.Array]) -> Iterator[pa.Array]:
        try:
            yield from run(parts)
        except AnnopipeError as error:
            raise one_line(error) from None

    embed.__annotations__ = {"parts": Iterator[pa.Array], "return": Iterator[pa.Array]}
    return functions.arrow_udf(embed, to_spark_type(types, type_))
