"""What is to be done once a module is imported happens for that module alone, wherever it lies."""

import importlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

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
    monkeypatch.setattr(import_hooks._watcher, "calls", dict(import_hooks._watcher.calls))
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
