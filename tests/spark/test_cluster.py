"""A cluster whose workers lack annopipe and the model: one line that says so, and the recipe that helps."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from annopipe.spark.delivery import pack
from annopipe.spark.installation import files_of, with_requirements
from spark import apache_spark
from spark.conftest import ENGINE
from tiny_model import make_tiny_model

pytestmark = pytest.mark.skipif(ENGINE != "spark", reason="a cluster of Apache Spark: ANNOPIPE_TEST_ENGINE=spark")
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


def environment_archive(folder: Path) -> Path:
    """Make an archive of a whole environment with annopipe and what it needs, as venv-pack makes one."""
    whole = bare_python(folder / "whole").parents[1]
    shutil.unpack_archive(pack(folder / "annopipe.zip"), *whole.glob("lib/*/site-packages"))
    (whole / "lib64").unlink(missing_ok=True)
    archive = folder / "environment.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as tar:
        tar.add(whole, ".", filter=lambda entry: None if "/tests/" in entry.name else entry)
    return archive


Found: TypeAlias = dict[str, Any]


def run_script(case: str, scratch: Path, python: Path | str) -> Found:
    """Return what the script finds in a case, by workers of a Python or those of a server."""
    variables = {
        "SPARK_HOME": spark_home(scratch / "spark"),
        "SPARK_LOCAL_DIRS": scratch,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    environment = {**os.environ, **{name: str(value) for name, value in variables.items()}}
    environment.pop("PYTHONPATH", None)  # the executors would find annopipe by it
    run = [sys.executable, SCRIPT, case, python, make_tiny_model(scratch / "model"), scratch / "stash"]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-8000:]
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What is found where annopipe and the model are delivered to a running session."""
    apache_spark.skip_without_apache_spark()
    scratch = tmp_path_factory.mktemp("delivered")
    return run_script("delivered", scratch, bare_python(scratch / "bare"))


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What is found where annopipe is given at the session's start, and workers are not reused."""
    apache_spark.skip_without_apache_spark()
    scratch = tmp_path_factory.mktemp("packed")
    return run_script("packed", scratch, bare_python(scratch / "bare"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What is found where workers are given a whole environment at the session's start."""
    apache_spark.skip_without_apache_spark()
    scratch = tmp_path_factory.mktemp("environment")
    return run_script("environment", scratch, environment_archive(scratch))


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """What is found where annopipe and the model are delivered to a Connect server's session."""
    apache_spark.skip_without_apache_spark(connect=True)
    scratch = tmp_path_factory.mktemp("connected")
    with apache_spark.connect_server(scratch, bare_python(scratch / "bare")) as url:
        yield run_script("connected", scratch, url)


@pytest.mark.parametrize("case", ["delivered", "connected"])
def test_workers_without_annopipe_are_told(request: pytest.FixtureRequest, case: str) -> None:
    name, text = request.getfixturevalue(case)["without annopipe"]
    assert name == "WorkerLacks"
    assert re.match(WORKER + r" lacks annopipe, onnxruntime, sentencepiece, which stages of annopipe \d", text), text
    assert "\n" not in text
    assert "spark.archives" in text
    assert "addArtifacts" in text


def test_a_model_that_is_not_there_is_told(delivered: Found) -> None:
    name, text = delivered["without the model"]
    assert name == "ModelFileMissing"
    assert re.search(r"/model is not there on the machine \S+, .* annopipe\.spark\.deliver", text), text
    assert "\n" not in text


@pytest.mark.parametrize(
    "case", ["delivered", "packed", "connected", pytest.param("environment", marks=pytest.mark.long)]
)
def test_each_recipe_gives_the_native_vectors(request: pytest.FixtureRequest, case: str) -> None:
    result = request.getfixturevalue(case)
    assert len(result["vectors"]) == len(result["native"]) == 40
    for (n, words), (m, others) in zip(result["vectors"], result["native"], strict=True):
        assert n == m
        assert np.allclose(words, others, rtol=0, atol=1e-6)


def test_each_worker_process_loads_the_model_once(delivered: Found, packed: Found) -> None:
    reused, anew = (dict(entry.split(":") for entry in found["loads"]) for found in (delivered, packed))
    assert set(reused.values()) == set(anew.values()) == {"1"}
    assert len(reused) == 2
    assert len(anew) == 4  # a process for each task


def test_one_spoilt_model_is_told(packed: Found) -> None:
    assert packed["spoilt models"] == 1
    name, text = packed["a spoilt model"]
    assert name == "ModelMismatch"
    assert re.search(r"annopipe-model-\w+ on the machine \S+ holds other content", text), text
    assert "\n" not in text


def test_one_worker_of_another_version_is_told(packed: Found) -> None:
    assert packed["spoilt versions"] == 1
    name, text = packed["another version"]
    assert name == "VersionMismatch"
    assert re.search(r"came to a worker with annopipe 0\.0\.1: install the same .*; the worker on \S+ \(Python", text)
    assert "\n" not in text
