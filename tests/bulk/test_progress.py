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


def test_a_job_shows_tokens_a_second_padding_and_truncated_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    stream = _Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with Progress(10, done=4) as progress:
        progress.add(2, 7, 1)
        progress.add(1, 9, 2)
        progress.commit()
        progress.add(3, 5, 1)
    shown = stream.getvalue()
    assert "10/10" in shown
    assert "100%" in shown
    assert "tokens/s, padding 0, truncated 3" in shown


def test_a_bar_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with Progress(3, shown=False) as progress:
        progress.add(3, 5)
    assert stream.getvalue() == ""
