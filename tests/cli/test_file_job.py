"""A file of texts becomes one Parquet file: all rows, other columns kept, all or nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import annopipe
from annopipe.cli import main

TEXTS = ["I love Spark NLP", "", 'A "quoted", text; two', "naïve 北京 😀", "  "]


def _txt(path: Path) -> Path:
    path.write_bytes("\ufeff".encode() + "\r\n".join(TEXTS).encode())
    return path


def _jsonl(path: Path) -> Path:
    rows = [{"text": text, "id": number} for number, text in enumerate(TEXTS)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def _csv(path: Path) -> Path:
    pyarrow.csv.write_csv(pa.table({"text": TEXTS, "id": ["00", "01", "02", "03", "04"]}), path)
    return path


def _parquet(path: Path) -> Path:
    pq.write_table(pa.table({"id": pa.array(range(5), pa.int16()), "text": TEXTS}), path)
    return path


WRITERS = {".txt": _txt, ".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}


@pytest.mark.parametrize("ending", WRITERS)
def test_every_kind_of_file(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = WRITERS[ending](tmp_path / f"in{ending}"), tmp_path / "out.parquet"
    assert main(["embed", str(source), "-o", str(target)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{target}: 5 rows, ")
    table = pq.read_table(target)
    assert table.column_names[-3:] == ["document", "token", "embeddings"]
    assert table.column("text").to_pylist() == TEXTS
    if ending != ".txt":
        assert len(table.column("id")) == 5
    for cell, words in zip(table.column("embeddings"), annopipe.load("albert_mini").embed_words(TEXTS), strict=True):
        vectors = [word["embeddings"] for word in cell.as_py()]
        np.testing.assert_allclose(np.array(vectors).reshape(words.vectors.shape), words.vectors, atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({source.name, "out.parquet"})


def test_other_columns_keep_type_and_value(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    main(["embed", str(_parquet(tmp_path / "in.parquet")), "-o", str(target)])
    assert pq.read_schema(target).field("id").type == pa.int16()
    main(["embed", str(_csv(tmp_path / "in.csv")), "-o", str(target), "--overwrite"])
    assert pq.read_table(target).column("id").to_pylist() == ["00", "01", "02", "03", "04"]


def test_column_sentences_and_prefix(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.parquet"
    source.write_text('{"body": "One. Two.", "document": 7}\n', encoding="utf-8")
    more = ["--column", "body", "--sentences", "--prefix", "nlp_"]
    assert main(["embed", str(source), "-o", str(target), *more]) == 0
    table = pq.read_table(target)
    assert table.column_names == ["body", "document", "nlp_document", "nlp_sentence", "nlp_token", "nlp_embeddings"]
    assert len(table.column("nlp_sentence")[0]) == 2


@pytest.mark.filterwarnings("default")
def test_lone_surrogates_of_json_are_mended_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.parquet"
    source.write_text('{"text": "plain"}\n{"text": "half \\ud83d", "tags": ["\\udc00"]}\n', encoding="utf-8")
    assert main(["embed", str(source), "-o", str(target)]) == 0
    assert f"annopipe: warning: {source}: 2 half characters" in capsys.readouterr().err
    assert pq.read_table(target, columns=["text", "tags"]).to_pylist() == [
        {"text": "plain", "tags": None},
        {"text": "half \ufffd", "tags": ["\ufffd"]},
    ]


def test_a_file_without_rows_gives_one_without_rows(tmp_path: Path) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.parquet"
    source.write_bytes(b"")
    assert main(["embed", str(source), "-o", str(target)]) == 0
    assert pq.read_table(target).num_rows == 0
    assert "embeddings" in pq.read_schema(target).names


def test_many_rows_in_order_through_many_batches(tmp_path: Path) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.parquet"
    source.write_text("".join(f"n{number}\n" for number in range(3000)), encoding="utf-8")
    assert main(["embed", str(source), "-o", str(target)]) == 0
    cells = pq.read_table(target, columns=["token"]).column("token").to_pylist()
    assert [cell[0]["result"] for cell in cells] == [f"n{number}" for number in range(3000)]


def _refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["embed", *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("in.txt", b"good\nbad \xff\n", "line 2: not UTF-8"),
        ("in.jsonl", b'{"text": "a"}\n{"text": \n', "line 2: not JSON"),
        ("in.jsonl", b'{"text": "a"}\n[1]\n', "line 2: a JSON object"),
        ("in.jsonl", b"[" * 100_000, "line 1: not JSON"),
        (
            "in.jsonl",
            b'{"text": "a", "n": 1}\n{"text": "b", "n": "x"}\n',
            "line 2: the value of 'n' ('x') does not fit",
        ),
        (
            "in.jsonl",
            b'{"text": "a", "n": 99999999999999999999999}\n',
            "line 1: the value of 'n' (99999999999999999999999)",
        ),
        ("in.jsonl", b'{"body": "a"}\n', "has no column 'text': name its text column with --column; its columns: body"),
        ("in.jsonl", b"", "has no column 'text'"),
        ("in.csv", b"", "not a comma-separated file"),
        ("in.csv", b"text,n\na,1\nb\n", "line 3: 1 fields, where the header line has 2"),
        ("in.csv", b'text,n\n"a\nb",1\n\nc,2,3\n', "line 5: 3 fields, where the header line has 2"),
        ("in.csv", b"text,n\na,\xff\n", "line 2: not UTF-8 (invalid start byte at byte 2)"),
        ("in.csv", b"text,text\na,b\n", "two columns are named 'text'"),
        ("in.csv", b"body\na\n", "has no column 'text'"),
        ("in.parquet", b"PAR1 and no more", "not a readable Parquet file"),
    ],
)
def test_damaged_files(
    name: str, content: bytes, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    error = _refused([str(source), "-o", str(tmp_path / "out.parquet")], capsys)
    assert error.startswith("annopipe: InputFileError: ")
    assert reason in error
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["-o", "out.csv"], "must end in .parquet"),
        (["-o", "absent/out.parquet"], "does not exist: make it first"),
        (["-o", "old.parquet"], "exists already"),
        (["-o", "in.parquet", "--overwrite"], "is the input"),
        ([], "say where its vectors go, with -o in.vectors.parquet"),
        (["a text", "-o", "out.parquet"], "one file at a time"),
        (["-o", "out.parquet", "--column", "id", "--model", "nothing"], "no model 'nothing'"),
    ],
)
def test_refusals(
    words: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    _parquet(Path("in.parquet"))
    Path("old.parquet").write_bytes(b"old")
    Path("folder.parquet").mkdir()
    before = sorted(tmp_path.iterdir())
    assert reason in _refused(["in.parquet", *words], capsys)
    assert sorted(tmp_path.iterdir()) == before
    assert Path("old.parquet").read_bytes() == b"old"


def test_a_column_of_that_name_is_refused_with_the_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": ["a"], "token": ["b"]}), source)
    error = _refused([str(source), "-o", str(tmp_path / "out.parquet")], capsys)
    assert "WiringError" in error
    assert "--prefix" in error


@pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError("disk full")], ids=["interrupt", "disk"])
def test_a_run_that_breaks_off_leaves_the_old_output(
    failure: BaseException | type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, target = _txt(tmp_path / "in.txt"), tmp_path / "out.parquet"
    target.write_bytes(b"old")
    monkeypatch.setattr(pq.ParquetWriter, "write_table", _raising(failure))
    assert main(["embed", str(source), "-o", str(target), "--overwrite"]) in {2, 130}
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "out.parquet"]


def _raising(failure: BaseException | type[BaseException]) -> Callable[..., None]:
    def write(*arguments: object, **more: object) -> None:
        raise failure

    return write
