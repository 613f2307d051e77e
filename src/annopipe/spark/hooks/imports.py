"""Call a function once a module was imported, by whatever finder; nothing is imported for it.

Frozen programs, zip files and editable installs have finders of their own, and other libraries (wrapt) hook imports
too. So all finders of ``sys.meta_path`` are asked in their order, and the loader that one of them gives is wrapped,
never changed: loaders may be shared, or be a class.
"""

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

Call = Callable[[ModuleType], None]


class _Watcher(threading.local):
    """A finder that lets other finders find some modules. Each thread has its own list of names that it looks for."""

    def __init__(self) -> None:
        self.asking: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return another finder's spec whose loader makes the calls; None for modules that are not waited for."""
        if name not in _calls or name in self.asking:
            return None
        self.asking.add(name)  # a finder may ask sys.meta_path again, as wrapt's does
        try:
            spec = self._others_spec(name, path, target)
        finally:
            self.asking.discard(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _CallingLoader(spec.loader)
        return spec

    def _others_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            if finder is self:
                continue
            find = getattr(finder, "find_spec", None)
            if find is not None and (spec := find(name, path, target)) is not None:
                found: ModuleSpec = spec
                return found
        return None


class _CallingLoader(Loader):
    """Another finder's loader: it loads as it would alone, then the calls of the module are made."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        """Answer as the other loader: ``get_source``, ``get_data``, ``is_package`` and what else it has."""
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return what the other loader makes."""
        create = getattr(self._loader, "create_module", None)
        made: ModuleType | None = None if create is None else create(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Execute the module under its own loader, and make the calls."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        for call in list(_calls.get(module.__name__, ())):
            call(module)


_calls: Final[dict[str, list[Call]]] = {}
_watcher: Final = _Watcher()


def after_import(name: str, call: Call) -> None:
    """Call ``call(module)`` after each import of a module, which may be tried again after a failure.

    A module that is imported already is passed to ``call`` at once.
    """
    _calls.setdefault(name, []).append(call)
    if not any(finder is _watcher for finder in sys.meta_path):
        sys.meta_path.insert(0, _watcher)
    if (module := sys.modules.get(name)) is not None:
        call(module)
