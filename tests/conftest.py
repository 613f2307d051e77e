"""Fixtures of all tests."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import loopback
from tiny_model import make_tiny_model

settings.register_profile("annopipe", deadline=None, max_examples=200)
settings.load_profile("annopipe")

loopback.install()
os.environ.update(loopback.environment())
os.environ["ANNOPIPE_SPARK_NLP_CACHE"] = os.devnull
os.environ["ANNOPIPE_HOME"] = tempfile.mkdtemp(prefix="annopipe-tests-")
atexit.register(shutil.rmtree, os.environ["ANNOPIPE_HOME"], ignore_errors=True)


@pytest.fixture(autouse=True)
def no_connection_beyond_loopback() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where something caught the refusal."""
    loopback.attempts.clear()
    yield
    assert not loopback.attempts


@pytest.fixture
def sparknlp_dialect() -> Iterator[None]:
    """Make stages in the ``sparknlp`` dialect, for one test."""
    from annopipe import options

    options.dialect = "sparknlp"
    yield
    options.dialect = "albert"


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of the reference data, or a skip that says how to give it."""
    folder = os.environ.get("ANNOPIPE_REFERENCE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("reference data absent: set ANNOPIPE_REFERENCE_DATA to its folder")
    return Path(folder)


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a tiny random model with a vocabulary of its own (``tests/tiny_model.py``); not to be changed."""
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny_albert")
