"""``return_spark_df``: annotations as a Spark frame."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from annopipe.annotators.plan import text_column, transform_frame
from annopipe.annotators.stage import Transformer
from annopipe.nlu.inputs import TEXT, Given
from annopipe.nlu.table import ORIGIN


def spark_frame(stages: Sequence[Transformer], data: Any, given: Given) -> Any:
    """Return a Spark frame of the input's columns, ``origin_index`` and the annotation columns.

    The session is that of a Spark frame that was given, else the one that runs or that ``annopipe.start()`` starts.
    """
    session = data.sparkSession if given.is_spark else import_module("annopipe").start()
    source = text_column(stages)
    if given.beside is None:
        rows = [(text, place) for place, text in enumerate(given.texts.to_pylist())]
        frame = session.createDataFrame(rows, f"{source} string, {ORIGIN} long")
    else:
        renamed = given.beside.rename(columns={TEXT: source}).reset_index(drop=True)
        frame = session.createDataFrame(renamed.assign(**{ORIGIN: range(len(given))}))
    return transform_frame(stages, frame)
