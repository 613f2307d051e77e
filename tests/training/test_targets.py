"""Targets of the last level: an inner level's own knowledge is added, and little else changes."""

from pathlib import Path

import pytest
import torch
from torch import Tensor
from training.pieces import Vocabulary
from training.targets import FILE, fitted, targets
from training.teacher import Teacher

WORDS, HIDDEN = 3_000, 32
SHARE = 0.05


@pytest.fixture(scope="module")
def levels() -> tuple[Tensor, Tensor]:
    """A last level that hardly uses half of its directions, and an inner one with eight facts of its own."""
    torch.manual_seed(4)
    spread = torch.cat([torch.ones(16), torch.full((16,), 0.03)])
    last = torch.randn(WORDS, HIDDEN) * spread @ torch.linalg.qr(torch.randn(HIDDEN, HIDDEN))[0] + 2.0
    inner = last @ torch.randn(HIDDEN, HIDDEN) + 5 * torch.randn(WORDS, 8) @ torch.randn(8, HIDDEN) - 1.0
    return last, inner


def told(by: Tensor, wanted: Tensor) -> float:
    """Share of the wanted vectors' variance that a linear map of others tells."""
    by, wanted = by - by.mean(0), wanted - wanted.mean(0)
    rest = wanted - by @ torch.linalg.lstsq(by, wanted).solution
    return 1 - float((rest**2).sum() / (wanted**2).sum())


def test_the_inner_levels_own_part_is_added(levels: tuple[Tensor, Tensor]) -> None:
    last, inner = levels
    wanted = fitted(last, inner, 0, SHARE)([inner, last])
    assert told(last, inner) < 0.7
    assert told(wanted, inner) > 0.98
    assert told(wanted, last) > 0.97


def test_as_much_as_asked_for_and_about_nothing(levels: tuple[Tensor, Tensor]) -> None:
    last, inner = levels
    added = fitted(last, inner, 0, SHARE)([inner, last]) - last
    assert float(added.var(0).sum() / last.var(0).sum()) == pytest.approx(SHARE, rel=0.02)
    assert float(added.mean(0).abs().max()) < 1e-3
    assert torch.equal(fitted(last, inner, 0, 0.0)([inner, last]), last)


def test_cosines_stay_near(levels: tuple[Tensor, Tensor]) -> None:
    last, inner = levels
    wanted = fitted(last, inner, 0, SHARE)([inner, last])
    cosines = [torch.nn.functional.normalize(one[:400] - 2.0) for one in (last, wanted)]
    first, second = ((one @ one.T)[torch.triu_indices(400, 400, 1).unbind()] for one in cosines)
    assert float(torch.corrcoef(torch.stack([first, second]))[0, 1]) > 0.97


def test_they_are_made_once(prepared_work: Path, teacher_folder: Path, tmp_path: Path) -> None:
    teacher, vocabulary = Teacher(teacher_folder), Vocabulary(prepared_work / "spiece.model")
    texts = (prepared_work / "segments.txt").read_text(encoding="utf-8").splitlines()[:40]
    made = targets(tmp_path, texts, vocabulary, teacher, 1, SHARE)
    assert (tmp_path / FILE).is_file()
    again = targets(tmp_path, texts[:5], vocabulary, teacher, 1, SHARE)
    assert made.layer == again.layer == 1
    assert torch.equal(made.into, again.into)
    assert torch.linalg.matrix_rank(made.into) == 8
