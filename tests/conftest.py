"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of the reference data, or a skip that says how to give it."""
    folder = os.environ.get("ANNOPIPE_REFERENCE_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("reference data absent: set ANNOPIPE_REFERENCE_DATA to its folder")
    return Path(folder)
