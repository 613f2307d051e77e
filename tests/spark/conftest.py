"""A session for all tests of this folder: Sail in this process, where it is installed.

``ANNOPIPE_TEST_ENGINE`` names another: ``spark`` for Apache Spark in a JVM, ``connect`` for a Spark Connect server of
Apache Spark, which is started for the tests.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, SentenceEmbeddings, Tokenizer
from spark import apache_spark
from spark.apache_spark import skip_without_apache_spark

ENGINE = os.environ.get("ANNOPIPE_TEST_ENGINE", "sail")
NO_SAIL = "pysail or pyspark is absent: pip install 'annopipe[sail]'"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave pyspark's own warnings to pyspark; ours stay errors."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.filterwarnings("default::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("default::FutureWarning"))
            if ENGINE != "sail":  # pyspark leaves sockets of the JVM to the garbage collector
                item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
                item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the session of ``annopipe.start()``."""
    from annopipe import start, stop

    if ENGINE != "sail":  # workers unpickle functions of test modules by their names
        tests = str(Path(__file__).parents[1])
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH")]))
    if ENGINE == "sail":
        pytest.importorskip("pysail", reason=NO_SAIL)
        pytest.importorskip("pyspark", reason=NO_SAIL)
        yield start(engine="sail")
    elif ENGINE == "spark":
        skip_without_apache_spark()
        yield start(engine="spark", **apache_spark.quiet(tmp_path_factory.mktemp("spark")))
    else:
        skip_without_apache_spark(connect=True)
        with apache_spark.connect_server(tmp_path_factory.mktemp("connect")) as url:
            yield start(remote=url)
            stop()
    stop()


@pytest.fixture(scope="session")
def model(tiny_model_folder: Path) -> PipelineModel:
    """Return documents, tokens and word vectors (``e``) of a tiny model, and a vector a document (``mean``)."""
    return Pipeline(
        stages=[
            DocumentAssembler(inputCol="text", outputCol="document"),
            Tokenizer(inputCols=["document"], outputCol="token"),
            AlbertEmbeddings.pretrained(str(tiny_model_folder)).setInputCols("document", "token").setOutputCol("e"),
            SentenceEmbeddings(inputCols=["document", "e"], outputCol="mean"),
        ]
    ).fit()


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gathers the numbers of rows that stages were run over."""
    from annopipe.annotators.plan import Plan

    if ENGINE != "sail":
        pytest.skip("counted in this process, and stages run in others")
    seen: list[int] = []
    run_rows = Plan.run_rows

    def counted(self: Plan, batch: Any, *more: Any) -> Any:
        seen.append(batch.num_rows)
        return run_rows(self, batch, *more)

    monkeypatch.setattr(Plan, "run_rows", counted)
    return seen


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs a script in a process of its own, without Java, and gives what it printed."""
    pytest.importorskip("pysail", reason=NO_SAIL)

    def run(script: str, **variables: str) -> str:
        path = tmp_path / "script.py"
        path.write_text(script, encoding="utf-8")
        (tmp_path / "empty").mkdir(exist_ok=True)
        unset = ("SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED", "ANNOPIPE_SPARK_OWNER", "JAVA_HOME", "RUST_LOG")
        environment = {key: value for key, value in os.environ.items() if key not in unset}
        environment |= {"PATH": str(tmp_path / "empty"), "PYTHONWARNINGS": "ignore", **variables}
        done = subprocess.run(
            [sys.executable, str(path)], env=environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert not done.stderr, done.stderr
        return done.stdout

    return run
