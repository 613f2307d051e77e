"""A run that was suspended beyond its lease, and wakes after another took over, writes nothing."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.bulk.journal import Done, Layout
from annopipe.bulk.ledger import Ledger
from annopipe.bulk.shard import ShardFile
from annopipe.bulk.tenure import Tenure
from annopipe.errors import DatasetError, JobTakenOver

from .jobs import contents, leftovers, make_texts, read, shards, write_parquet
from .test_ends import started, wait_for, words_of

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


@posix
@pytest.mark.parametrize("processes", [1, 2])
def test_a_suspended_run_wakes_after_a_takeover(
    processes: int, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOPIPE_LEASE_SECONDS", "1")
    texts = [f"{text} {number}" for number, text in enumerate(make_texts(6000))]
    source, out = write_parquet(tmp_path / "in.parquet", texts), tmp_path / "out"
    words = words_of(source, out, tiny_model_folder, "--processes", processes, "--memory", "4GB")
    with started(*words) as first:
        wait_for(first, lambda: len(shards(out)) > 1)
        first.send_signal(signal.SIGSTOP)
        before = len(shards(out))
        with started(*words) as second:
            _, said = second.communicate(timeout=120)
        assert second.returncode == 0, said
        assert "waiting up to 1 s for a sign of life" in said
        assert before < 120
        after = contents(out)
        first.send_signal(signal.SIGCONT)
        _, said = first.communicate(timeout=60)
    assert first.returncode == 2
    assert said.startswith("annopipe: JobTakenOver: ")
    assert said.count("\n") == 1
    assert contents(out) == after
    annopipe.embed_dataset(source, tmp_path / "whole", model=tiny_model_folder, level="sentence", shard_rows=50)
    assert read(out).equals(read(tmp_path / "whole"))


@posix
def test_a_suspended_run_that_nobody_followed_goes_on(
    tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNOPIPE_LEASE_SECONDS", "0.5")
    source, out = write_parquet(tmp_path / "in.parquet", make_texts(3000)), tmp_path / "out"
    with started(*words_of(source, out, tiny_model_folder, "--no-deduplicate")) as process:
        wait_for(process, lambda: len(shards(out)) > 1)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        process.send_signal(signal.SIGCONT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert read(out).num_rows == 3000


MANIFEST: dict[str, Any] = {"format": 1, "settings": {}}
LAYOUT = Layout(4, 2, ("",))


@pytest.fixture
def first(tmp_path: Path) -> Ledger:
    """A ledger whose run has begun its turn, and which another may follow."""
    ledger = Ledger(tmp_path / "out")
    (tmp_path / "out" / "_annopipe").mkdir(parents=True)
    ledger.open(MANIFEST, LAYOUT, restart=False)
    return ledger


def _follow(folder: Path) -> Ledger:
    ledger = Ledger(folder)
    ledger.open(MANIFEST, LAYOUT, restart=False)
    return ledger


def _shard(turn: Tenure, number: int = 0) -> ShardFile:
    name = f"part-{number:05d}.parquet"
    turn.begin_files([name])
    write_parquet(turn.scratch(name), ["a", "b"])
    from annopipe.bulk.durable import digest

    path = turn.scratch(name)
    return ShardFile(name, path.stat().st_size, 2, digest(path))


def _counts() -> dict[str, int]:
    return {"rows": 2, "texts": 2, "unique": 2, "cached": 0, "computed": 2, "tokens": 2, "truncated": 0}


STEPS: dict[str, Callable[[Ledger, ShardFile], None]] = {
    "shard": lambda ledger, file: ledger.tenure.place([file]),
    "entry": lambda ledger, file: ledger.add(Done(0, [file], _counts())),
    "report": lambda ledger, _: ledger.finish({}, []),
    "failures": lambda ledger, _: ledger.finish({}, [{"reason": "x"}]),
    "new file": lambda ledger, _: ledger.tenure.begin_files(["part-00001.parquet"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_refused_after_another_run_began(step: str, first: Ledger) -> None:
    file = _shard(first.tenure)
    _follow(first.folder)
    before = contents(first.folder)
    with pytest.raises(JobTakenOver, match=f"taken over by process {os.getpid()} on "):
        STEPS[step](first, file)
    first.tenure.end()
    assert contents(first.folder) == before


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("look", range(1, 5))
def test_suspended_between_the_look_and_the_step(
    look: int, step: str, first: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run begins right after this one has looked whether one did: nothing of this one counts or stays."""
    file = _shard(first.tenure)
    real, looks = Tenure.check, 0
    followers: list[Ledger] = []
    after: dict[str, bytes] = {}

    def check(self: Tenure) -> None:
        nonlocal looks
        real(self)
        looks += self is first.tenure
        if looks == look and self is first.tenure:
            followers.append(_follow(first.folder))
            after.update(contents(first.folder))

    monkeypatch.setattr(Tenure, "check", check)
    try:
        STEPS[step](first, file)
    except DatasetError as error:
        ended: DatasetError | None = error
    else:
        ended = None
    first.tenure.end()
    if not followers:
        assert ended is None
        return
    assert contents(first.folder) == after
    if ended is not None:
        assert isinstance(ended, JobTakenOver)
    with pytest.raises(JobTakenOver):
        real(first.tenure)
    assert leftovers(first.folder) == []
    second = _shard(followers[0].tenure)
    followers[0].tenure.place([second])
    followers[0].add(Done(0, [second], _counts()))
    assert _follow(first.folder).tenure.generation == 3


def test_a_generation_outlives_a_restart(first: Ledger, tmp_path: Path) -> None:
    ledger = Ledger(first.folder)
    ledger.open(MANIFEST, LAYOUT, restart=True)
    assert ledger.tenure.generation == first.tenure.generation + 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"run": 1}', None])
def test_a_generation_that_is_damaged_ends_the_run_and_the_next_goes_on(content: str | None, first: Ledger) -> None:
    path = first.folder / "_annopipe" / "generation.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(JobTakenOver):
        first.tenure.place([_shard(first.tenure)])
    assert _follow(first.folder).tenure.generation == 2


def test_a_folder_that_is_removed_meanwhile(first: Ledger) -> None:
    import shutil

    file = _shard(first.tenure)
    shutil.rmtree(first.folder)
    for step in STEPS.values():
        with pytest.raises(DatasetError):
            step(first, file)
    assert not first.folder.exists()
