"""Expressions of Polars: ``pl.col("text").albert.sentence()``. To import this module registers them."""

import os
from collections.abc import Callable
from typing import Any

try:
    import polars as pl
except ImportError as missing:
    from annopipe.errors import MissingExtra

    raise MissingExtra("expressions of Polars need polars: pip install 'annopipe[polars]'") from missing
import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.annotators.albert_embeddings import AlbertEmbeddings
from annopipe.errors import ColumnTypeError
from annopipe.frames.carrying import row_ranges
from annopipe.frames.polars_frames import from_arrow, to_arrow
from annopipe.pipeline.comparisons import units
from annopipe.pipeline.native import Embedder
from annopipe.pipeline.text_functions import SentenceFunction, WordFunction, embedder_of, fixed_size, stage_of

Model = AlbertEmbeddings | Embedder | str | os.PathLike[str]
BUNDLED = "albert_mini"
_TEXTS = (pl.String, pl.Categorical, pl.Enum, pl.Null)


@pl.api.register_expr_namespace("albert")
class AlbertExpressions:
    """What ALBERT makes of a column of texts; lazy as every expression, a null text gives null.

    ``model`` is an `AlbertEmbeddings` stage, what ``annopipe.load`` returned, a model's name, or a folder; the model is
    opened when the expression is made, since the size of its vectors is part of the type.

    Raises:
        ModelNotFound, ModelError: no such model, or a damaged one.
        ParamTypeError: something else than a model.
        ColumnTypeError: from a query over a column that holds no texts (`ComputeError` with older Polars).
    """

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def sentence(self, model: Model = BUNDLED) -> pl.Expr:
        """Return each text as one vector, the model's own or the mean of its pieces: ``Array(Float32, dimension)``."""
        stage = stage_of(model)
        dimension, function = embedder_of(stage).sentence_dimension, SentenceFunction(stage)
        return self._mapped(lambda texts: fixed_size(function(texts), dimension), pl.Array(pl.Float32, dimension))

    def words(self, model: Model = BUNDLED) -> pl.Expr:
        """Return the annotations of each text's words, as `AlbertEmbeddings` gives them for a Polars frame.

        ``.list.eval(pl.element().struct.field("embeddings"))`` are the vectors alone.
        """
        type_ = from_arrow(pa.table({"words": pa.array([], COLUMN_TYPE)})).schema["words"]
        return self._mapped(WordFunction(stage_of(model)), type_)

    def similarity(self, other: "str | pl.Expr", model: Model = BUNDLED) -> pl.Expr:
        """Return the cosine of this column's texts with those of another: ``Float64``, null where either is.

        Args:
            other: a column's name or an expression; ``pl.lit("a text")`` compares with one text.
            model: see the class.
        """
        second = pl.col(other) if isinstance(other, str) else other
        pair = pl.struct(a=self.sentence(model), b=AlbertExpressions(second).sentence(model))
        return pair.map_batches(_cosines, return_dtype=pl.Float64, is_elementwise=True)

    def _mapped(self, function: Callable[[pa.Array], pa.Array], type_: Any) -> pl.Expr:
        def run(series: pl.Series) -> pl.Series:
            return _run(series, function, type_)

        return self._expression.map_batches(run, return_dtype=type_, is_elementwise=True)


def _run(series: pl.Series, function: Callable[[pa.Array], pa.Array], type_: Any) -> pl.Series:
    """Apply a function slice by slice: lists of Arrow end at 2**31 numbers."""
    if series.dtype not in _TEXTS:
        msg = f"column {series.name!r} holds {series.dtype}, not texts: cast it to String"
        raise ColumnTypeError(msg)
    texts = series.cast(pl.String)
    sizes = texts.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    made = [function(to_arrow(texts.slice(first, end - first))) for first, end in row_ranges(sizes)]
    if not made:
        return pl.Series(series.name, [], type_)
    return from_arrow(pa.table({"made": pa.chunked_array(made)})).get_column("made").rename(series.name)


def _cosines(pair: pl.Series) -> pl.Series:
    both = pair.struct.unnest().with_row_index().drop_nulls()
    a, b = (units(both.get_column(name).to_numpy()) for name in ("a", "b"))
    found = np.full(len(pair), np.nan)
    found[both.get_column("index").to_numpy()] = np.clip((a * b).sum(axis=1), -1, 1)
    return pl.Series(pair.name, found).fill_nan(None)
