"""Many processes and threads at once, locks that were left behind, and disks where locks do nothing."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from annopipe.hub import locate, lock
from annopipe.hub.checksums import check
from hub.conftest import NAME
from hub.local_hub import LocalHub

KEY = f"{NAME}_en"
WEIGHTS = "model.safetensors"
NOBODY = 2**22 - 7
"""A process that is not running: above what Linux gives out by default."""

PULL = f"from annopipe.hub import locate; print(locate({NAME!r}))"


def test_ten_processes_at_once_make_one_download(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match=WEIGHTS, stall=0.3)
    environment = {**os.environ, "HF_HUB_DOWNLOAD_TIMEOUT": "30", "HF_HUB_ETAG_TIMEOUT": "30"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PULL], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(10)
    ]
    ended = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * 10, ended
    assert {out.strip() for out, _ in ended} == {str(store / KEY)}
    assert {error for _, error in ended} == {""}
    for name in ("config.json", "spiece.model", "tokenizer_config.json", WEIGHTS):
        assert hub.count("bytes", f"/{name}") == 1
    check(store / KEY, whole=True)
    assert not list((store / ".locks").iterdir())
    assert not list((store / ".partial").iterdir())


def test_threads_of_one_process_make_one_download(hub: LocalHub, store: Path) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(locate(NAME))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [store / KEY] * 8
    assert hub.count("bytes", WEIGHTS) == 1


def test_a_killed_download_is_gone_on_from(hub: LocalHub, store: Path, model_files: dict[str, bytes]) -> None:
    hub.fail("bytes", match=WEIGHTS, cut=1000)
    hub.fail("bytes", match=WEIGHTS, stall=30)
    environment = {**os.environ, "HF_HUB_DOWNLOAD_TIMEOUT": "60"}
    with subprocess.Popen([sys.executable, "-c", PULL], env=environment) as process:
        deadline = time.monotonic() + 60
        while hub.count("bytes", WEIGHTS) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    assert len(list((store / ".locks").iterdir())) == 1
    hub.faults.clear()
    hub.requests.clear()
    assert (locate(NAME) / WEIGHTS).read_bytes() == model_files[WEIGHTS]
    assert [headers.get("range") for kind, _, headers in hub.requests if kind == "bytes"] == ["bytes=1000-"]
    assert not list((store / ".locks").iterdir())


def left_behind(store: Path, host: str, process: int) -> Path:
    path = store / ".locks" / f"{KEY}.lock"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"host": host, "process": process, "token": "x"}))
    return path


def test_a_lock_of_a_dead_process(hub: LocalHub, store: Path) -> None:
    left_behind(store, socket.gethostname(), NOBODY)
    locate(NAME)
    assert not list((store / ".locks").iterdir())


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"host": 1}'])
def test_a_lock_that_nobody_touches(
    content: str | None, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = left_behind(store, "another-host", 1)
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(lock, "SILENCE", 0.5)
    locate(NAME)
    assert not list((store / ".locks").iterdir())


def test_a_lock_that_is_touched_is_waited_for(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = left_behind(store, "another-host", 1)
    monkeypatch.setattr(lock, "SILENCE", 1.0)
    begin = time.monotonic()

    def other() -> None:
        while time.monotonic() - begin < 2.5:
            os.utime(path)
            time.sleep(0.1)
        path.unlink()

    thread = threading.Thread(target=other)
    thread.start()
    locate(NAME)
    thread.join()
    assert time.monotonic() - begin > 2.4


def test_who_breaks_a_lock_too_late_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    old, new = lock.Holder("h", 1, "old"), lock.Holder("h", 2, "new")
    path.write_text(json.dumps(new._asdict()))
    lock._break(path, old)
    assert lock._read(path) == new
    assert list(tmp_path.iterdir()) == [path]


def test_two_at_once_without_a_lock_that_works(
    hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch, model_files: dict[str, bytes]
) -> None:
    """On a disk where locks do nothing there are more downloads, and still only whole models."""
    monkeypatch.setattr(lock, "_create", lambda *_: True)
    hub.fail("bytes", match=WEIGHTS, stall=0.2, times=4)
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(locate(NAME))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [store / KEY] * 4
    check(store / KEY, whole=True)
    assert not [path for path in (store / ".partial").rglob("*") if path.is_file()]
