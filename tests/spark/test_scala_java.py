"""The Scala and Java of the docs, word for word: compiled, run against this session, equal to the native engine."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import annopipe
from annopipe.spark.java import java, version
from spark.conftest import ENGINE
from spark.fetching import fetched
from test_docs import ROOT, alike, blocks

pytestmark = pytest.mark.skipif(ENGINE == "spark", reason="no other client joins a session in a JVM of its own")

PAGE = ROOT / "docs" / "scala-java.md"
FILES = {
    "xml": "pom.xml",
    "java": "src/main/java/JavaVectors.java",
    "scala": "src/main/scala/ScalaVectors.scala",
}


def _block(language: str, number: int = 0) -> str:
    return [block.text for block in blocks(PAGE.read_text("utf-8")) if block.language == language][number]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Maven project of the page's blocks, compiled by the page's command."""
    found = java()
    if found is None or (version(found) or 0) < 17 or shutil.which("javac") is None or shutil.which("mvn") is None:
        pytest.skip("a JDK, 17 or later, or Maven is absent: java, javac and mvn on the search path")
    folder = tmp_path_factory.mktemp("vectors")
    for language, name in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(_block(language), "utf-8")
    compile_ = _block("sh").splitlines()[0]
    fetched(["/bin/sh", "-c", compile_], folder)
    return folder


def _parsed(printed: str) -> tuple[list[str], np.ndarray]:
    words, vectors = zip(*(line.split(" ", 1) for line in printed.splitlines()), strict=True)
    return list(words), np.array([vector.strip("[]").split(", ") for vector in vectors], np.float64)


def test_programs_of_the_docs_print_the_native_vectors(spark: Any, project: Path) -> None:
    annopipe.spark.register(spark, "albert_mini")
    environment = {**os.environ, "URL": annopipe.spark.connection_string(spark)}
    (native,) = annopipe.load("albert_mini").embed_words(["I love Spark NLP"])
    runs = _block("sh").splitlines()[1:]
    assert [program for line in runs for program in ("JavaVectors", "ScalaVectors") if program in line] == [
        "JavaVectors",
        "ScalaVectors",
    ]
    for line in runs:
        command = ["/bin/sh", "-c", line]
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
        words, vectors = _parsed(done.stdout)
        assert words == [token.lower() for token in native.tokens]
        assert vectors.shape == native.vectors.shape
        assert np.abs(vectors - native.vectors).max() <= 1e-6
        assert alike(_block("text", -1), done.stdout)
    assert spark.sql("select size(albert_words('a house')) as n").first().n == 2


def test_the_page_names_the_client_that_it_installs() -> None:
    (client,) = re.findall(r"client-jvm_2\.13</artifactId>\s*<version>([\d.]+)<", _block("xml"))
    assert f"Client {client} was tried" in PAGE.read_text("utf-8")
