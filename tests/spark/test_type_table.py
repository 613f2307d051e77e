"""The table of column types in docs/spark.md is what the engines do."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annopipe.spark import packages
from spark import type_table


def test_the_pages_column_for_sail(spark: Any) -> None:
    before = type_table.shown(type_table.PAGE.read_text(encoding="utf-8"))
    found = type_table.found(spark, "sail", before)
    assert found == before
    assert {cells[0] for cells in found.values()} == {"carried", "refused"}


def test_the_pages_column_for_apache_spark() -> None:
    if not packages.has_classic():
        pytest.skip("Apache Spark is absent: pip install 'annopipe[spark]' and a Java runtime")
    command = [sys.executable, str(Path(type_table.__file__)), "--engine", "spark"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_type_is_untried() -> None:
    shown = type_table.shown(type_table.PAGE.read_text(encoding="utf-8"))
    assert list(shown) == list(type_table.TYPES)
    assert {cell for cells in shown.values() for cell in cells} == {"carried", "refused"}
