"""embed_dataset: every level gives the vectors of the engine, beside all other columns."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import annopipe
from annopipe.errors import (
    ColumnTypeError,
    InputFileError,
    MissingExtra,
    ParamTypeError,
    ParamValueError,
    RowFailed,
    WiringError,
)

from .jobs import make_texts, read, rows, shards, write_parquet

TEXTS = make_texts(60)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_parquet(tmp_path / "in.parquet", TEXTS)


@pytest.fixture
def embed(tiny_model_folder: Path, source: Path, tmp_path: Path) -> Any:
    def run(**options: Any) -> Path:
        settings = {"model": tiny_model_folder, "shard_rows": 25, **options}
        report = annopipe.embed_dataset(settings.pop("inputs", source), tmp_path / "out", **settings)
        assert report.rows == report.texts == len(TEXTS)
        return report.output

    return run


def _vectors(column: pa.ChunkedArray, dtype: type) -> np.ndarray:
    array = column.combine_chunks()
    flat = array.flatten().to_numpy(zero_copy_only=False)
    assert flat.dtype == dtype
    return flat.reshape(len(array), -1)


@pytest.mark.parametrize(("half", "dtype"), [(False, np.float32), (True, np.float16)])
def test_sentence_vectors(embed: Any, tiny_model_folder: Path, half: bool, dtype: type) -> None:
    table = read(embed(level="sentence", float16=half, pooling="cls"))
    assert table.column_names == ["id", "text", "vector"]
    assert table["text"].to_pylist() == TEXTS
    theirs = [s.vector for s in annopipe.load(tiny_model_folder).embed_sentences(TEXTS, pooling="cls")]
    np.testing.assert_array_equal(_vectors(table["vector"], dtype), np.stack(theirs).astype(dtype))


@pytest.mark.parametrize("half", [False, True])
def test_words_flat(embed: Any, tiny_model_folder: Path, half: bool) -> None:
    table = read(embed(flat=True, float16=half, layers="mean:-1,-2", pooling="mean", window=12))
    assert table.column_names == ["row", "id", "token", "begin", "end", "vector"]
    found = annopipe.load(tiny_model_folder).embed_words(TEXTS, layers="mean:-1,-2", pooling="mean", window=12)
    every = list(found)
    assert table["row"].to_pylist() == [row for row, words in enumerate(every) for _ in words.tokens]
    assert table["id"].to_pylist() == table["row"].to_pylist()
    assert table["token"].to_pylist() == [token for words in every for token in words.tokens]
    assert table["begin"].to_pylist() == np.concatenate([words.begin for words in every]).tolist()
    assert table["end"].to_pylist() == (np.concatenate([words.end for words in every]) - 1).tolist()
    dtype = np.float16 if half else np.float32
    theirs = np.concatenate([words.vectors for words in every]).astype(dtype)
    np.testing.assert_array_equal(_vectors(table["vector"], dtype), theirs)


@pytest.mark.parametrize("dialect", ["albert", "sparknlp"])
@pytest.mark.parametrize("sentences", [False, True])
def test_annotations_are_those_of_the_pipeline(
    embed: Any, tiny_model_folder: Path, source: Path, dialect: str, sentences: bool
) -> None:
    folder = embed(dialect=dialect, sentences=sentences, prefix="nlp_")
    stages = [annopipe.DocumentAssembler(inputCol="text", outputCol="nlp_document", dialect=dialect)]
    unit = "nlp_document"
    if sentences:
        unit = "nlp_sentence"
        stages.append(annopipe.SentenceDetector(inputCols=["nlp_document"], outputCol=unit, dialect=dialect))
    stages.append(annopipe.Tokenizer(inputCols=[unit], outputCol="nlp_token", dialect=dialect))
    words = annopipe.AlbertEmbeddings.pretrained(str(tiny_model_folder)).setDialect(dialect)
    stages.append(words.setInputCols(unit, "nlp_token").setOutputCol("nlp_embeddings"))
    theirs = annopipe.Pipeline(stages=stages).fit().transform(pq.read_table(source))
    assert rows(folder) == theirs.to_pylist()
    kind = read(folder).schema.field("nlp_embeddings").metadata[b"annotatorType"]
    assert kind == b"word_embeddings"


@pytest.mark.parametrize("sentences", [False, True])
def test_flat_rows_are_the_annotations(embed: Any, tmp_path: Path, sentences: bool) -> None:
    columns = rows(embed(dialect="sparknlp", sentences=sentences))
    annotations = [(number, a) for number, row in enumerate(columns) for a in row["embeddings"]]
    (tmp_path / "out").rename(tmp_path / "annotated")
    flat = rows(embed(dialect="sparknlp", sentences=sentences, flat=True))
    assert [(row["row"], row["begin"], row["end"], row["vector"]) for row in flat] == [
        (number, a["begin"], a["end"], a["embeddings"]) for number, a in annotations
    ]
    if sentences:
        assert [str(row["sentence"]) for row in flat] == [dict(a["metadata"])["sentence"] for _, a in annotations]


def test_both_levels(embed: Any, tmp_path: Path) -> None:
    table = read(embed(level="both"))
    assert table.column_names == ["id", "text", "document", "token", "embeddings", "vector"]
    (tmp_path / "out").rename(tmp_path / "columns")
    folder = embed(level="both", flat=True)
    assert [path.relative_to(folder).as_posix() for path in shards(folder)] == [
        f"{part}/part-0000{number}.parquet" for part in ("sentences", "words") for number in range(3)
    ]
    sentences, words = read(folder / "sentences"), read(folder / "words")
    assert sentences.select(["id", "text", "vector"]).equals(table.select(["id", "text", "vector"]))
    assert words.num_rows == sum(len(cell) for cell in table["embeddings"].to_pylist())


def test_a_shard_has_the_rows_that_were_asked_for(embed: Any) -> None:
    assert [pq.read_metadata(path).num_rows for path in shards(embed(level="sentence"))] == [25, 25, 10]


def test_files_folders_and_globs_make_one_dataset(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.txt").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "a" / "2.jsonl").write_text('{"text": "three", "n": 3}\n', encoding="utf-8")
    (tmp_path / "a" / "_hidden.txt").write_text("no\n", encoding="utf-8")
    (tmp_path / "a" / "notes.md").write_text("no\n", encoding="utf-8")
    (tmp_path / "a" / "deep").mkdir()
    pyarrow.csv.write_csv(pa.table({"text": ["four"], "code": ["007"]}), tmp_path / "a" / "deep" / "3.csv")
    write_parquet(tmp_path / "b5.parquet", ["five", None], 50)
    inputs = [str(tmp_path / "b*.parquet"), tmp_path / "a", tmp_path / "a" / "1.txt"]
    output = tmp_path / "a" / "out"
    for _ in range(2):
        report = annopipe.embed_dataset(inputs, output, model=tiny_model_folder, level="sentence")
        assert report.rows == 6
    table = read(output).drop_columns(["vector"])
    assert table.to_pylist() == [
        {"id": 50, "text": "five", "n": None, "code": None},
        {"id": 51, "text": None, "n": None, "code": None},
        {"id": None, "text": "one", "n": None, "code": None},
        {"id": None, "text": "two", "n": None, "code": None},
        {"id": None, "text": "three", "n": 3, "code": None},
        {"id": None, "text": "four", "n": None, "code": "007"},
    ]


def test_addresses_through_fsspec(tiny_model_folder: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is absent: pip install 'annopipe[remote]'")
    memory = fsspec.filesystem("memory")
    for name, content in {"1.txt": b"one\ntwo", "2.csv": b"text,n\nthree,3\n", "3.jsonl": b'{"text": "four"}'}.items():
        memory.pipe(f"/bulk_test/{name}", content)
    write_parquet(tmp_path / "in.parquet", ["five"])
    memory.pipe("/bulk_test/4.parquet", (tmp_path / "in.parquet").read_bytes())
    try:
        for number, inputs in enumerate(["memory://bulk_test", "memory://bulk_test/*", "memory://bulk_test/1.txt"]):
            output = tmp_path / f"out{number}"
            report = annopipe.embed_dataset(inputs, output, model=tiny_model_folder, level="sentence")
            assert report.rows == (2 if inputs.endswith(".txt") else 5)
        assert read(tmp_path / "out1")["text"].to_pylist() == ["one", "two", "three", "four", "five"]
        with pytest.raises(InputFileError, match="no such file"):
            annopipe.embed_dataset("memory://bulk_test/absent.txt", tmp_path / "no", model=tiny_model_folder)
    finally:
        memory.rm("/bulk_test", recursive=True)


def test_an_address_without_fsspec_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(MissingExtra, match=r"annopipe\[remote\]"):
        annopipe.embed_dataset("s3://bucket/a.txt", tmp_path / "out")


def test_no_rows_make_a_dataset_with_its_columns(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_bytes(b"")
    for level in ("word", "sentence"):
        report = annopipe.embed_dataset(tmp_path / "in.txt", tmp_path / level, model=tiny_model_folder, level=level)
        assert (report.rows, report.shards) == (0, 1)
        assert read(tmp_path / level).num_rows == 0
    assert "vector" in read(tmp_path / "sentence").column_names


def test_the_report_is_in_the_folder_too(tiny_model_folder: Path, source: Path, tmp_path: Path) -> None:
    report = annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, shard_rows=25)
    assert json.loads((tmp_path / "out" / "_report.json").read_text("utf-8")) == report.described()
    tokens = sum(len(words.tokens) for words in annopipe.load(tiny_model_folder).embed_words(TEXTS))
    assert (report.tokens, report.truncated, report.padding, report.shards) == (tokens, 0, 0, 3)
    assert report.bytes == sum(path.stat().st_size for path in shards(tmp_path / "out"))
    assert report.unique == report.computed == len(set(TEXTS))


def _bad_rows(path: Path) -> Path:
    """A Parquet file whose third text is no UTF-8."""
    data = [b"good", b"better", b"bad \xff", b"best"]
    texts = pa.array(data, pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": range(4), "text": texts}), path)
    return path


@pytest.mark.parametrize("options", [{"level": "sentence"}, {}, {"flat": True}], ids=["sentence", "word", "flat"])
def test_a_text_that_is_no_utf8(tiny_model_folder: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    source, output = _bad_rows(tmp_path / "in.parquet"), tmp_path / "out"
    with pytest.raises(RowFailed, match=r"row 2 \(.*in.parquet, its row 2\): the text is not UTF-8"):
        annopipe.embed_dataset(source, output, model=tiny_model_folder, **options)
    report = annopipe.embed_dataset(source, output, model=tiny_model_folder, on_error="skip", restart=True, **options)
    assert (report.rows, report.texts, report.failed) == (4, 3, 1)
    assert sorted({row["id"] for row in rows(output)}) == [0, 1, 3]
    (line,) = (output / "_failures.jsonl").read_text("utf-8").splitlines()
    entry = json.loads(line)
    assert (entry["row"], entry["file"], entry["row_in_file"]) == (2, str(source), 2)
    assert "not UTF-8" in entry["reason"]


def test_damaged_lines_are_skipped_and_named(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a"}\n{"text": \n[1]\n{"text": "b"}\n')
    (tmp_path / "b.txt").write_bytes(b"c\n\xff\nd\n")
    inputs = [tmp_path / "a.jsonl", tmp_path / "b.txt"]
    options: Any = {"model": tiny_model_folder, "level": "sentence"}
    with pytest.raises(InputFileError, match="line 2: not JSON"):
        annopipe.embed_dataset(inputs, tmp_path / "out", **options)
    report = annopipe.embed_dataset(inputs, tmp_path / "out", on_error="skip", **options)
    assert (report.rows, report.failed) == (4, 3)
    assert read(tmp_path / "out")["text"].to_pylist() == ["a", "b", "c", "d"]
    entries = [json.loads(line) for line in (tmp_path / "out" / "_failures.jsonl").read_text("utf-8").splitlines()]
    assert [(Path(entry["file"]).name, entry["line"]) for entry in entries] == [
        ("a.jsonl", 2),
        ("a.jsonl", 3),
        ("b.txt", 2),
    ]


def test_a_row_beyond_the_most_bytes_fails_alone(
    tiny_model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annopipe.AlbertEmbeddings._declared["maxRowBytes"], "default", 16 * 4 * 20)
    source = write_parquet(tmp_path / "in.parquet", ["one two", "many " * 30, "three"])
    report = annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, on_error="skip")
    assert (report.texts, report.failed) == (2, 1)
    assert [row["id"] for row in rows(tmp_path / "out")] == [0, 2]
    assert "RowTooLarge" in (tmp_path / "out" / "_failures.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "error", "reason"),
    [
        ({"level": "page"}, ParamValueError, "level is 'page'"),
        ({"level": "sentence", "flat": True}, ParamValueError, "flat is for word vectors"),
        ({"level": "sentence", "dialect": "sparknlp"}, ParamValueError, "of the albert dialect"),
        ({"level": "sentence", "pooling": "first"}, ParamValueError, "pooling is 'first'"),
        ({"float16": True}, ParamValueError, "annotations hold float32"),
        ({"sentence_pooling": "cls"}, ParamValueError, "for the level 'both'"),
        ({"dialect": "klingon"}, ParamValueError, "klingon"),
        ({"shard_rows": 0}, ParamValueError, "shard_rows is 0"),
        ({"shard_rows": "9"}, ParamTypeError, "shard_rows is '9': give int"),
        ({"threads": True}, ParamTypeError, "threads is True"),
        ({"processes": 0}, ParamValueError, "processes is 0"),
        ({"memory": "much"}, ParamValueError, "memory is 'much'"),
        ({"memory": "10MB"}, ParamValueError, "needs .* at least"),
        ({"cache": True, "deduplicate": False}, ParamValueError, "a cache is for equal texts"),
        ({"layer": "last"}, ParamTypeError, "layer is no option"),
        ({"layers": "most"}, ParamValueError, "layers is 'most'"),
        ({"column": "id"}, ColumnTypeError, "holds int64, not texts"),
        ({"column": "body"}, InputFileError, "has no column 'body'"),
        ({"level": "sentence", "prefix": "te", "column": "id"}, ColumnTypeError, "not texts"),
        ({"inputs": []}, ParamValueError, "inputs is missing"),
        ({"inputs": "absent.txt"}, InputFileError, "no such file or folder"),
        ({"inputs": "s3.md"}, InputFileError, "no such file"),
    ],
)
def test_refusals(
    options: dict[str, Any], error: type[Exception], reason: str, tiny_model_folder: Path, source: Path, tmp_path: Path
) -> None:
    settings = {"model": tiny_model_folder, **options}
    with pytest.raises(error, match=reason):
        annopipe.embed_dataset(settings.pop("inputs", source), tmp_path / "out", **settings)
    assert not shards(tmp_path / "out")


def test_a_column_of_the_name_of_a_new_one(tiny_model_folder: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"], "vector": [1]}), tmp_path / "in.parquet")
    options: Any = {"model": tiny_model_folder, "level": "sentence"}
    with pytest.raises(WiringError, match="'vector' already: prefix"):
        annopipe.embed_dataset(tmp_path / "in.parquet", tmp_path / "out", **options)
    annopipe.embed_dataset(tmp_path / "in.parquet", tmp_path / "out", prefix="my_", restart=True, **options)
    assert read(tmp_path / "out").column_names == ["text", "vector", "my_vector"]


def test_columns_of_two_kinds_do_not_go_together(tiny_model_folder: Path, tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", ["a"])
    (tmp_path / "b.csv").write_text("text,id\nb,x\n", encoding="utf-8")
    with pytest.raises(InputFileError, match=r"b\.csv: a column is of another kind"):
        annopipe.embed_dataset([tmp_path / "a.parquet", tmp_path / "b.csv"], tmp_path / "out", model=tiny_model_folder)


def test_a_folder_with_other_files_is_not_touched(tiny_model_folder: Path, source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "part-00000.parquet").write_bytes(b"mine")
    with pytest.raises(annopipe.AnnopipeError, match="holds files that no bulk job wrote"):
        annopipe.embed_dataset(source, tmp_path / "out", model=tiny_model_folder, restart=True)
    assert (tmp_path / "out" / "part-00000.parquet").read_bytes() == b"mine"
