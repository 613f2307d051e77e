"""EmbeddingsFinisher: from annotations to plain columns of vectors."""

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.annotators.wiring import add_output
from annopipe.arrow_buffers import numbers
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.converters import to_bool
from annopipe.errors import ParamTypeError
from annopipe.frames.carrying import vectors_field
from annopipe.params import Param

EMBEDDING_TYPES = ("word_embeddings", "sentence_embeddings")


def _lists_of(number: pa.DataType) -> pa.ListType:
    """Return Spark NLP's type of lists of vectors: a vector holds no null, which ``pyspark.ml`` asks of features."""
    return pa.list_(pa.field("element", pa.list_(pa.field("element", number, nullable=False))))


_FLOATS = _lists_of(pa.float32())
_DOUBLES = _lists_of(pa.float64())


class EmbeddingsFinisher(FinishingStage):
    """Turn embedding columns into plain ones: a list of vectors a row, one vector an annotation.

    The new columns hold ``list<list<float>>``, with ``outputAsVector`` ``list<list<double>>``, which a Spark frame
    shows as ``array<vector>``: what ``pyspark.ml`` calls features. An annotation without floats gives an empty
    vector. Source: Spark NLP 5.5.3.

    Beyond Spark NLP: a column without embeddings (tokens, documents) is an error, not a column of empty lists.
    """

    cleanAnnotations = Param(to_bool, "drop all annotation columns", False, lenient=True)
    outputAsVector = Param(to_bool, "doubles, as Spark's vectors, instead of floats", False, lenient=True)

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        double = self.getOrDefault("outputAsVector")
        type_ = _DOUBLES if double else _FLOATS
        result = schema
        for name, output in self._pairs():
            kind = self._kind(schema, name)
            if kind is None or (kind and kind not in EMBEDDING_TYPES):
                msg = f"{self.uid}: column {name!r} holds {kind or schema.field(name).type}, not embeddings"
                raise ParamTypeError(msg)
            field = pa.field(output, type_)
            result = add_output(self.uid, result, vectors_field(field) if double else field)
        return self._cleaned_schema(result)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`."""
        double = self.getOrDefault("outputAsVector")
        for name, output in self._pairs():
            batch = batch.put(output, _vectors(batch.annotations(name), double=double))
        return self._cleaned(batch, schema)


def _vectors(column: AnnotationColumn, *, double: bool) -> pa.ListArray:
    count = len(column)
    vectors = np.zeros((count, 0), np.float32) if column.vectors is None else column.vectors
    lengths = np.full(count, vectors.shape[1], np.int64)
    if column.bare is not None:
        vectors, lengths = vectors[~column.bare], lengths * ~column.bare
    flat = numbers(np.ascontiguousarray(vectors).reshape(-1).astype(np.float64 if double else np.float32))
    type_ = _DOUBLES if double else _FLOATS
    inner = pa.ListArray.from_arrays(numbers(rows_of(lengths).astype(np.int32)), flat, type=type_.value_type)
    return pa.ListArray.from_arrays(numbers(column.offsets.astype(np.int32)), inner, type=type_)
