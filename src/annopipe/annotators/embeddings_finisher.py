"""EmbeddingsFinisher: from annotations to plain columns of vectors."""

from typing import Any, Self

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.stage import Transformer
from annopipe.annotators.wiring import add_output, annotator_type, shown
from annopipe.arrow_buffers import numbers
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.converters import to_bool, to_str_list
from annopipe.errors import ParamTypeError, ParamUnset, ParamValueError, WiringError
from annopipe.params import Param

EMBEDDING_TYPES = ("word_embeddings", "sentence_embeddings")


def _names(value: tuple[Any, ...]) -> Any:
    return value[0] if len(value) == 1 and not isinstance(value[0], str) else list(value)


class EmbeddingsFinisher(Transformer):
    """Turn embedding columns into plain ones: a list of vectors a row, one vector an annotation.

    The new columns hold ``list<list<float>>``, with ``outputAsVector`` ``list<list<double>>`` (Spark's
    ``array<vector>`` holds doubles too). An annotation without floats gives an empty vector. Source: Spark NLP 5.5.3.

    Beyond Spark NLP: a column without embeddings (tokens, documents) is an error, not a column of empty lists.
    """

    inputCols = Param(to_str_list, "names of the embedding columns")
    outputCols = Param(to_str_list, "names of the new columns; unset = finished_<input>", [])
    cleanAnnotations = Param(to_bool, "drop all annotation columns", False, lenient=True)
    outputAsVector = Param(to_bool, "doubles, as Spark's vectors, instead of floats", False, lenient=True)

    def setInputCols(self, *value: str | list[str]) -> Self:
        """Set the embedding columns: several names, or one list."""
        return self._set("inputCols", _names(value))

    def setOutputCols(self, *value: str | list[str]) -> Self:
        """Set the names of the new columns: several names, or one list."""
        return self._set("outputCols", _names(value))

    def getOutputCols(self) -> list[str]:
        """Return the names of the new columns, ``finished_<input>`` unless set."""
        inputs: list[str] = self.getOrDefault("inputCols")
        outputs: list[str] = self.getOrDefault("outputCols")
        return outputs or [f"finished_{name}" for name in inputs]

    def _pairs(self) -> list[tuple[str, str]]:
        try:
            inputs, outputs = self.getOrDefault("inputCols"), self.getOutputCols()
        except ParamUnset as missing:
            msg = f"{self.uid}: inputCols not provided: call setInputCols('<embedding column>')"
            raise WiringError(msg) from missing
        if len(inputs) != len(outputs):
            msg = f"{self.uid}: inputCols and outputCols length must match ({len(inputs)} and {len(outputs)})"
            raise ParamValueError(msg)
        return list(zip(inputs, outputs, strict=True))

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        number = pa.float64() if self.getOrDefault("outputAsVector") else pa.float32()
        result = schema
        for name, output in self._pairs():
            if name not in schema.names:
                msg = f"{self.uid}: no column {name!r}; columns: {shown(schema)}"
                raise WiringError(msg)
            kind = annotator_type(schema.field(name))
            if kind is None or (kind and kind not in EMBEDDING_TYPES):
                msg = f"{self.uid}: column {name!r} holds {kind or schema.field(name).type}, not embeddings"
                raise ParamTypeError(msg)
            result = add_output(self.uid, result, pa.field(output, pa.list_(pa.list_(number))))
        if not self.getOrDefault("cleanAnnotations"):
            return result
        kept = [field for field in result if annotator_type(field) is None]
        return pa.schema(kept, metadata=result.metadata)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`."""
        double = self.getOrDefault("outputAsVector")
        for name, output in self._pairs():
            batch = batch.put(output, _vectors(batch.annotations(name), double=double))
        if self.getOrDefault("cleanAnnotations"):
            batch = batch.drop(field.name for field in schema if annotator_type(field) is not None)
        return batch


def _vectors(column: AnnotationColumn, *, double: bool) -> pa.ListArray:
    count = len(column)
    vectors = np.zeros((count, 0), np.float32) if column.vectors is None else column.vectors
    lengths = np.full(count, vectors.shape[1], np.int64)
    if column.bare is not None:
        vectors, lengths = vectors[~column.bare], lengths * ~column.bare
    flat = numbers(np.ascontiguousarray(vectors).reshape(-1).astype(np.float64 if double else np.float32))
    inner = pa.ListArray.from_arrays(numbers(rows_of(lengths).astype(np.int32)), flat)
    return pa.ListArray.from_arrays(numbers(column.offsets.astype(np.int32)), inner)
