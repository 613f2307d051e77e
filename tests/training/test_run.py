"""Training of a tiny student: fixed seeds, and a cut run that ends where an uncut one does."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from training.checkpoint import LATEST, STABLE, trained
from training.teacher import Teacher
from training.train import LOG, Plan, Training

PLAN = Plan(embedding=16, tokens=2_600, warmup=3, inner=1, log_every=2, check_every=1_000)


class Cut(Exception):
    """The machine went away."""


@pytest.fixture(scope="module")
def teacher(teacher_folder: Path) -> Teacher:
    return Teacher(teacher_folder)


@pytest.fixture(autouse=True)
def saved_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.train.SAVE_SECONDS", -1)


def begun(prepared: Path, work: Path, teacher: Teacher, plan: Plan = PLAN, evaluation: Path | None = None) -> Training:
    if not work.exists():
        shutil.copytree(prepared, work)
    return Training(work, plan, evaluation, teacher)


def cut_at(training: Training, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run until one step has been taken and is lost."""
    whole = training._step

    def stepping(batch: Any) -> None:
        whole(batch)
        if training.progress.step == step:
            raise Cut

    monkeypatch.setattr(training, "_step", stepping)
    with pytest.raises(Cut):
        training.run()


def assert_same(one: Path, two: Path) -> None:
    """Two checkpoints hold the same progress, weights, optimiser and random state."""
    first, second = (torch.load(path, weights_only=True) for path in (one, two))
    assert first["progress"] == second["progress"]
    assert torch.equal(first["random"], second["random"])
    for name, weight in first["model"].items():
        assert torch.equal(weight, second["model"][name]), name
    for index, kept in first["optimiser"]["state"].items():
        assert all(torch.equal(value, second["optimiser"]["state"][index][name]) for name, value in kept.items())


def test_a_cut_run_ends_where_an_uncut_one_does(
    prepared_work: Path, tmp_path: Path, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(prepared_work, tmp_path / "whole", teacher).run()
    for step in (2, 5):
        cut_at(begun(prepared_work, tmp_path / "cut", teacher), step, monkeypatch)
    last = begun(prepared_work, tmp_path / "cut", teacher)
    assert last.progress.step == 4
    last.run()
    assert last.progress.step > 8
    assert last.progress.position.epoch + last.progress.position.batch > 4
    assert_same(tmp_path / "whole" / LATEST, tmp_path / "cut" / LATEST)


def test_a_cut_before_the_first_save_begins_anew(
    prepared_work: Path, tmp_path: Path, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_at(begun(prepared_work, tmp_path / "cut", teacher), 1, monkeypatch)
    assert not (tmp_path / "cut" / LATEST).exists()
    begun(prepared_work, tmp_path / "cut", teacher).run()
    begun(prepared_work, tmp_path / "whole", teacher).run()
    assert_same(tmp_path / "whole" / LATEST, tmp_path / "cut" / LATEST)


def test_a_checkpoint_is_whole_or_the_old_one(
    prepared_work: Path, tmp_path: Path, teacher: Teacher, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = begun(prepared_work, tmp_path / "run", teacher)
    cut_at(training, 3, monkeypatch)
    before = (tmp_path / "run" / LATEST).read_bytes()

    def breaking(state: object, file: Any) -> None:
        file.write(b"half a check")
        raise Cut

    monkeypatch.setattr(torch, "save", breaking)
    again = begun(prepared_work, tmp_path / "run", teacher)
    with pytest.raises(Cut):
        again.run()
    assert (tmp_path / "run" / LATEST).read_bytes() == before


def test_seeds_are_fixed(prepared_work: Path, tmp_path: Path, teacher: Teacher) -> None:
    for name in ("one", "two"):
        begun(prepared_work, tmp_path / name, teacher).run()
    assert_same(tmp_path / "one" / LATEST, tmp_path / "two" / LATEST)
    other = Plan(**{**vars(PLAN), "seed": 21})
    begun(prepared_work, tmp_path / "other", teacher, other).run()
    table = "embeddings.word_embeddings.weight"
    assert not torch.equal(*(trained(tmp_path / name / LATEST).state_dict()[table] for name in ("one", "other")))


def test_the_log_and_the_state_before_the_fall(
    prepared_work: Path, tmp_path: Path, teacher: Teacher, evaluation: Path
) -> None:
    training = begun(prepared_work, tmp_path / "run", teacher, evaluation=evaluation)
    training.run()
    lines = [json.loads(line) for line in (tmp_path / "run" / LOG).read_text().splitlines()]
    assert lines[0]["begin"] == vars(PLAN)
    factors = [line["factor"] for line in lines if "factor" in line]
    assert 1.0 in factors
    assert factors[-1] < 0.3
    assert [line["tokens"] // 1_000 for line in lines if "stsb_dev" in line] == [1, 2, 2]
    first, last = (next(line for line in some if "word" in line) for some in (lines, lines[::-1]))
    assert last["total"] < first["total"]
    stable = torch.load(tmp_path / "run" / STABLE, weights_only=True)["progress"]["tokens"]
    assert (1 - PLAN.decay) * PLAN.tokens < stable < training.progress.tokens
    assert training.progress.tokens >= PLAN.tokens
