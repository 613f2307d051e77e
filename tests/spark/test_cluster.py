"""A cluster whose workers lack annopipe and the model: one line that says so, and the recipe that helps."""

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annopipe.spark.installation import files_of, with_requirements
from spark import apache_spark
from spark.conftest import ENGINE
from tiny_model import make_tiny_model

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(ENGINE != "spark", reason="a cluster of Apache Spark: ANNOPIPE_TEST_ENGINE=spark"),
]
SCRIPT = Path(__file__).with_name("cluster_script.py")
WORKER = r"^the worker on \S+ \(Python 3[\d.]+, \S+\)"


def bare_python(folder: Path) -> Path:
    """Make a Python with what pyspark's Arrow functions need, and nothing else, and return it."""
    venv.create(folder, symlinks=True, with_pip=False)
    (site,) = folder.glob("lib/*/site-packages")
    for name in with_requirements(["pandas", "pyarrow", "numpy"]):
        for file, inside in files_of(name):
            top = inside.partition("/")[0]
            source = file.parents[inside.count("/")] / top
            if not (site / top).exists():
                (site / top).symlink_to(source)
    return folder / "bin" / "python"


def spark_home(folder: Path) -> Path:
    """Make a Spark of the installed one's files, so that the work folders of its executors are ours."""
    folder.mkdir()
    for path in apache_spark.home().iterdir():
        if path.name != "work":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the script found."""
    apache_spark.skip_without_apache_spark()
    scratch = tmp_path_factory.mktemp("cluster")
    model = make_tiny_model(scratch / "model")
    python = bare_python(scratch / "bare")
    environment = {**os.environ, "SPARK_HOME": str(spark_home(scratch / "spark")), "SPARK_LOCAL_DIRS": str(scratch)}
    environment.pop("PYTHONPATH", None)  # the executors would find annopipe by it
    run = [sys.executable, str(SCRIPT), str(python), str(model), str(scratch / "stash")]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-8000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_workers_without_annopipe_are_told(found: dict[str, Any]) -> None:
    name, text = found["without annopipe"]
    assert name == "WorkerLacks"
    assert re.match(WORKER + r" lacks annopipe, onnxruntime, sentencepiece, which stages of annopipe \d", text), text
    assert "\n" not in text
    assert "spark.archives" in text
    assert "addArtifacts" in text


def test_a_model_that_is_not_there_is_told(found: dict[str, Any]) -> None:
    name, text = found["without the model"]
    assert name == "ModelFileMissing"
    assert re.search(r"/model is not there on the worker on \S+: send it along, annopipe\.spark\.deliver", text), text
    assert "\n" not in text


def test_what_was_delivered_gives_the_native_vectors(found: dict[str, Any]) -> None:
    assert len(found["delivered"]) == len(found["native"]) == 40
    for (n, words), (m, others) in zip(found["delivered"], found["native"], strict=True):
        assert n == m
        assert np.allclose(words, others, rtol=0, atol=1e-6)


@pytest.mark.parametrize("case", ["loads, workers reused", "loads, workers not reused"])
def test_each_worker_process_loads_the_model_once(found: dict[str, Any], case: str) -> None:
    loads = dict(entry.split(":") for entry in found[case])
    assert set(loads.values()) == {"1"}
    assert len(loads) == 2 if case == "loads, workers reused" else len(loads) > 2


def test_one_spoilt_model_is_told(found: dict[str, Any]) -> None:
    assert found["spoilt models"] == 1
    name, text = found["a spoilt model"]
    assert name == "ModelMismatch"
    assert re.search(r"annopipe-model-\w+ on the worker on \S+ holds other content", text), text


def test_one_worker_of_another_version_is_told(found: dict[str, Any]) -> None:
    assert found["spoilt versions"] == 1
    name, text = found["another version"]
    assert name == "VersionMismatch"
    assert re.search(r"came to a worker with annopipe 0\.0\.1: install the same .*; the worker on \S+ \(Python", text)
