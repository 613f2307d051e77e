"""Stages as pyspark knows them: virtual subclasses of ``pyspark.ml``'s classes, whichever package is imported first.

``pyspark.ml.Pipeline`` asks ``isinstance(stage, Transformer)`` and nothing more. pyspark is never imported for this: a
class is registered when both are there.
"""

import sys
from types import ModuleType
from typing import Any, Final

from annopipe.import_hooks import after_import

MODULE: Final = "pyspark.ml.base"
PIPELINES: Final = "pyspark.ml.pipeline"

_classes: list[type] = []


def register(cls: type) -> None:
    """Make a class a virtual subclass of pyspark's ``Transformer``, ``Estimator`` or ``Model``, by its methods."""
    _classes.append(cls)
    if len(_classes) == 1:
        after_import(MODULE, _join_all)
        after_import(PIPELINES, _let_save)
    elif (module := sys.modules.get(MODULE)) is not None:
        _join(cls, module)


def _let_save(module: ModuleType) -> None:
    """Let pyspark's pipelines be saved with stages of these classes, which have ``write`` and ``load`` of their own.

    pyspark asks whether a stage is an ``MLWritable``, an ordinary class that no other can join virtually.
    """
    shared = getattr(module, "PipelineSharedReadWrite", None)
    if shared is None or hasattr(shared.validateStages, "annopipe"):
        return
    validate = shared.validateStages

    def validate_others(stages: list[Any]) -> None:
        validate([stage for stage in stages if not isinstance(stage, tuple(_classes))])

    validate_others.annopipe = True  # type: ignore[attr-defined]
    shared.validateStages = staticmethod(validate_others)


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
