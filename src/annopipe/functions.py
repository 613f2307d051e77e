"""Python functions over annotations, for frames of any kind: Spark NLP's ``sparknlp.functions``.

``map_annotations``, ``map_annotations_strict`` and ``map_annotations_array`` make functions of Spark columns; the
others take a frame (Spark, pandas, Polars, Arrow, list of dicts) and return one of the same kind.
"""

from annopipe.pipeline.row_functions import (
    explode_annotations_col,
    filter_by_annotations_col,
    map_annotations_col,
    map_annotations_cols,
)
from annopipe.spark.column_functions import map_annotations, map_annotations_array, map_annotations_strict

__all__ = [
    "explode_annotations_col",
    "filter_by_annotations_col",
    "map_annotations",
    "map_annotations_array",
    "map_annotations_col",
    "map_annotations_cols",
    "map_annotations_strict",
]
