"""Stages as pyspark knows them: virtual subclasses of ``pyspark.ml``'s classes, whichever package is imported first.

``pyspark.ml.Pipeline`` asks ``isinstance(stage, Transformer)`` and nothing more. pyspark is never imported for this: a
class is registered when both are there.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

MODULE: Final = "pyspark.ml.base"

_classes: list[type] = []


def register(cls: type) -> None:
    """Make a class a virtual subclass of pyspark's ``Transformer``, ``Estimator`` or ``Model``, by its methods."""
    _classes.append(cls)
    module = sys.modules.get(MODULE)
    if module is None:
        _watch()
    elif hasattr(module, "Model"):
        _join(cls, module)


def _join(cls: type, module: ModuleType) -> None:
    if hasattr(cls, "fit"):
        module.Estimator.register(cls)
    if hasattr(cls, "transform"):
        base = module.Model if cls.__name__.endswith("Model") else module.Transformer
        base.register(cls)


class _Watcher:
    """Waits for the import of pyspark's classes, lets it happen, and registers ours."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return the module's own spec with the registration after it; None for all other modules."""
        if name != MODULE:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_join(module: ModuleType) -> None:
                execute(module)
                for cls in _classes:
                    _join(cls, module)

            spec.loader.exec_module = execute_and_join  # type: ignore[method-assign]
        return spec


_watcher: Final = _Watcher()


def _watch() -> None:
    if _watcher not in sys.meta_path:
        sys.meta_path.insert(0, _watcher)
