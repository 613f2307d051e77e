"""Finisher: from annotations to plain columns of texts."""

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.finishing_stage import FinishingStage
from annopipe.annotators.java_text import java_floats, scala_order
from annopipe.annotators.wiring import add_output
from annopipe.arrow_buffers import numbers, texts
from annopipe.columns import AnnotationColumn, Ints
from annopipe.converters import to_bool, to_str
from annopipe.errors import ParamTypeError
from annopipe.params import Param

_PAIR = pa.struct([pa.field("_1", pa.string()), pa.field("_2", pa.string())])


class Finisher(FinishingStage):
    """Turn annotation columns into plain ones: a list of their texts a row, or one text.

    Embeddings are shown as their tokens, or as numbers with ``parseEmbeddingsVectors``, written as Java writes floats.
    With ``includeMetadata`` a list gets a neighbour ``<output>_metadata`` of all (key, value) pairs, laid end to end;
    one text gets the pairs of each annotation, ``key->value``. Nothing is escaped. Source: Spark NLP 5.5.3, recorded.
    """

    cleanAnnotations = Param(to_bool, "drop all annotation columns", True)
    includeMetadata = Param(to_bool, "show metadata too", False)
    outputAsArray = Param(to_bool, "a list a row; else one text", True)
    parseEmbeddingsVectors = Param(to_bool, "show vectors as numbers", False)
    valueSplitSymbol = Param(to_str, "what stands between values in one text", "#")
    annotationSplitSymbol = Param(to_str, "what stands between annotations in one text", "@")

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        as_list = self.getOrDefault("outputAsArray")
        result = schema
        for name, output in self._pairs():
            if self._kind(schema, name) is None:
                msg = f"{self.uid}: column {name!r} holds {schema.field(name).type}, not annotations"
                raise ParamTypeError(msg)
            type_ = pa.list_(pa.string()) if as_list else pa.string()
            result = add_output(self.uid, result, pa.field(output, type_))
        if as_list and self.getOrDefault("includeMetadata"):
            for _, output in self._pairs():
                result = add_output(self.uid, result, pa.field(f"{output}_metadata", pa.list_(_PAIR)))
        return self._cleaned_schema(result)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`."""
        as_list, metadata = self.getOrDefault("outputAsArray"), self.getOrDefault("includeMetadata")
        for name, output in self._pairs():
            column = batch.annotations(name)
            batch = batch.put(output, self._lists(column) if as_list else self._texts(column))
            if as_list and metadata:
                batch = batch.put(f"{output}_metadata", _pairs_of(column))
        return self._cleaned(batch, schema)

    def _shown(self, column: AnnotationColumn, place: int, between: str) -> str:
        floats = column.floats_of(place) if self.getOrDefault("parseEmbeddingsVectors") else ()
        return between.join(java_floats(floats)) if len(floats) else column.result[place]

    def _lists(self, column: AnnotationColumn) -> pa.ListArray:
        shown = [self._shown(column, i, " ") for i in range(len(column))]
        return _listed(column.offsets, texts(shown))

    def _texts(self, column: AnnotationColumn) -> pa.StringArray:
        write = self._with_metadata if self.getOrDefault("includeMetadata") else self._value
        shown = [write(column, i) for i in range(len(column))]
        between = self.getOrDefault("annotationSplitSymbol")
        bounds = zip(column.offsets[:-1].tolist(), column.offsets[1:].tolist(), strict=True)
        return texts([between.join(shown[a:b]) for a, b in bounds])

    def _value(self, column: AnnotationColumn, place: int) -> str:
        return self._shown(column, place, self.getOrDefault("valueSplitSymbol"))

    def _with_metadata(self, column: AnnotationColumn, place: int) -> str:
        between = self.getOrDefault("valueSplitSymbol")
        entries = {**column.metadata_of(place), "result": column.result[place]}
        floats = column.floats_of(place)
        if self.getOrDefault("parseEmbeddingsVectors") and len(floats):
            entries["embeddings"] = between.join(java_floats(floats))
        return between.join(f"{key}->{_written(entries[key])}" for key in scala_order(entries))


def _written(value: str | None) -> str:
    return "null" if value is None else value


def _pairs_of(column: AnnotationColumn) -> pa.ListArray:
    entries = [column.metadata_of(i) for i in range(len(column))]
    pairs = [[(key, entry[key]) for key in scala_order(entry)] for entry in entries]
    flat = [pair for some in pairs for pair in some]
    struct = pa.StructArray.from_arrays([texts([k for k, _ in flat]), texts([v for _, v in flat])], fields=list(_PAIR))
    ends = np.append(0, np.cumsum([len(some) for some in pairs], dtype=np.int64)).astype(np.int64)
    return _listed(ends[column.offsets], struct)


def _listed(offsets: Ints, values: pa.Array) -> pa.ListArray:
    return pa.ListArray.from_arrays(numbers(offsets.astype(np.int32)), values)
