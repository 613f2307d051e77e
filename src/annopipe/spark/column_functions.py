"""Python functions over annotations as functions of Spark columns."""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, Annotation
from annopipe.errors import MissingExtra
from annopipe.pipeline.row_functions import plain
from annopipe.spark.types import to_spark_type

Mapping = Callable[[list[Annotation]], Any]


def map_annotations(f: Mapping, output_type: Any) -> Any:
    """Return a function of a column of annotations: ``map_annotations(f, type)(col("token"))``.

    Args:
        f: from a row's list of `Annotation` to a value of ``output_type``, such as a list of `Annotation`.
        output_type: a type of pyspark's, or an Arrow type (``Annotation.arrayType()``).

    Raises:
        MissingExtra: pyspark is not installed.
    """
    return _function(lambda cell: plain(f(annotations(cell))), output_type)


def map_annotations_strict(f: Mapping) -> Any:
    """Return `map_annotations` of a function that gives a list of `Annotation`."""
    return map_annotations(f, COLUMN_TYPE)


def map_annotations_array(f: Mapping, output_type: Any) -> Any:
    """Return a function of an array of columns of annotations; ``f`` gets the annotations of all, end to end."""
    return _function(lambda cells: plain(f([a for cell in cells or () for a in annotations(cell)])), output_type)


def annotations(cell: Iterable[Any] | None) -> list[Annotation]:
    """Return the annotations of a cell; a null cell has none."""
    return [Annotation.fromRow(row) for row in cell or ()]


def _function(f: Callable[[Any], Any], output_type: Any) -> Any:
    try:
        from pyspark.sql import functions, types
    except ImportError as missing:
        raise MissingExtra("functions of Spark columns need pyspark: pip install 'annopipe[sail]'") from missing
    type_ = to_spark_type(types, output_type) if isinstance(output_type, pa.DataType) else output_type
    return functions.udf(f, type_)
