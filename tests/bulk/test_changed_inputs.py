"""An input that changes while a job reads it is an error that names it: no new text under the old digest."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.bulk import run as run_module
from annopipe.bulk.ledger import Ledger
from annopipe.cli import main
from annopipe.errors import InputFileError, JobChanged

from .jobs import read, write_parquet

ROWS = 300
ENDINGS = [".txt", ".jsonl", ".csv", ".parquet"]


def _write(path: Path, word: str) -> None:
    """Write a file of one size, and rows of one number, for words of one length."""
    texts = [f"{word} {number:05d}" for number in range(ROWS)]
    if path.suffix == ".parquet":
        write_parquet(path, list(texts))
    else:
        lines = {
            ".txt": texts,
            ".jsonl": [f'{{"text": "{text}"}}' for text in texts],
            ".csv": ["text,n", *(f"{text},1" for text in texts)],
        }[path.suffix]
        path.write_text("\n".join(lines) + "\n", "utf-8")


def _in_place(path: Path) -> None:
    times = path.stat()
    _write(path, "bank")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _by_rename(path: Path) -> None:
    times = path.stat()
    other = path.with_name(f"other{path.suffix}")
    _write(other, "bank")
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)


def _longer(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{"text": "more"}\n')


def _shorter(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _back_and_forth(path: Path) -> None:
    before = path.read_bytes()
    _write(path, "bank")
    path.write_bytes(before)


CHANGES = [_in_place, _by_rename, _longer, _shorter, _back_and_forth, Path.unlink]


@pytest.fixture
def change_after_first_look(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen when the ledger is open and nothing is computed."""

    def plan(change: Callable[[], None]) -> None:
        real = Ledger.open

        def opened(self: Ledger, *arguments: Any, **more: Any) -> Any:
            done = real(self, *arguments, **more)
            change()
            return done

        monkeypatch.setattr(Ledger, "open", opened)

    return plan


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_changes_after_the_first_look(
    ending: str, change: Callable[[Path], None], change_after_first_look: Any, tiny_model_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / f"in{ending}"
    _write(source, "land")
    change_after_first_look(lambda: change(source))
    with pytest.raises(InputFileError, match=rf"in\{ending} "):
        annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, level="sentence", shard_rows=100)
    assert list((tmp_path / "out").glob("*.parquet")) == []


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_file_that_changes_while_it_is_computed(
    ending: str, processes: int, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / f"in{ending}"
    _write(source, "land")
    before = source.read_bytes()
    real, written = run_module.ShardWriter.commit, 0

    def commit(self: Any) -> Any:
        nonlocal written
        written += 1
        files = real(self)
        if written == 1:
            _in_place(source)
        return files

    options: Any = {"model": tiny_model_folder, "level": "sentence", "shard_rows": 100, "processes": processes}
    with monkeypatch.context() as patch:
        patch.setattr(run_module.ShardWriter, "commit", commit)
        with pytest.raises(InputFileError, match=r"changed while it was read"):
            annopipe.embed_dataset(source, tmp_path / "out", **options)
    with pytest.raises(JobChanged):
        annopipe.embed_dataset(source, tmp_path / "out", **options)
    source.write_bytes(before)
    assert annopipe.embed_dataset(source, tmp_path / "out", **options).rows_before == 100
    assert all(text.startswith("land") for text in read(tmp_path / "out")["text"].to_pylist())


def test_a_file_that_was_written_just_before(
    change_after_first_look: Any, tiny_model_folder: Path, tmp_path: Path
) -> None:
    """The clock of a file system stands still for some milliseconds."""
    source = tmp_path / "in.txt"
    change_after_first_look(lambda: source.write_text("b\n", "utf-8"))
    for number in range(10):
        source.write_text("a\n", "utf-8")
        with pytest.raises(InputFileError, match="changed while it was read"):
            annopipe.embed_dataset(source, tmp_path / f"out{number}", model=tiny_model_folder, level="sentence")


def test_a_clock_that_tells_nothing(
    change_after_first_look: Any, tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where times and sizes are as they were the digest still differs."""
    source = tmp_path / "in.txt"
    _write(source, "land")
    monkeypatch.setattr("annopipe.bulk.watched._stamp", lambda _: (0,))
    change_after_first_look(lambda: _in_place(source))
    with pytest.raises(InputFileError, match="changed while it was read"):
        annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, level="sentence")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are other there")
def test_a_new_mode_or_link_does_no_harm(change_after_first_look: Any, tiny_model_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    _write(source, "land")

    def harmless() -> None:
        source.chmod(0o640)
        (tmp_path / "link.txt").hardlink_to(source)

    change_after_first_look(harmless)
    report = annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, level="sentence")
    assert report.rows == ROWS


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_one_file_of_the_command_line(
    ending: str,
    change: Callable[[Path], None],
    tiny_model_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from annopipe.bulk.stages import Choice

    source = tmp_path / f"in{ending}"
    _write(source, "land")
    real = Choice.pipeline

    def pipeline(self: Choice) -> Any:
        change(source)
        return real(self)

    monkeypatch.setattr(Choice, "pipeline", pipeline)
    words = [str(source), "-o", str(tmp_path / "out.parquet"), "--model", str(tiny_model_folder)]
    assert main(["embed", *words]) == 2
    assert f"InputFileError: {source} " in capsys.readouterr().err
    assert not (tmp_path / "out.parquet").exists()
    assert not list(tmp_path.glob(".out*"))
