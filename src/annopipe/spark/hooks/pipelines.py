"""Stages of ours in pyspark's own pipelines and validators: what these need to fit, to save and to load them.

pyspark asks whether a stage is an ``MLWritable``, an ordinary class that no other can join virtually; ours have
``write`` and ``load`` of their own. It also writes where its JVM is, which need not be Python's folder: both get one
whole path.
"""

import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any, Final

from annopipe.errors import ColumnTypeError, SavedPipelineError
from annopipe.persistence import saved_class

PIPELINES: Final = "pyspark.ml.pipeline"
TUNING: Final = "pyspark.ml.tuning"
_MARK: Final = "annopipe"

IsOurs = Callable[[Any], bool]


def teach_pipelines(is_ours: IsOurs, module: ModuleType) -> None:
    """Let pyspark's pipelines be saved and loaded with stages of ours, and say so where they would learn from a stream.

    Args:
        is_ours: tells our stages from others.
        module: ``pyspark.ml.pipeline``.
    """
    shared = getattr(module, "PipelineSharedReadWrite", None)
    if shared is None or hasattr(shared.validateStages, _MARK):
        return
    validate, save, load = shared.validateStages, shared.saveImpl, shared.load

    def validate_others(stages: list[Any]) -> None:
        validate([stage for stage in stages if not is_ours(stage)])

    def save_whole(instance: Any, stages: list[Any], sc: Any, path: str) -> None:
        save(instance, stages, sc, _whole(path) if any(map(is_ours, stages)) else path)

    def load_whole(metadata: dict[str, Any], sc: Any, path: str) -> Any:
        return load(metadata, sc, _whole(path))

    setattr(validate_others, _MARK, True)
    shared.validateStages = staticmethod(validate_others)
    shared.saveImpl = staticmethod(save_whole)
    shared.load = staticmethod(load_whole)
    module.Pipeline._fit = _refusing_streams(is_ours, module.Pipeline._fit)
    for reader in (module.PipelineReader, module.PipelineModelReader):
        reader.load = _naming_ours(reader.load)


def _refusing_streams(is_ours: IsOurs, fit: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    @wraps(fit)
    def told(self: Any, dataset: Any) -> Any:
        stages = self.getStages()
        if getattr(dataset, "isStreaming", False) and any(map(is_ours, stages)):
            for stage in stages:
                if hasattr(stage, "fit") and not is_ours(stage):
                    raise learns_from_all(stage)
        return fit(self, dataset)

    return told


def learns_from_all(stage: Any) -> ColumnTypeError:
    """Return the error for an estimator of pyspark's that is to be fitted to a stream."""
    return ColumnTypeError(
        f"{stage} learns from all rows, and a streaming DataFrame has no last one: fit on rows that are there, "
        "spark.read in place of spark.readStream, and transform the stream with the model"
    )


def _naming_ours(load: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return a reader's ``load`` that says so where annopipe's own pipeline was saved."""

    @wraps(load)
    def told(self: Any, path: str) -> Any:
        try:
            return load(self, path)
        except Exception:
            if (name := saved_class(path)) is None:
                raise
        msg = f"{path} was saved by annopipe, not by pyspark: load it with annopipe.{name}.load(...)"
        raise SavedPipelineError(msg)

    return told


def _whole(path: str) -> str:
    """Return a path as Spark's own file system means it, with its scheme; as it is where no JVM is at hand."""
    context = getattr(sys.modules.get("pyspark"), "SparkContext", None)
    active = getattr(context, "_active_spark_context", None)
    if active is None:
        return path
    place = active._jvm.org.apache.hadoop.fs.Path(path)
    return str(place.getFileSystem(active._jsc.hadoopConfiguration()).makeQualified(place).toString())


class _Others:
    """A validator (``CrossValidator``, ``TrainValidationSplit``) as it were without our stages and their params."""

    def __init__(self, validator: Any, is_ours: IsOurs) -> None:
        self._validator = validator
        self._is_ours = is_ours
        self._pipeline: Any = getattr(sys.modules[PIPELINES], "Pipeline")  # noqa: B009 -- the module is not typed
        self._left_out: set[str] = set()
        self._estimator = self._without(validator.getEstimator())

    def _without(self, stage: Any) -> Any:
        if not isinstance(stage, self._pipeline):
            return stage
        self._left_out |= {inner.uid for inner in stage.getStages() if self._is_ours(inner)}
        others = [self._without(inner) for inner in stage.getStages() if not self._is_ours(inner)]
        return self._pipeline(stages=others)._resetUid(stage.uid)

    def getEstimator(self) -> Any:
        return self._estimator

    def getEvaluator(self) -> Any:
        return self._validator.getEvaluator()

    def getEstimatorParamMaps(self) -> list[dict[Any, Any]]:
        maps = self._validator.getEstimatorParamMaps()
        return [{param: value for param, value in one.items() if param.parent not in self._left_out} for one in maps]


def teach_validators(is_ours: IsOurs, module: ModuleType) -> None:
    """Let pyspark's validators be saved and loaded with pipelines that have stages of ours; see `teach_pipelines`.

    Args:
        is_ours: tells our stages from others.
        module: ``pyspark.ml.tuning``.
    """
    shared = getattr(module, "_ValidatorSharedReadWrite", None)
    if shared is None or hasattr(shared.validateParams, _MARK):
        return
    validate = shared.validateParams

    def validate_others(validator: Any) -> None:
        if is_ours(estimator := validator.getEstimator()):
            msg = (
                f"pyspark saves {type(validator).__name__} with pipelines of its own alone, and {estimator} is "
                "annopipe's: make it with estimator=pyspark.ml.Pipeline(stages=[...]), of the same stages"
            )
            raise SavedPipelineError(msg)
        validate(_Others(validator, is_ours))

    setattr(validate_others, _MARK, True)
    shared.validateParams = staticmethod(validate_others)
