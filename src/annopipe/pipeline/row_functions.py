"""Python functions over the annotations of each row, on frames of any kind."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, STRUCT_TYPE, Annotation
from annopipe.annotators.batch import Batch
from annopipe.annotators.plan import transform_frame
from annopipe.annotators.stage import Transformer
from annopipe.annotators.wiring import add_output, annotation_field, annotator_type, shown
from annopipe.errors import ParamTypeError, WiringError
from annopipe.hosts import arrow_type

Mapping = Callable[[list[Annotation]], Any]


def map_annotations_col(
    dataframe: Any, f: Mapping, column: str, output_column: str, annotatyon_type: str, output_type: Any = COLUMN_TYPE
) -> Any:
    """Return the frame with a column of what ``f`` makes of each row's annotations.

    Args:
        dataframe: a frame of any kind that `PipelineModel.transform` takes.
        f: from a list of `Annotation` to a list of `Annotation`, or to a value of ``output_type``.
        column: the column of annotations; null cells have none.
        output_column: name of the new column.
        annotatyon_type: kind of the new annotations (spelt as in Spark NLP).
        output_type: an Arrow type, or one of pyspark's.

    Raises:
        WiringError: no such column, or the output column exists.
        ParamTypeError: the column holds no annotations.
    """
    return map_annotations_cols(dataframe, f, [column], output_column, annotatyon_type, output_type)


def map_annotations_cols(
    dataframe: Any,
    f: Mapping,
    columns: Sequence[str],
    output_column: str,
    annotatyon_type: str,
    output_type: Any = COLUMN_TYPE,
) -> Any:
    """Return `map_annotations_col` over several columns: ``f`` gets the annotations of all, end to end."""
    type_ = output_type if isinstance(output_type, pa.DataType) else arrow_type(output_type)
    return transform_frame([_Mapped(f, columns, output_column, annotatyon_type, type_)], dataframe)


def filter_by_annotations_col(dataframe: Any, f: Callable[[list[Annotation]], Any], column: str) -> Any:
    """Return the rows of the frame for whose annotations ``f`` is true."""
    return transform_frame([_Filtered(f, column)], dataframe)


def explode_annotations_col(dataframe: Any, column: str, output_column: str) -> Any:
    """Return a row for each annotation of a column, which ``output_column`` holds; rows without any vanish."""
    return transform_frame([_Exploded(column, output_column)], dataframe)


def plain(value: Any) -> Any:
    """Return a value with annotations as tuples, which every engine takes as structs."""
    if isinstance(value, Annotation):
        kind, begin, end, result, metadata, embeddings = Annotation.toRow(value)
        return kind, begin, end, result, metadata, [float(number) for number in embeddings]  # type: ignore[attr-defined]
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


class _Function(Transformer):
    """A stage that is one of the functions above."""

    _columns: Sequence[str]

    def _check(self, schema: pa.Schema) -> None:
        for name in self._columns:
            if name not in schema.names:
                msg = f"no column {name!r}; columns: {shown(schema)}"
                raise WiringError(msg)
            if annotator_type(schema.field(name)) is None:
                msg = f"column {name!r} holds {schema.field(name).type}, not annotations"
                raise ParamTypeError(msg)

    def _rows(self, batch: Batch) -> list[list[Annotation]]:
        columns = [batch.annotations(name) for name in self._columns]
        return [[a for column in columns for a in column.row(i)] for i in range(batch.rows)]


class _Mapped(_Function):
    def __init__(self, f: Mapping, columns: Sequence[str], output: str, kind: str, type_: pa.DataType) -> None:
        super().__init__()
        self._f, self._columns, self._output, self._kind, self._type = f, list(columns), output, kind, type_

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        self._check(schema)
        made = pa.field(self._output, self._type)
        field = annotation_field(self._output, self._kind) if self._type == COLUMN_TYPE else made
        return add_output("map_annotations_col", schema, field)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        values = [self._value(self._f(row)) for row in self._rows(batch)]
        return batch.put(self._output, pa.array(values, self._type))

    def _value(self, value: Any) -> Any:
        if self._type != COLUMN_TYPE:
            return plain(value)
        return [_entries(annotation) for annotation in value]


class _Filtered(_Function):
    def __init__(self, f: Callable[[list[Annotation]], Any], column: str) -> None:
        super().__init__()
        self._f, self._columns = f, [column]

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        self._check(schema)
        return schema

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        return batch.take_rows(np.flatnonzero([bool(self._f(row)) for row in self._rows(batch)]))


class _Exploded(_Function):
    def __init__(self, column: str, output: str) -> None:
        super().__init__()
        self._columns, self._output = [column], output

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        self._check(schema)
        return add_output("explode_annotations_col", schema, pa.field(self._output, STRUCT_TYPE))

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:  # noqa: ARG002
        column = batch.annotations(self._columns[0])
        return batch.take_rows(column.row_numbers()).put(self._output, column.to_arrow().flatten())


def _entries(annotation: Annotation) -> dict[str, Any]:
    entries = annotation.asDict()
    return {**entries, "metadata": list(entries["metadata"].items())}
