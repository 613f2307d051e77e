"""Bulk jobs on a server in another process give the rows and vectors of a job here."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import annopipe
from annopipe.errors import ParamValueError

from .conftest import NO_SAIL

SERVER = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""
CLIENT = """
import json, os, sys
import annopipe

options = json.loads(sys.argv[1])
try:
    report = annopipe.embed_dataset(**options)
    print(json.dumps(report.described()))
except annopipe.AnnopipeError as error:
    print(json.dumps({"error": type(error).__name__, "text": str(error)}))
sys.stdout.flush()
os._exit(0)
"""
TEXTS = ["We sat by the river.", None, "The bank raised its rates (9).", "", "light light"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a server in a process of its own."""
    pytest.importorskip("pysail", reason=NO_SAIL)
    pytest.importorskip("pyspark", reason=NO_SAIL)
    environment = {**os.environ, "RUST_LOG": "error"}
    environment.pop("SPARK_REMOTE", None)
    program = [sys.executable, "-c", SERVER]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        yield f"sc://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture
def remote(server: str, tiny_model_folder: Path) -> Callable[..., dict[str, Any]]:
    """Run a job on the server from a process of its own; return its report, or its error."""

    def run(**options: Any) -> dict[str, Any]:
        given = {"remote": server, "model": str(tiny_model_folder), **options}
        environment = {key: value for key, value in os.environ.items() if key != "SPARK_REMOTE"}
        client = [sys.executable, "-W", "ignore", "-c", CLIENT, json.dumps(given, default=str)]
        done = subprocess.run(client, capture_output=True, text=True, env=environment, check=False)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


def _by_id(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.rglob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("level", ["word", "sentence", "both"])
def test_a_job_there_gives_what_a_job_here_gives(
    level: str, remote: Callable[..., dict[str, Any]], tiny_model_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"id": range(5), "text": TEXTS}), source)
    report = remote(inputs=str(source), output=tmp_path / "there", level=level)
    here = annopipe.embed_dataset(source, tmp_path / "here", level=level, model=tiny_model_folder)  # type: ignore[arg-type]
    assert (report.get("rows"), report.get("tokens")) == (5, here.tokens if level != "sentence" else 0), report
    one, other = _by_id(tmp_path / "here"), _by_id(tmp_path / "there")
    assert [row["text"] for row in other] == TEXTS
    for a, b in zip(one, other, strict=True):
        assert a.keys() == b.keys()
        if level != "word":
            assert np.abs(np.array(a["vector"]) - np.array(b["vector"])).max() < 1e-5
        if level != "sentence":
            assert [token["result"] for token in a["token"]] == [token["result"] for token in b["token"]]
            for mine, theirs in zip(a["embeddings"], b["embeddings"], strict=True):
                assert np.abs(np.array(mine["embeddings"]) - np.array(theirs["embeddings"])).max() < 1e-5


def test_files_of_several_kinds_are_one_table(remote: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,text\n0,"one, two"\n')
    (tmp_path / "b.jsonl").write_text('{"id": 1, "text": "three"}\n')
    (tmp_path / "c.txt").write_text("four\nfive\n")
    inputs = [str(tmp_path / name) for name in ("a.csv", "b.jsonl", "c.txt")]
    report = remote(inputs=inputs, output=tmp_path / "out", level="sentence")
    assert report.get("rows") == 4, report
    rows = [row for file in (tmp_path / "out").rglob("*.parquet") for row in pq.read_table(file).to_pylist()]
    assert {(row["id"], row["text"]) for row in rows} == {(0, "one, two"), (1, "three"), (None, "four"), (None, "five")}


def test_an_output_that_is_there_is_kept_unless_restart_is_said(
    remote: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    for name, texts in (("a", ["one"]), ("b", ["two", "three"])):
        pq.write_table(pa.table({"text": texts}), tmp_path / f"{name}.parquet")
    output = tmp_path / "out"
    assert remote(inputs=str(tmp_path / "a.parquet"), output=output, level="sentence").get("rows") == 1
    refused = remote(inputs=str(tmp_path / "b.parquet"), output=output, level="sentence")
    assert refused["error"] == "DatasetError"
    assert "restart" in refused["text"]
    assert remote(inputs=str(tmp_path / "b.parquet"), output=output, level="sentence", restart=True).get("rows") == 2


def test_what_is_wrong_is_told_by_name(remote: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    pq.write_table(pa.table({"body": ["one"], "vector": [1]}), tmp_path / "a.parquet")
    options = {"inputs": str(tmp_path / "a.parquet"), "output": tmp_path / "out", "level": "sentence"}
    assert remote(**options)["error"] == "WiringError"
    clash = remote(**options, column="body")
    assert clash["error"] == "WiringError"
    assert "prefix" in clash["text"]
    missing = remote(**{**options, "inputs": str(tmp_path / "nowhere.parquet")})
    assert missing["error"] == "InputFileError", missing


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"flat": True}, "flat"),
        ({"level": "sentence", "float16": True}, "float16"),
        ({"on_error": "skip"}, "on_error"),
        ({"processes": 2}, "processes"),
        ({"cache": True}, "cache"),
    ],
)
def test_options_without_a_place_there_are_refused(options: Any, name: str, tmp_path: Path) -> None:
    with pytest.raises(ParamValueError, match=name):
        annopipe.embed_dataset(tmp_path / "a.parquet", tmp_path / "out", remote="sc://127.0.0.1:1", **options)
