"""The commands for models."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from annopipe.cli import main
from hub.conftest import BASE, NAME
from hub.local_hub import LocalHub

KEY = f"{NAME}_en"


def test_pull_prints_where_the_model_lies(hub: LocalHub, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", NAME]) == 0
    assert capsys.readouterr().out.strip() == str(store / KEY)
    hub.stop()
    assert main(["pull", KEY]) == 0
    assert capsys.readouterr().err == ""


def test_pull_checks_what_is_there_whatever_its_time(
    hub: LocalHub, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["pull", NAME])
    path = store / KEY / "config.json"
    status = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert main(["pull", NAME]) == 2
    assert "config.json was changed" in capsys.readouterr().err
    assert main(["pull", "--force", NAME]) == 0
    assert main(["pull", NAME]) == 0


def test_pull_goes_on_after_a_name_that_fails(hub: LocalHub, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "albert_nothing", NAME]) == 2
    shown = capsys.readouterr()
    assert shown.out.strip() == str(store / KEY)
    assert shown.err.count("\n") == 1
    assert "annopipe: albert_nothing: ModelNotFound: no model 'albert_nothing'" in shown.err


def test_pull_of_a_repository_under_a_name_of_ones_own(hub: LocalHub, store: Path) -> None:
    assert main(["pull", "mine", "--lang", "fr", "--from", f"{BASE}@main"]) == 0
    assert (store / "mine_fr" / "config.json").is_file()


def test_the_bundled_model_needs_no_pull(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "albert_mini"]) == 0
    assert capsys.readouterr().out.strip().endswith("albert_mini_en")
    assert not store.exists()


def test_models_and_remove(hub: LocalHub, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["pull", NAME])
    capsys.readouterr()
    assert main(["models", "--installed", "--json"]) == 0
    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert sorted(names) == sorted([NAME, "albert_mini"])
    assert main(["models", "--lang", "ms"]) == 0
    assert capsys.readouterr().out.count("\n") == 4
    assert main(["remove", NAME]) == 0
    assert capsys.readouterr().out.strip() == f"removed {store / KEY}"
    assert main(["remove", NAME]) == 2
    assert "is not in the store" in capsys.readouterr().err
    assert main(["models", "--lang", "zz"]) == 2
    assert main(["models", "--task", "Translation"]) == 2


def test_remove_takes_what_a_cut_download_left(hub: LocalHub, store: Path) -> None:
    main(["pull", NAME])
    (store / ".partial" / KEY).mkdir()
    assert main(["remove", NAME]) == 0
    assert not (store / ".partial" / KEY).exists()


def test_card(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card", NAME]) == 0
    assert "44.8 MB" in capsys.readouterr().out
    assert main(["card", NAME, "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("---\nlayout: model\n")
    assert main(["card", "albert_embeddings_albert_bas_v1"]) == 2
    assert f"Near: {NAME}_en" in capsys.readouterr().err


def test_doctor_tells_of_store_and_hub(hub: LocalHub, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from annopipe.cli.doctor.models import hub as section

    main(["pull", NAME])
    monkeypatch.setenv("ANNOPIPE_OFFLINE", "1")
    told = section()
    assert told.faults == ()
    assert told.facts["models"] == [f"{KEY} ({BASE}, verified: hub)"]
    assert told.facts["fetching"] == "ANNOPIPE_OFFLINE=1"
    assert told.facts["from"] == hub.endpoint
    (store / KEY / "spiece.model").write_bytes(b"")
    monkeypatch.setenv("ANNOPIPE_CATALOG", str(store / "nothing"))
    told = section()
    assert len(told.faults) == 2
    assert told.facts["models"] == [f"{KEY} (damaged)"]


def test_a_download_says_nothing_on_a_pipe(hub: LocalHub, store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "annopipe", "pull", NAME], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout == f"{store / KEY}\n"
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_download_shows_a_bar_on_a_terminal(hub: LocalHub, store: Path) -> None:
    import pty
    import termios

    pytest.importorskip("tqdm")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    command = [sys.executable, "-m", "annopipe", "pull", NAME]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    shown = ""
    with contextlib.suppress(OSError):
        while part := os.read(ours, 10_000):
            shown += part.decode()
    os.close(ours)
    assert done.stdout.decode().strip() == str(store / KEY)
    assert KEY in shown
    assert "100%" in shown
