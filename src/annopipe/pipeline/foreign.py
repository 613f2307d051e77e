"""Stages of other libraries among ours: recognised, run on that library's frames, refused elsewhere."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from annopipe.annotators.plan import transform_frame
from annopipe.errors import ColumnTypeError
from annopipe.hosts import owner


def is_foreign(stage: Any) -> bool:
    """Return whether an object is a stage of another library, such as pyspark."""
    return owner(stage) is not None


def run_stages(stages: Sequence[Any], frame: Any) -> Any:
    """Run fitted stages over a frame; consecutive stages of ours make one pass.

    Raises:
        ColumnTypeError: a stage of another library on a frame that is not that library's.
    """
    given = type(frame).__name__
    for host, group in groupby(stages, owner):
        if host is None:
            frame = transform_frame(list(group), frame)
            continue
        for stage in group:
            if not host.takes(frame):
                msg = f"{stage} is a stage of {host.name}: it takes {host.frames}, not {given}"
                raise ColumnTypeError(msg)
            frame = stage.transform(frame)
    return frame


def fit_stages(stages: Sequence[Any], frame: Any) -> list[Any]:
    """Return the stages fitted in order; another library's estimators see the frame as the stages before them leave it.

    Raises:
        ColumnTypeError: a stream for an estimator that reads all rows.
    """
    learners = [place for place, stage in enumerate(stages) if is_foreign(stage) and hasattr(stage, "fit")]
    last = learners[-1] if learners else -1
    if learners and (host := owner(first := stages[learners[0]])) is not None:
        host.check_fit(first, frame)
    fitted = []
    for place, stage in enumerate(stages):
        fitted.append(stage.fit(frame) if hasattr(stage, "fit") else stage)
        if place < last:
            frame = run_stages(fitted[-1:], frame)
    return fitted
