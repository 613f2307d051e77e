"""``annopipe.start()``: one session, whoever asks; nothing printed; proxies, ports, mixtures."""

import logging
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.errors import AnnopipeWarning, MissingExtra, PackageMixture, ParamValueError, SessionError
from annopipe.spark import classic, neighbours, packages, session

BEGIN = "import annopipe\nspark = annopipe.start()\n"


def test_one_session_for_all_who_ask(spark: Any) -> None:
    from pyspark.sql import SparkSession

    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(annopipe.start())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other is spark for other in found] == [True] * 4
    assert annopipe.start(engine="sail") is spark
    assert SparkSession.builder.getOrCreate() is spark


def test_two_threads_work_at_once(spark: Any, model: Any) -> None:
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        frame = annopipe.start().createDataFrame([[f"text {number}"]], ["text"])
        found[number] = model.transform(frame).select("token.result").first().result

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: ["text", str(number)] for number in range(4)}


@pytest.mark.parametrize(
    "arguments", [{"engine": "spark"}, {"remote": "sc://127.0.0.1:9"}, {"spark.sql.session.timeZone": "UTC"}]
)
def test_other_arguments_than_before_are_an_error(spark: Any, arguments: dict[str, str]) -> None:
    with pytest.raises(SessionError, match=r"call annopipe\.stop\(\) first"):
        annopipe.start(**arguments)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"engine": "flink"}, "choose one of sail, spark"),
        ({"engine": "sail", "remote": "sc://a"}, "either engine .* or remote"),
        ({"remote": "http://a"}, "begins with sc://"),
    ],
)
def test_wrong_arguments(arguments: dict[str, str], told: str) -> None:
    with pytest.raises(ParamValueError, match=told):
        annopipe.start(**arguments)


def test_stop_and_start_again(python: Callable[..., str]) -> None:
    script = """
import os
import subprocess
import sys
import annopipe
annopipe.stop()
for _ in range(2):
    spark = annopipe.start(**{"spark.sql.session.timeZone": "UTC"})
    assert annopipe.start(**{"spark.sql.session.timeZone": "UTC"}) is spark
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert os.environ["SPARK_REMOTE"].startswith("sc://127.0.0.1:")
    assert spark.range(3).count() == 3
    annopipe.stop()
    assert "SPARK_REMOTE" not in os.environ
spark = annopipe.start()
spark.stop()
assert annopipe.start().range(4).count() == 4
"""
    assert python(script) == ""


IDLE = """
import time
import annopipe
from annopipe.errors import SessionError
spark = annopipe.start(**{conf})
spark.createDataFrame([["I love Spark NLP"]]).toDF("text").createOrReplaceTempView("texts")
time.sleep({seconds})
try:
    print(spark.sql("select text from texts").first().text)
except SessionError as error:
    print(error)
"""


def test_a_session_that_the_server_ended_is_told(python: Callable[..., str]) -> None:
    script = IDLE.format(conf={"sail.spark.session_timeout_secs": 1}, seconds=4)
    assert "annopipe.start() for a new session" in python(script)


def test_a_session_of_others_is_returned_with_a_log_line(python: Callable[..., str]) -> None:
    script = """
import logging, os
from pysail.spark import SparkConnectServer
os.environ["RUST_LOG"] = "error"
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
from pyspark.sql import SparkSession
theirs = SparkSession.builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}").getOrCreate()
import annopipe
lines = []
class Lines(logging.Handler):
    def emit(self, record):
        lines.append(record.getMessage())
logging.getLogger("annopipe.spark").addHandler(Lines())
logging.getLogger("annopipe.spark").setLevel("INFO")
assert annopipe.start() is theirs
assert lines == ["a Spark session that annopipe did not start is running: it is used as it is"]
annopipe.stop()
assert theirs.range(2).count() == 2
theirs.stop()
ours = annopipe.start()
assert ours is not theirs
annopipe.stop()
server.stop()
"""
    assert python(script) == ""


def test_spark_remote_of_the_user_is_followed(python: Callable[..., str]) -> None:
    script = """
import os
import subprocess
import sys
from pysail.spark import SparkConnectServer
os.environ["RUST_LOG"] = "error"
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
port = server.listening_address[1]
os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{port}"
import annopipe
spark = annopipe.start()
assert annopipe.spark.connection_string(spark).startswith(f"sc://127.0.0.1:{port}/;user_id=")
assert spark.range(2).count() == 2
assert "SPARK_CONNECT_MODE_ENABLED" in os.environ  # pyspark's functions ask for it
annopipe.stop()
assert "SPARK_CONNECT_MODE_ENABLED" not in os.environ
assert os.environ["SPARK_REMOTE"] == f"sc://127.0.0.1:{port}"
server.stop()
"""
    assert python(script) == ""


@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "grpc_proxy", "all_proxy"])
def test_behind_a_proxy(python: Callable[..., str], variable: str) -> None:
    assert python(BEGIN + "print(spark.range(3).count())", **{variable: "http://127.0.0.1:9"}) == "3\n"


def test_standard_input_is_a_program_too(python: Callable[..., str]) -> None:
    script = """
import subprocess, sys
code = "import annopipe; print(annopipe.start().range(3).count())"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
"""
    assert python(script).strip() == "3"


def test_a_taken_port(spark: Any, python: Callable[..., str]) -> None:
    port = spark.client._builder.endpoint.rpartition(":")[2]
    script = f"""
import annopipe
from annopipe.errors import SessionError
try:
    annopipe.start(**{{"spark.connect.grpc.binding.port": {port}}})
except SessionError as error:
    print(error)
assert annopipe.start().range(3).count() == 3
"""
    assert f"Sail does not start on port {port}" in python(script)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="pyspark is absent: pip install 'annopipe[sail]'")
    from annopipe.spark import connection

    monkeypatch.setattr(connection, "PATIENCE", 0.3)
    with pytest.raises(SessionError, match=r"no Spark Connect server answers at 127\.0\.0\.1:9"):
        connection.connect("sc://127.0.0.1:9", {})


