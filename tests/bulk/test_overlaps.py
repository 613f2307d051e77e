"""An input, a cache or a report inside the output is refused before anything is touched."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import annopipe
from annopipe.errors import OutputOverlap

from .jobs import contents, write_parquet

INSIDE = {
    "path": lambda at: at / "out" / "part-00001.parquet",
    "foreign": lambda at: _copied(at / "out" / "part-00001.parquet", at / "out" / "part-mine.parquet"),
    "below": lambda at: _copied(at / "out" / "part-00001.parquet", at / "out" / "deep" / "a.parquet"),
    "folder": lambda at: at / "out",
    "folder below": lambda at: _copied(at / "out" / "part-00001.parquet", at / "out" / "deep" / "a.parquet").parent,
    "dotted": lambda at: at / "out" / ".." / "out" / "part-00001.parquet",
    "glob": lambda at: at / "out" / "*.parquet",
    "wide glob": lambda at: at / "**" / "part-*.parquet",
    "link": lambda at: _linked(at / "link.parquet", at / "out" / "part-00001.parquet"),
    "link to the folder": lambda at: _linked(at / "door", at / "out") / "part-00001.parquet",
    "link as folder": lambda at: _linked(at / "door", at / "out"),
    "hard link": lambda at: _hard(at / "hard.parquet", at / "out" / "part-00001.parquet"),
    "folder with a link": lambda at: _linked(at / "many" / "a.parquet", at / "out" / "part-00001.parquet").parent,
    "folder with a hard link": lambda at: _hard(at / "many" / "a.parquet", at / "out" / "part-00001.parquet").parent,
}


def _copied(source: Path, target: Path) -> Path:
    target.parent.mkdir(exist_ok=True)
    shutil.copy(source, target)
    return target


def _linked(link: Path, target: Path) -> Path:
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target)
    return link


def _hard(link: Path, target: Path) -> Path:
    link.parent.mkdir(exist_ok=True)
    os.link(target, link)
    return link


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("way", INSIDE)
def test_an_input_inside_the_output(way: str, restart: bool, job: Any, tiny_model_folder: Path, tmp_path: Path) -> None:
    job()
    out = tmp_path / "out"
    entry = INSIDE[way](tmp_path)
    before = contents(tmp_path)
    with pytest.raises(OutputOverlap, match="lies inside the output"):
        annopipe.embed_dataset([tmp_path / "in.parquet", entry], out, model=tiny_model_folder, restart=restart)
    assert contents(tmp_path) == before


def test_an_input_inside_the_output_by_its_address(job: Any, tiny_model_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    job()
    before = contents(tmp_path)
    for entry in (f"file://{tmp_path}/out/part-00001.parquet", f"file://{tmp_path}/out/*.parquet"):
        with pytest.raises(OutputOverlap):
            annopipe.embed_dataset(entry, tmp_path / "out", model=tiny_model_folder, restart=True)
    assert contents(tmp_path) == before


def test_an_output_below_an_input_folder_is_left_out_of_it(tiny_model_folder: Path, tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", ["one", "two"])
    options: Any = {"model": tiny_model_folder, "level": "sentence"}
    for _ in range(2):
        assert annopipe.embed_dataset(tmp_path, tmp_path / "out", **options).rows == 2


@pytest.mark.parametrize("what", ["cache", "report"])
@pytest.mark.parametrize("where", ["out/x.db", "out/_report.json", "in.parquet", "link.parquet", "door/x"])
def test_cache_and_report_are_files_of_their_own(what: str, where: str, job: Any, tmp_path: Path) -> None:
    job()
    (tmp_path / "link.parquet").symlink_to("in.parquet")
    (tmp_path / "door").symlink_to("out")
    before = contents(tmp_path)
    with pytest.raises(OutputOverlap, match=f"the {what} "):
        job(restart=True, **{what: tmp_path / where})
    assert contents(tmp_path) == before


def test_the_report_is_neither_config_nor_cache(job: Any, tmp_path: Path) -> None:
    (tmp_path / "job.toml").write_text("restart = true\n")
    with pytest.raises(OutputOverlap, match=r"the report .* is the config"):
        job(config=tmp_path / "job.toml", report=tmp_path / "job.toml")
    with pytest.raises(OutputOverlap, match=r"the report .* is the cache"):
        job(cache=tmp_path / "x", report=tmp_path / "x")
    assert not (tmp_path / "out").exists()
