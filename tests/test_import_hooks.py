"""What is to be done once a module is imported happens for that module alone, wherever it lies."""

import importlib
import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from annopipe.spark.hooks import imports as import_hooks
from annopipe.spark.hooks.imports import after_import

MODULES = ("__init__", "first", "second", "third")


@pytest.fixture(params=["folder", "zip"])
def package(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of three modules in a folder, or in an archive, whose modules share a loader."""
    name = f"watched_{request.param}"
    if request.param == "zip":
        place = tmp_path / "archive.zip"
        with zipfile.ZipFile(place, "w") as archive:
            for module in MODULES:
                archive.writestr(f"{name}/{module}.py", "")
    else:
        place = tmp_path
        (tmp_path / name).mkdir()
        for module in MODULES:
            (tmp_path / name / f"{module}.py").touch()
    monkeypatch.syspath_prepend(str(place))
    for known in MODULES:
        monkeypatch.setitem(import_hooks._calls, f"{name}.{known}", [])
    yield name
    for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] == name]:
        del sys.modules[loaded]


def test_only_the_module_that_is_waited_for_is_told_of(package: str) -> None:
    told: list[str] = []
    after_import(f"{package}.first", lambda module: told.append(module.__name__))
    after_import(f"{package}.second", lambda module: told.append(module.__name__))
    for module in ("third", "first", "second"):
        importlib.import_module(f"{package}.{module}")
    assert told == [f"{package}.first", f"{package}.second"]
    importlib.import_module(package)
    assert told == [f"{package}.first", f"{package}.second"]


def test_a_module_that_is_there_is_told_of_at_once(package: str) -> None:
    importlib.import_module(f"{package}.first")
    told: list[str] = []
    after_import(f"{package}.first", lambda module: told.append(module.__name__))
    assert told == [f"{package}.first"]


class OwnFinder:
    """A finder beside the path, as frozen programs have, whose loader is a class."""

    def __init__(self, name: str, sources: dict[str, str]) -> None:
        self.name, self.sources = name, sources

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name == self.name:
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        if name in self.sources:
            return ModuleSpec(name, self)  # type: ignore[arg-type]
        return None

    def create_module(self, _: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.sources.get(module.__name__, ""), module.__dict__)  # noqa: S102 -- the test's own text


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnFinder]:
    finder = OwnFinder("watched_frozen", {"watched_frozen.one": "value = 1"})
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    monkeypatch.setitem(import_hooks._calls, "watched_frozen.one", [])
    yield finder
    for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] == finder.name]:
        del sys.modules[loaded]


def test_a_module_of_another_finder_is_found(frozen: OwnFinder) -> None:
    seen: list[int] = []
    after_import("watched_frozen.one", lambda module: seen.append(module.value))
    module = importlib.import_module("watched_frozen.one")
    assert seen == [1]
    assert module.__loader__ is frozen
    assert module.__spec__ is not None
    assert module.__spec__.loader is frozen


class Hook:
    """A post-import hook in the manner of wrapt: it asks all other finders, and wraps the loader."""

    def __init__(self, name: str) -> None:
        self.name, self.seen, self.asking = name, list[str](), False

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.name or self.asking:
            return None
        self.asking = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.asking = False
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def wrapped(module: ModuleType) -> None:
            execute(module)
            self.seen.append(module.__name__)

        spec.loader = SimpleNamespace(create_module=lambda _: None, exec_module=wrapped)  # type: ignore[assignment]
        return spec


@pytest.mark.parametrize("ours_first", [True, False])
def test_another_hook_fires_too(package: str, ours_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hook, seen, name = Hook(f"{package}.first"), list[str](), f"{package}.first"
    after_import(name, lambda module: seen.append(module.__name__))
    finders = [finder for finder in sys.meta_path if finder is not import_hooks._watcher]
    both = [import_hooks._watcher, hook] if ours_first else [hook, import_hooks._watcher]
    monkeypatch.setattr(sys, "meta_path", [*both, *finders])
    importlib.import_module(name)
    assert seen == [name]
    assert hook.seen == [name]


def test_a_failed_import_is_tried_again(frozen: OwnFinder) -> None:
    seen: list[str] = []
    after_import("watched_frozen.one", lambda module: seen.append(module.__name__))
    frozen.sources["watched_frozen.one"] = "raise ImportError('not yet')"
    with pytest.raises(ImportError, match="not yet"):
        importlib.import_module("watched_frozen.one")
    assert seen == []
    frozen.sources["watched_frozen.one"] = "value = 2"
    importlib.import_module("watched_frozen.one")
    assert seen == ["watched_frozen.one"]
