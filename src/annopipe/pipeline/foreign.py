"""pyspark's own stages among ours: recognised, run on Spark frames, refused elsewhere."""

import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from annopipe.annotators.plan import transform_frame
from annopipe.errors import ColumnTypeError
from annopipe.params import Params
from annopipe.pyspark_pipelines import learns_from_all
from annopipe.virtual_bases import MODULE


def is_foreign(stage: Any) -> bool:
    """Tell whether an object is a stage of pyspark's; pyspark is not imported to ask."""
    module = sys.modules.get(MODULE)
    return (
        module is not None
        and not isinstance(stage, Params)
        and isinstance(stage, module.Estimator | module.Transformer)
    )


def run_stages(stages: Sequence[Any], frame: Any) -> Any:
    """Run fitted stages over a frame, ours that follow each other in one pass.

    Raises:
        ColumnTypeError: pyspark's stages on a frame that is not Spark's.
    """
    given = type(frame).__name__
    for foreign, group in groupby(stages, is_foreign):
        if not foreign:
            frame = transform_frame(list(group), frame)
            continue
        for stage in group:
            if not hasattr(type(frame), "mapInArrow"):
                msg = f"{stage} is a stage of pyspark: it takes a Spark DataFrame, not {given}"
                raise ColumnTypeError(msg)
            frame = stage.transform(frame)
    return frame


def fit_stages(stages: Sequence[Any], frame: Any) -> list[Any]:
    """Return the stages fitted in order; pyspark's estimators see the frame as the stages before them leave it.

    Raises:
        ColumnTypeError: a stream for pyspark's estimators, which read all rows.
    """
    learners = [place for place, stage in enumerate(stages) if is_foreign(stage) and hasattr(stage, "fit")]
    last = learners[-1] if learners else -1
    if learners and getattr(frame, "isStreaming", False):
        raise learns_from_all(stages[learners[0]])
    fitted = []
    for place, stage in enumerate(stages):
        fitted.append(stage.fit(frame) if hasattr(stage, "fit") else stage)
        if place < last:
            frame = run_stages(fitted[-1:], frame)
    return fitted
