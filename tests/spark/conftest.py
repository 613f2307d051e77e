"""A session for all tests of this folder: Sail in this process, where it is installed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annopipe import AlbertEmbeddings, DocumentAssembler, Pipeline, PipelineModel, SentenceEmbeddings, Tokenizer

NO_SAIL = "pysail or pyspark is absent: pip install 'annopipe[sail]'"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave pyspark's own warnings to pyspark; ours stay errors."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.filterwarnings("default::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("default::FutureWarning"))


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return the session of ``annopipe.start()``."""
    pytest.importorskip("pysail", reason=NO_SAIL)
    pytest.importorskip("pyspark", reason=NO_SAIL)
    from annopipe import start, stop

    yield start(engine="sail")
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

    seen: list[int] = []
    run_rows = Plan.run_rows

    def counted(self: Plan, batch: Any) -> Any:
        seen.append(batch.num_rows)
        return run_rows(self, batch)

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
