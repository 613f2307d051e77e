"""Imports that end early, by a full disk, a limit, a signal or a second one: no half of a model stays."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.errors import StoreError
from annopipe.hub.checksums import check
from importers.conftest import contents, nothing_kept
from importers.hostile_archives import zip_of


def test_the_disk_is_full(
    store: Path, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny.zip").write_bytes(zip_of(contents(tiny_model_folder)))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for where in ("annopipe.importers.zips.copy_out", "annopipe.importers.model_folder.write_weights"):
        with monkeypatch.context() as patch:
            patch.setattr(where, full)
            with pytest.raises(StoreError, match="no space left in the store"):
                annopipe.import_model(tmp_path / "tiny.zip")
        assert nothing_kept(store)
    assert annopipe.import_model(tmp_path / "tiny.zip").installed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of POSIX")
def test_files_may_not_become_so_large(store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    """A real limit, met in the middle of unpacking and, with a folder, of writing the weights."""
    (tmp_path / "tiny.zip").write_bytes(zip_of(contents(tiny_model_folder)))
    program = """
        import resource, signal, sys
        import annopipe
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        annopipe.import_model(sys.argv[1])
    """
    for source in (tmp_path / "tiny.zip", tiny_model_folder):
        command = [sys.executable, "-c", textwrap.dedent(program), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "StoreError: importing" in done.stderr
        assert "ulimit -f" in done.stderr
        assert nothing_kept(store)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
@pytest.mark.parametrize("end", ["SIGINT", "SIGKILL"])
def test_an_interrupted_import_leaves_no_model(end: str, store: Path, tiny_model_folder: Path, tmp_path: Path) -> None:
    program = """
        import sys, time
        import annopipe.importers.importing as importing
        def slow(*_):
            print("now", flush=True)
            time.sleep(60)
        importing.check_model = slow
        importing.import_model(sys.argv[1], "slow")
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tiny_model_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"
        process.send_signal(getattr(signal, end))
        process.wait(30)
    assert [path.name for path in store.iterdir() if path.name[0] != "."] == []
    assert nothing_kept(store) == (end == "SIGINT")
    annopipe.import_model(tiny_model_folder, "slow")
    assert sorted(path.name for path in store.iterdir() if any(path.iterdir())) == ["slow_en"]


def test_two_at_once(store: Path, tiny_model_folder: Path) -> None:
    program = "import sys, annopipe; print(annopipe.import_model(sys.argv[1], 'both').folder)"
    command = [sys.executable, "-c", program, str(tiny_model_folder)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    assert {process.communicate(timeout=120)[0].strip() for process in started} == {str(store / "both_en").encode()}
    check(store / "both_en", whole=True)
