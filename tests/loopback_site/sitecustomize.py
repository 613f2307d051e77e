"""Imported by Python at its start: guards a process that a test starts (see ``tests/loopback.py``)."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("annopipe_test_loopback", Path(__file__).parents[1] / "loopback.py")
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
_module.install()
