"""Fixtures of a tiny training run; all is skipped where torch, transformers or scipy are absent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("scipy")
pytest.importorskip("safetensors")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sums in one order, small batches, so that a few sentences make several steps."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr("training.batches.TOKENS", 240)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_run import make_corpus

    return make_corpus(tmp_path_factory.mktemp("training") / "corpus")


@pytest.fixture(scope="session")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_run import make_evaluation

    return make_evaluation(tmp_path_factory.mktemp("training") / "evaluation")


@pytest.fixture(scope="session")
def teacher_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_run import make_teacher

    return make_teacher(tmp_path_factory.mktemp("training") / "teacher")


@pytest.fixture(scope="session")
def prepared_work(corpus: Path, evaluation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Segments and vocabulary; not to be changed."""
    from tiny_run import make_work

    return make_work(corpus, evaluation, tmp_path_factory.mktemp("training") / "work")
