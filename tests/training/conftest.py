"""Fixtures of a tiny training run, and a skip of all its tests where training's own packages are absent."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

NEEDED = ("torch", "transformers", "scipy", "safetensors")
ABSENT = [name for name in NEEDED if find_spec(name) is None]


class Absent(pytest.Module):
    """A module of tests that cannot be imported here."""

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip(f"{', '.join(ABSENT)} absent: pip install --group training", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Skip whole modules before their imports."""
    if ABSENT and module_path.parent == Path(__file__).parent:
        return Absent.from_parent(parent, path=module_path)
    return None


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sums in one order, small batches, so that a few sentences make several steps."""
    import torch

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
