"""Servers are noted for the doctor, and notes of servers that are gone are removed."""

import os
import socket
from pathlib import Path

import pytest

from annopipe.cli.doctor.spark import spark
from annopipe.spark import servers


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(servers, "folder", lambda: tmp_path / "run" / "servers")


def _listening() -> socket.socket:
    return socket.create_server((servers.HOST, 0))


def test_a_server_is_listed_while_it_answers() -> None:
    with _listening() as server:
        port = server.getsockname()[1]
        servers.note(port)
        assert servers.running() == [servers.Server(port, os.getpid())]
        assert spark().facts["sessions"] == [f"port {port}, process {os.getpid()}"]
    assert servers.running() == []
    assert list(servers.folder().iterdir()) == []


def test_a_stopped_server_is_forgotten() -> None:
    with _listening() as server:
        port = server.getsockname()[1]
        servers.note(port)
        servers.forget(port)
        assert servers.running() == []


def test_nothing_is_noted_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file in the way")
    servers.note(1)
    servers.forget(1)
    assert servers.running() == []


def test_other_files_are_left_alone() -> None:
    servers.folder().mkdir(parents=True)
    (servers.folder() / "README").write_text("mine")
    assert servers.running() == []
    assert (servers.folder() / "README").exists()


def test_a_remote_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with _listening() as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("SPARK_REMOTE", f"sc://127.0.0.1:{port}/;token=secret")
        section = spark()
        assert section.facts["SPARK_REMOTE"] == f"sc://127.0.0.1:{port}/"
        assert not any("SPARK_REMOTE" in fault for fault in section.faults)
    assert any(f"port {port}" in fault for fault in spark().faults)


def test_a_remote_elsewhere_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_REMOTE", "sc://cluster.example:15002")
    assert not any("SPARK_REMOTE" in fault for fault in spark().faults)
