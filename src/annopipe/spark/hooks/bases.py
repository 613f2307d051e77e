"""Stages as pyspark knows them: virtual subclasses of ``pyspark.ml``'s classes, whichever package is imported first.

``pyspark.ml.Pipeline`` asks ``isinstance(stage, Transformer)`` and nothing more. pyspark is never imported for this: a
class is registered when both are there.
"""

import sys
from functools import partial
from types import ModuleType
from typing import Any, Final

from annopipe.spark.hooks.imports import after_import
from annopipe.spark.hooks.pipelines import PIPELINES, TUNING, teach_pipelines, teach_validators

MODULE: Final = "pyspark.ml.base"

_classes: list[type] = []


def register(cls: type) -> None:
    """Make a class a virtual subclass of pyspark's ``Transformer``, ``Estimator`` or ``Model``, by its methods."""
    _classes.append(cls)
    if len(_classes) == 1:
        after_import(MODULE, _join_all)
        after_import(PIPELINES, partial(teach_pipelines, is_ours))
        after_import(TUNING, partial(teach_validators, is_ours))
    elif (module := sys.modules.get(MODULE)) is not None:
        _join(cls, module)


def is_ours(stage: Any) -> bool:
    """Tell whether an object is of a registered class."""
    return isinstance(stage, tuple(_classes))


def _join_all(module: ModuleType) -> None:
    for cls in _classes:
        _join(cls, module)


def _join(cls: type, module: ModuleType) -> None:
    if not hasattr(module, "Model"):
        return  # it is being imported: all classes join it at its end
    if hasattr(cls, "fit"):
        module.Estimator.register(cls)
    if hasattr(cls, "transform"):
        base = module.Model if cls.__name__.endswith("Model") else module.Transformer
        base.register(cls)
