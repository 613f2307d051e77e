"""pyspark joins: as a host of stages, as a kind of frames, and as a runner of bulk jobs.

`annopipe/__init__` calls `join` before anything else is imported. What follows is imported when it is first used, so
that ``import annopipe`` loads none of it and never imports pyspark.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annopipe import hosts
from annopipe.bulk import runners
from annopipe.frames import kinds

if TYPE_CHECKING:
    import pyarrow as pa

    from annopipe.bulk.job import Job
    from annopipe.bulk.report import Report
    from annopipe.frames.adapter import Adapter

BASES: Final = "pyspark.ml.base"
PARAMS: Final = "pyspark.ml.param"


class PysparkStages:
    """pyspark as a host of our stages; see `annopipe.hosts.Host`."""

    name = "pyspark"
    frames = "a Spark DataFrame"

    def announce(self, cls: type) -> None:
        """Register a class of stages as a virtual subclass of pyspark's, now or once pyspark is imported."""
        from annopipe.spark.hooks.bases import register

        register(cls)

    def owns(self, stage: Any) -> bool:
        """Return whether a stage is pyspark's own."""
        module = sys.modules.get(BASES)
        if module is None or not isinstance(stage, module.Estimator | module.Transformer):
            return False
        from annopipe.spark.hooks.bases import is_ours

        return not is_ours(stage)

    def takes(self, frame: Any) -> bool:
        """Return whether a frame has pyspark's methods."""
        return PysparkFrames().matches(frame)

    def check_fit(self, stage: Any, frame: Any) -> None:
        """Raise `ColumnTypeError` for a streaming frame, which has no last row to learn from."""
        if getattr(frame, "isStreaming", False):
            from annopipe.spark.hooks.pipelines import learns_from_all

            raise learns_from_all(stage)

    def param_class(self) -> type | None:
        """Return ``pyspark.ml.param.Param`` if that module is imported."""
        found: type | None = getattr(sys.modules.get(PARAMS), "Param", None)
        return found

    def delivered(self, digest: str) -> Path | None:
        """Return the folder of a model that the Spark session sent to this worker."""
        from annopipe.spark.delivered import delivered

        return delivered(digest)

    def arrow_type(self, type_: Any) -> "pa.DataType | None":
        """Return the Arrow type for one of ``pyspark.sql.types``."""
        from annopipe.spark.types import to_arrow_type

        return to_arrow_type(type_)


class PysparkFrames:
    """DataFrames with ``mapInArrow``: classic, Connect, Sail; see `annopipe.frames.kinds.FrameKind`."""

    def matches(self, frame: Any) -> bool:
        """Return whether a frame has ``mapInArrow``."""
        return callable(getattr(type(frame), "mapInArrow", None))

    def adapter(self, frame: Any) -> "Adapter":
        """Return a `annopipe.spark.adapter.SparkAdapter`."""
        from annopipe.spark.adapter import SparkAdapter

        return SparkAdapter(frame)

    def origin(self, frame: Any) -> tuple[Any, list[Any]]:
        """Return what `annopipe.spark.origins` noted."""
        from annopipe.spark.origins import origin

        return origin(frame)

    def remember(self, result: Any, frame: Any, stages: Sequence[Any]) -> Any:
        """Note it with `annopipe.spark.origins`."""
        from annopipe.spark.origins import remember

        return remember(result, frame, stages)


def join() -> None:
    """Join annopipe's registries."""
    hosts.join(PysparkStages())
    kinds.join(PysparkFrames())
    runners.join("sc://", run_on_server)


def run_on_server(job: "Job", remote: str) -> "Report":
    """Carry out a bulk job on a Spark Connect or Sail server."""
    from annopipe.spark.bulk_jobs import run_remotely

    return run_remotely(job, remote)
