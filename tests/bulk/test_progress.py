"""The progress bar: on a terminal only, and only where tqdm is."""

import importlib.util
import io

import pytest

from annopipe.bulk.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _written(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    with Progress(3) as progress:
        progress.add(2)
        progress.add(1)
    return stream.getvalue()


def test_a_terminal_sees_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    assert "3/3" in _written(_Terminal(), monkeypatch)


def test_without_tqdm_one_line_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert _written(_Terminal(), monkeypatch) == "no progress bar: pip install 'annopipe[progress]' brings it\n"


def test_a_pipe_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _written(io.StringIO(), monkeypatch) == ""
