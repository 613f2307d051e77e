"""Which module of annopipe answers for which of ``sparknlp`` and ``nlu``."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

_API: Final = "annopipe.sparknlp.api"
_MODULES: Final = {
    "sparknlp": _API,
    "sparknlp.annotation": f"{_API}.annotation",
    "sparknlp.annotator": f"{_API}.annotator",
    "sparknlp.base": f"{_API}.base",
    "sparknlp.common": f"{_API}.common",
    "sparknlp.functions": f"{_API}.functions",
    "sparknlp.pretrained": f"{_API}.pretrained",
    "nlu": "annopipe.nlu",
}


class Finder:
    """Finds ``sparknlp``, its submodules however deep, and ``nlu``."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return a spec for a module of Spark NLP's or NLU's, None for all others."""
        if name in _MODULES or _inside(name) is not None:
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of annopipe, or one that has the names of the module above it."""
        if spec.name in _MODULES:
            return import_module(_MODULES[spec.name])
        return _View(spec.name, str(_inside(spec.name)))

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is."""


class _View(ModuleType):
    """A module below ``sparknlp.annotator``, ``.base``, …: it has whatever that one has."""

    def __init__(self, name: str, above: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self._above = import_module(_MODULES[above])
        self.__all__ = list(self._above.__all__)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._above, name)


def _inside(name: str) -> str | None:
    """Return the module of the table that a deeper one lies in."""
    above = name.rpartition(".")[0]
    while above:
        if above in _MODULES and above not in ("sparknlp", "nlu"):
            return above
        above = above.rpartition(".")[0]
    return None


finder: Final = Finder()


def put_first() -> None:
    """Let the finder answer before any other, also where Spark NLP or NLU is installed; their modules are dropped."""
    if finder not in sys.meta_path:
        sys.meta_path.insert(0, finder)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("sparknlp", "nlu")]:
        del sys.modules[name]
