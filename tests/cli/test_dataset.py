"""annopipe embed INPUT... -o FOLDER: options from words and from a file, the report, refusals."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from annopipe.cli import main


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("It rained.\nWe stayed in.\nIt rained.\n", encoding="utf-8")
    return tmp_path


def test_a_folder_as_output_makes_a_dataset(
    notes: Path, tiny_model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["embed", "notes.txt", "-o", "out", "--level", "sentence", "--model", str(tiny_model_folder)]
    assert main([*words, "--float16", "--shard-rows", "2", "--json", "--report", "report.json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("out: 3 rows, 10 tokens in ")
    assert "texts 3, unique 2, cached 0, computed 2; padding 0, truncated 0; 2 shards" in captured.err
    report = json.loads(captured.out)
    assert (report["rows"], report["computed"]) == (3, 2)
    for written in ("report.json", "out/_report.json"):
        assert json.loads((notes / written).read_text("utf-8")) == report
    assert pq.read_table("out").num_rows == 3
    assert main([*words, "--float16", "--shard-rows", "2"]) == 0
    assert "3 rows (3 of them before)" in capsys.readouterr().err
    assert main(words) == 2
    assert "float16 True, now False; shard_rows 2, now 10000" in capsys.readouterr().err


def test_a_toml_file_says_what_the_words_do_not(
    notes: Path, tiny_model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (notes / "job.toml").write_text(
        f"inputs = ['notes.txt']\noutput = 'out'\nmodel = '{tiny_model_folder}'\nlevel = 'sentence'\n"
        "float16 = true\nshard-rows = 1\n",
        encoding="utf-8",
    )
    assert main(["embed", "--config", "job.toml", "--shard-rows", "3", "-o", "other"]) == 0
    assert "other: 3 rows" in capsys.readouterr().err
    assert len(list(Path("other").glob("*.parquet"))) == 1
    assert str(pq.read_schema("other/part-00000.parquet").field("vector").type).startswith("fixed_size_list<")
    (notes / "job.toml").write_text("input = 'notes.txt'\n", encoding="utf-8")
    assert main(["embed", "notes.txt", "-o", "out", "--config", "job.toml"]) == 2
    assert "input is no option of a bulk job" in capsys.readouterr().err
    (notes / "job.toml").write_text("inputs = \n", encoding="utf-8")
    assert main(["embed", "--config", "job.toml"]) == 2
    assert "job.toml cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["a text", "-o", "out"], "a text: no such file or folder"),
        (["notes.txt", "-o", "out", "--overwrite"], "--overwrite is for one file"),
        (["notes.txt", "-o", "out.parquet", "--level", "sentence"], "--level is for datasets"),
        (["a text", "--no-deduplicate"], "--no-deduplicate is for datasets"),
        (["notes.txt", "-o", "s3://bucket/out"], "is an address"),
    ],
)
def test_refusals(words: list[str], reason: str, notes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", *words]) == 2
    assert reason in capsys.readouterr().err
    assert [path.name for path in notes.iterdir()] == ["notes.txt"]
