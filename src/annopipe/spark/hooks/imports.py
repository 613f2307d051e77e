"""Something to do once a module is imported, by whomever; nothing is imported for it."""

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

Call = Callable[[ModuleType], None]


class _Watcher:
    """Waits for imports of some modules, lets them happen, and calls what waits for them."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Call]] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return the module's own spec with the calls after it; None for all other modules."""
        if name not in self.calls:
            return None
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_call(module: ModuleType) -> None:
                execute(module)
                if module.__name__ == name:  # modules of a zip share a loader: pyspark's in Spark's workers
                    for call in self.calls[name]:
                        call(module)

            spec.loader.exec_module = execute_and_call  # type: ignore[method-assign]
        return spec


_watcher: Final = _Watcher()


def after_import(name: str, call: Call) -> None:
    """Call ``call(module)`` after a module's import, which may be tried again after a failure; now if it is there."""
    if name not in _watcher.calls:
        _watcher.calls[name] = []
    _watcher.calls[name].append(call)
    if _watcher not in sys.meta_path:
        sys.meta_path.insert(0, _watcher)
    if (module := sys.modules.get(name)) is not None:
        call(module)
