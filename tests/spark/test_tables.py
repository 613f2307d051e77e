"""Parquet, Delta and Iceberg: the recipes of the docs, word for word, on Apache Spark with packages from Maven.

On Sail the page's own Python runs in ``tests/test_docs.py``.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from annopipe.spark.packages import installed
from spark.apache_spark import skip_without_apache_spark
from spark.conftest import ENGINE
from spark.fetching import fetched
from test_docs import ROOT, blocks

PAGE = (ROOT / "docs" / "tables.md").read_text("utf-8")
BEGIN = "import annopipe\nfrom annopipe import *\n"
CENTRAL = """<ivysettings><settings defaultResolver="central"/>
<resolvers><ibiblio name="central" m2compatible="true"/></resolvers></ivysettings>"""
"""Maven's central repository alone: Spark also looks into Maven's folder here, where a file may be half fetched."""


def _code(section: str, language: str) -> list[str]:
    """Blocks of one section of the page, in order; "" is what stands before the first."""
    parts = re.split(r"^## (.*)\n", PAGE, flags=re.MULTILINE)
    text = parts[0] if not section else parts[parts.index(section) + 1]
    return [block.text for block in blocks(text) if block.language == language]


def _package(kind: int) -> tuple[str, str]:
    """The package that the page's start names for Spark 3.5, and the one for the installed Spark."""
    lines = re.findall(r"^\| \d.*\|$", PAGE, re.MULTILINE)
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]
    packages = {row[0]: row[kind] for row in rows}
    spark = ".".join((installed("pyspark") or "").split(".")[:2])
    if spark not in packages:
        pytest.skip(f"no package is built for Apache Spark {spark}")
    return packages["3.5"], packages[spark]


def _run(start: str, rest: str, folder: Path) -> str:
    """Run a session's start, the page's table and a recipe in a process of its own, and return what it printed."""
    (folder / "ivy.xml").write_text(CENTRAL)
    (folder / "recipe.py").write_text("\n".join([BEGIN, start, _code("", "python")[1], rest]), "utf-8")
    settings = {
        "spark.jars.ivySettings": folder / "ivy.xml",
        "spark.sql.shuffle.partitions": 2,
        "spark.databricks.delta.snapshotPartitions": 2,
    }
    options = " ".join(f"--conf {key}={value}" for key, value in settings.items())
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": f"--master local[2] {options} pyspark-shell"}
    return fetched([sys.executable, "recipe.py"], folder, environment)


@pytest.mark.skipif(ENGINE != "spark", reason="Apache Spark in a JVM: ANNOPIPE_TEST_ENGINE=spark")
@pytest.mark.parametrize(("kind", "section", "language"), [(1, "Delta", "python"), (2, "Iceberg", "py")])
def test_recipe_on_apache_spark(kind: int, section: str, language: str, tmp_path: Path) -> None:
    skip_without_apache_spark()
    shown, fitting = _package(kind)
    start = _code(section, "py")[0]
    assert shown in start
    assert _run(start.replace(shown, fitting), _code(section, language)[-1], tmp_path).splitlines()[-1] == "True"


@pytest.mark.skipif(ENGINE != "sail", reason="what Sail cannot do")
@pytest.mark.parametrize("kind", ["parquet", "delta", "iceberg"])
def test_duplicates_beside_lists_on_sail(spark: Any, tmp_path: Path, kind: str) -> None:
    """When this fails for Iceberg, Sail has learnt it: take the line off the page."""
    from pyspark.errors import PySparkException

    spark.createDataFrame([[0, [1.0]], [1, None]], "n int, v array<float>").write.format(kind).save(str(tmp_path / "t"))
    read = spark.read.format(kind).load(str(tmp_path / "t")).dropDuplicates(["n"])
    if kind != "iceberg":
        assert sorted(tuple(row) for row in read.collect()) == [(0, [1.0]), (1, None)]
        return
    with pytest.raises(PySparkException, match="concatenate arrays of different data types"):
        read.collect()
    assert "`dropDuplicates` by some columns fails" in PAGE
