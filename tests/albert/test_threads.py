"""How many threads are used: affinity, and quotas of both kinds of control groups."""

import os
from pathlib import Path

import pytest

from annopipe.albert import threads


def version_2(root: Path, text: str) -> None:
    (root / "cpu.max").write_text(text)


def version_1(root: Path, limit: str, period: str) -> None:
    (root / "cpu").mkdir()
    (root / "cpu" / "cpu.cfs_quota_us").write_text(limit)
    (root / "cpu" / "cpu.cfs_period_us").write_text(period)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the control group's, on a machine of 16 processors."""
    monkeypatch.setattr(threads, "CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    return tmp_path


def test_without_control_groups(root: Path) -> None:
    assert threads.thread_count() == 16


def test_without_affinity(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert threads.thread_count() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads.thread_count() == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("200000 100000\n", 2), ("150000 100000", 2), ("50000 100000", 1), ("9900000 100000", 16), ("max 100000", 16)],
)
def test_quota_of_version_2(root: Path, text: str, count: int) -> None:
    version_2(root, text)
    assert threads.thread_count() == count


@pytest.mark.parametrize(("limit", "count"), [("300000\n", 3), ("10000", 1), ("-1", 16)])
def test_quota_of_version_1(root: Path, limit: str, count: int) -> None:
    version_1(root, limit, "100000\n")
    assert threads.thread_count() == count


@pytest.mark.parametrize("text", ["", "nonsense", "100 0", "a b", "1 2 3"])
def test_files_that_make_no_sense_are_no_limit(root: Path, text: str) -> None:
    version_2(root, text)
    assert threads.thread_count() == 16


def test_here() -> None:
    assert 1 <= threads.thread_count() <= (os.cpu_count() or 1)
