"""Starts of Apache Spark that fail, sessions that end, sessions that others made: one line each, and life goes on."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from spark import apache_spark
from spark.conftest import ENGINE

pytestmark = pytest.mark.skipif(ENGINE != "spark", reason="Apache Spark in a JVM: ANNOPIPE_TEST_ENGINE=spark")
SCRIPT = Path(__file__).with_name("start_script.py")
Found: TypeAlias = dict[str, Any]


def _run(case: str, folder: Path, *arguments: str) -> Found:
    apache_spark.skip_without_apache_spark()
    unset = ("PYSPARK_PYTHON", "SPARK_DRIVER_MEMORY", "SPARK_HOME")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    program = [apache_spark.home() / "bin" / "spark-submit"] if case == "submitted" else [sys.executable]
    environment |= {"PYSPARK_DRIVER_PYTHON": sys.executable} if case == "submitted" else {}
    run = [*program, SCRIPT, case, *arguments]
    done = subprocess.run(run, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-8000:]
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def _is(told: list[str], name: str, text: str) -> None:
    assert told, f"nothing was raised, not {name}: {text}"
    assert told[0] == name
    assert text in told[1]
    assert "\n" not in told[1]


def test_a_start_that_fails_is_one_line_and_spoils_nothing(tmp_path: Path) -> None:
    found = _run("wrong", tmp_path)
    failures = found["failures"]
    _is(failures["archive"], "SessionError", "Apache Spark does not start: java.")
    _is(failures["archive"], "SessionError", "typo.zip")
    _is(failures["processors"], "SessionError", "cpus per task = 2")
    _is(failures["master"], "SessionError", "no master of Apache Spark answers at spark://127.0.0.1:9")
    _is(failures["home"], "SessionError", "SPARK_HOME is /nowhere")
    assert found["first"] == {"megabytes": 600, "zone": "Asia/Tokyo", "name": "mine"}
    assert found["second"]["zone"] != "Asia/Tokyo"
    assert found["second"]["name"] == "annopipe"
    _is(found["late"], "SessionError", "Spark's JVM runs in this process already, and spark.driver.memory act when")
    assert found["variables"] == [False, False]
    assert found["rows"] == 1


def test_a_session_that_ended_is_told_at_once(tmp_path: Path) -> None:
    found = _run("ended", tmp_path)
    for told in (*found["stopped by"]["annopipe"], *found["stopped by"]["itself"]):
        _is(told, "SessionError", "this Spark session was stopped, and its frames with it: annopipe.start() gives")
    for told in found["died"]:
        _is(told, "SessionError", "the JVM of Apache Spark died")
    assert found["sums"] == [6, 6]
    assert found["rows"] == 1
    assert not (tmp_path / "never").exists()


def test_sessions_follow_each_other_in_the_jvm_of_spark_submit(tmp_path: Path) -> None:
    assert _run("submitted", tmp_path)["rows"] == [1, 1]


def test_a_session_of_pysparks_own(tmp_path: Path) -> None:
    """Its workers are pyspark's choice, ``python3`` on the search path: where that lacks all, the cure is named."""
    venv.create(tmp_path / "bare", symlinks=True, with_pip=False)
    found = _run("self-made", tmp_path, str(tmp_path / "bare" / "bin" / "python"))
    _is(found["bare"], "WorkerLacks", "numpy, onnxruntime, pyarrow, sentencepiece, which stages of annopipe")
    _is(found["bare"], "WorkerLacks", f"start it with PYSPARK_PYTHON={sys.executable}")
    for told in found["stopped"]:
        _is(told, "SessionError", "this Spark session was stopped")
    _is(found["late"], "SessionError", "spark.driver.memory act when it starts")
