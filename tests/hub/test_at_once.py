"""Many processes and threads at once, locks that were left behind, and disks where locks do nothing."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from annopipe.errors import ParamValueError
from annopipe.hub import locate, lock
from annopipe.hub.checksums import check
from hub.conftest import NAME
from hub.local_hub import LocalHub

KEY = f"{NAME}_en"
WEIGHTS = "model.safetensors"
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


def lock_of_key(store: Path) -> Path:
    path = store / ".locks" / f"{KEY}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def foreign(seconds: float = 30.0) -> str:
    """What a process of another host writes into its lock, which this one cannot ask after."""
    return f"filelock/2\npid=1\nhost=another-host\nmode=lease\ntoken=aa\nduration={seconds}\n"


HOLD = """
import sys, time
from pathlib import Path
from annopipe.hub.lock import Lease
lease = Lease(Path(sys.argv[1]))
assert lease.acquire()
print("held", flush=True)
time.sleep(60)
"""


def killed_holder(path: Path, *before: str) -> None:
    """Leave the lock of a process that is gone without a word."""
    words = [*before, sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        held = process.stdout.readline()
        process.kill()
    if held != b"held\n":
        pytest.skip(f"{before[0]} is not allowed here" if before else "no lock")


def test_a_lock_of_a_dead_process_is_free_at_once(hub: LocalHub, store: Path) -> None:
    killed_holder(lock_of_key(store))
    begin = time.monotonic()
    locate(NAME)
    assert time.monotonic() - begin < lock.LEASE / 2
    assert not list((store / ".locks").iterdir())


def test_a_process_number_that_another_process_has_now(store: Path) -> None:
    """The first process of a restarted container has the number of the one before it."""
    path = lock_of_key(store)
    killed_holder(path)
    lines = path.read_text().splitlines(keepends=True)
    if not any(line.startswith("start=") for line in lines):
        pytest.skip("this system does not say when a process began")
    path.write_text("".join(f"pid={os.getpid()}\n" if line.startswith("pid=") else line for line in lines))
    lease = lock.Lease(path)
    assert lease.acquire()
    lease.release()
    assert not path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces of Linux")
@pytest.mark.parametrize(
    "space",
    [("unshare", "-u", "sh", "-c", 'hostname elsewhere; exec "$0" "$@"'), ("unshare", "-p", "-f", "--kill-child")],
    ids=["host", "processes"],
)
def test_a_lock_of_another_host_or_container(
    space: tuple[str, ...], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(lock.VARIABLE, "0.5")
    path = lock_of_key(store)
    killed_holder(path, *space)
    lease = lock.Lease(path)
    assert not lease.acquire()
    begin = time.monotonic()
    while not lease.acquire():
        assert not lease.is_alive
        time.sleep(0.05)
    assert time.monotonic() - begin > 0.4
    lease.release()


DAMAGED = ["", "{", "[]", '{"host": "a", "process": 1, "token": "x"}', "filelock/2\npid=1\n", "1\nhost\n", "\x00" * 99]


@pytest.mark.parametrize("content", [foreign(0.5), foreign(0.7), foreign(1e300), foreign(float("nan")), *DAMAGED])
def test_a_lock_that_is_not_touched(content: str, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lock.VARIABLE, "0.5")
    lock_of_key(store).write_text(content)
    locate(NAME)
    assert not list((store / ".locks").iterdir())


@pytest.mark.parametrize("content", [foreign(1.0), ""])
def test_a_lock_that_is_touched_is_waited_for(
    content: str, hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = lock_of_key(store)
    path.write_text(content)
    monkeypatch.setenv(lock.VARIABLE, "1")
    monkeypatch.setattr(lock, "PATIENCE", 0.5)
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
    said = capsys.readouterr().err
    assert said.startswith(f"annopipe: waiting for {KEY}: ")
    assert str(path) in said
    assert said.count("\n") == 1


def test_a_folder_in_the_place_of_a_lock_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="should be a lock file"):
        lock.Lease(tmp_path).acquire()


@pytest.mark.parametrize("value", ["x", "0", "-1", "nan", "1e9"])
def test_a_lease_that_is_none(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lock.VARIABLE, value)
    with pytest.raises(ParamValueError, match=lock.VARIABLE):
        lock.Lease(tmp_path / "a.lock")


def test_who_removes_a_lock_too_late_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text("old")
    old = lock._stamp(path)
    assert old is not None
    path.unlink()
    path.write_text("new")
    os.utime(path, (1, 1))
    lock._remove(path, old)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_that_was_lost_stays_its_new_holder_s(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first, second = lock.Lease(path), lock.Lease(path)
    assert first.acquire()
    path.unlink()
    assert second.acquire()
    first.release()
    assert path.exists()
    second.release()
    assert not path.exists()


def test_two_at_once_without_a_lock_that_works(
    hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch, model_files: dict[str, bytes]
) -> None:
    """On a disk where locks do nothing there are more downloads, and still only whole models."""
    monkeypatch.setattr(lock.Lease, "acquire", lambda _: True)
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
