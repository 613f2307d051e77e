"""A dataset comes from one model: a job whose model's files change ends by name, and goes on with the old files."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.bulk.computing import Processes
from annopipe.bulk.engine import Engine
from annopipe.bulk.shard import ShardWriter
from annopipe.cli.command import main
from annopipe.errors import JobChanged, ModelChanged, ModelError
from tiny_model import make_tiny_model

from .jobs import make_texts, read, write_parquet

TEXTS = make_texts(90)


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be changed."""
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


@pytest.fixture
def job(folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """Run a job of five shards into a folder."""
    write_parquet(tmp_path / "in.parquet", TEXTS)

    def run(output: str = "out", **options: Any) -> Any:
        settings = {"model": folder, "level": "sentence", "shard_rows": 20, **options}
        return annopipe.embed_dataset(tmp_path / "in.parquet", tmp_path / output, **settings)

    return run


def rewritten(folder: Path) -> None:
    make_tiny_model(folder, seed=9)


def cut_off(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:5000])


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def no_more(folder: Path) -> None:
    (folder / "spiece.model").unlink()


def after_a_shard(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Let the model change once the first shard is in place."""
    commit, done = ShardWriter.commit, list[str]()

    def committing(self: ShardWriter) -> Any:
        files = commit(self)
        if not done:
            change()
        done.append("shard")
        return files

    monkeypatch.setattr(ShardWriter, "commit", committing)


@pytest.mark.parametrize("change", [rewritten, cut_off, removed, no_more])
@pytest.mark.parametrize("options", [{}, {"processes": 2, "threads": 2, "memory": "2GB"}], ids=["one", "two"])
def test_a_model_that_changes_ends_the_job_and_the_old_one_goes_on(
    job: Any,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
    options: dict[str, Any],
) -> None:
    kept = shutil.copytree(folder, tmp_path / "kept")
    whole = job("whole")
    with monkeypatch.context() as patch:
        after_a_shard(patch, lambda: change(folder))
        with pytest.raises(ModelError):
            job(**options)
    if change is rewritten:
        with pytest.raises(JobChanged):
            job(**options)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    report = job(**options)
    assert (report.rows, report.rows_before) == (90, 20) == (whole.rows, 20)
    assert read(tmp_path / "out").equals(read(tmp_path / "whole"))


def test_the_model_that_is_loaded_is_the_one_that_the_manifest_names(
    job: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the folder and the loading, and in processes that start later."""
    load = Engine.__init__

    def late(self: Engine, *given: Any) -> None:
        load(self, *given)
        rewritten(folder)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "__init__", late)
        with pytest.raises(ModelChanged, match=r"the model in .* was changed while the job ran"):
            job()


def test_processes_that_start_later_load_the_same_model_or_none(
    job: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = Processes.__enter__

    def late(self: Processes) -> Processes:
        rewritten(folder)
        return enter(self)

    monkeypatch.setattr(Processes, "__enter__", late)
    with pytest.raises(ModelChanged, match="put the old files back"):
        job(processes=2, threads=2, memory="2GB")


def test_the_command_ends_with_an_error(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_parquet(tmp_path / "in.parquet", TEXTS)
    after_a_shard(monkeypatch, lambda: rewritten(folder))
    arguments = ["embed", str(source), "-o", str(tmp_path / "out"), "--model", str(folder), "--level", "sentence"]
    assert main([*arguments, "--shard-rows", "20"]) != 0
    assert "was changed while the job ran" in capsys.readouterr().err