def test_a_mixture_of_packages_is_told_with_the_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "installed", {"pyspark": "3.5.3", "pyspark-client": "4.2.0"}.get)
    assert (packages.mixture() or "").startswith("pyspark 3.5.3 and pyspark-client 4.2.0 are both installed")
    with pytest.raises(PackageMixture, match=r"pip uninstall -y pyspark pyspark-client, then pip install"):
        packages.check_mixture()
    monkeypatch.setattr(packages, "installed", {"pyspark-client": "4.2.0"}.get)
    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    assert "its files are gone" in (packages.mixture() or "")
    monkeypatch.setattr(packages, "installed", {"pysail": "1"}.get)
    assert packages.mixture() is None


@pytest.mark.parametrize("engine", [None, "sail", "spark"])
def test_without_any_engine_the_extras_are_named(monkeypatch: pytest.MonkeyPatch, engine: str | None) -> None:
    monkeypatch.setattr(session, "_running", None)
    monkeypatch.setattr(session, "_foreign", lambda: None)
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr(packages, "has_sail", lambda: False)
    monkeypatch.setattr(packages, "installed", lambda _: None)
    monkeypatch.setattr(classic, "installed", lambda _: None)
    with pytest.raises(MissingExtra) as told:
        annopipe.start(engine)
    wanted = ["sail", "spark"] if engine is None else [engine]
    assert all(f"pip install 'annopipe[{name}]'" in str(told.value) for name in wanted)
    assert "\n" not in str(told.value)


def test_no_wheel_of_sail_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert "pysail has no wheel for Linux on ARM" in str(packages.no_engine("sail"))


def test_other_users_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pysail", reason="pysail is absent: pip install 'annopipe[sail]'")
    monkeypatch.setattr(neighbours, "other_users", lambda: ["mallory"])
    monkeypatch.setattr("annopipe.warnings._said", set())

    def enough(conf: Any) -> Any:
        raise SessionError("enough")

    monkeypatch.setattr(session, "start_server", enough)
    with pytest.warns(AnnopipeWarning, match=r"mallory.*can reach the session's server"), pytest.raises(SessionError):
        session._start_sail({})


def test_other_users_are_refused_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "other_users", lambda: ["mallory"])
    monkeypatch.setenv("ANNOPIPE_STRICT_LOCAL", "1")
    with pytest.raises(SessionError, match=r"mallory.*ANNOPIPE_STRICT_LOCAL"):
        neighbours.check_neighbours()
    monkeypatch.setattr(neighbours, "other_users", list)
    neighbours.check_neighbours()


@pytest.mark.skipif(
    not Path("/proc/self").is_dir() or getattr(os, "getuid", lambda: 1)() != 0, reason="needs root and /proc"
)
@pytest.mark.parametrize(("uid", "people"), [(4321, {"user id 4321"}), (65534, set()), (99, set())])
def test_people_are_read_from_processes(uid: int, people: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    before = neighbours.other_users()
    with subprocess.Popen(["/bin/cat"], user=uid, stdin=subprocess.PIPE) as other:
        found = set(neighbours.other_users()) - set(before)
        other.communicate(b"")
    assert found == people


def test_users_are_read_from_who(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(neighbours, "_PROCESSES", tmp_path / "absent")
    who = tmp_path / "who"
    who.write_text(f"#!/bin/sh\necho '{neighbours.current_user()} pts/0'\necho 'mallory pts/1'\necho 'eve :0'\n")
    who.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _: str(who))
    assert neighbours.other_users() == ["eve", "mallory"]
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert neighbours.other_users() == []


def test_a_start_is_logged_not_printed(python: Callable[..., str]) -> None:
    script = (
        "import logging, sys\nlogging.basicConfig(level='INFO', stream=sys.stdout, format='%(name)s %(message)s')\n"
    )
    assert python(script + BEGIN) == "annopipe.spark started a session: sail\n"
    assert logging.getLogger("annopipe").handlers


def test_variables_of_sail_are_the_users(python: Callable[..., str]) -> None:
    script = """
import os
import subprocess
import sys
import annopipe
spark = annopipe.start(**{"sail.execution.default_parallelism": 3})
assert not {"RUST_LOG", "SAIL_EXECUTION__DEFAULT_PARALLELISM", "TOKIO_WORKER_THREADS"} & set(os.environ)
frame = spark.range(100, numPartitions=1).selectExpr("id + 1 as n").mapInArrow(lambda b: b, "n long")
print("RoundRobinBatch(3)" in frame.selectExpr("n + 1")._explain_string())
"""
    assert python(script) == "True\n"
    assert "RUST_LOG" not in os.environ


def test_row_groups_are_small_unless_asked_for(python: Callable[..., str]) -> None:
    script = """
import sys
import pathlib
import pyarrow.parquet as pq
import annopipe

def largest(folder, **conf):
    annopipe.start(**conf).range(20000, numPartitions=1).write.parquet(folder)
    annopipe.stop()
    files = [pq.ParquetFile(path).metadata for path in pathlib.Path(folder).glob("*.parquet")]
    assert sum(file.num_rows for file in files) == 20000
    return max(file.row_group(i).num_rows for file in files for i in range(file.num_row_groups))

folder = str(pathlib.Path(sys.argv[0]).parent)
wide = {"sail.parquet.max_row_group_size": 100000}
print(largest(folder + "/lean") == 4096, largest(folder + "/wide", **wide) > 4096)
"""
    assert python(script) == "True True\n"
