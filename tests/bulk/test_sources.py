"""Files as streams: batches are bounded, and what was looked through first is what comes."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest

import annopipe
from annopipe.bulk.endings import ENDINGS
from annopipe.bulk.sources import _OPENERS, open_source
from annopipe.bulk.sources.source import BATCH_BYTES, BATCH_ROWS, in_batches
from annopipe.errors import InputFileError

from .jobs import write_parquet


def test_every_ending_has_its_reader() -> None:
    assert tuple(_OPENERS) == ENDINGS


def test_batches_are_bounded_in_rows_and_bytes() -> None:
    assert [len(batch) for batch in in_batches((n, 1) for n in range(2 * BATCH_ROWS + 1))] == [
        BATCH_ROWS,
        BATCH_ROWS,
        1,
    ]
    assert [len(batch) for batch in in_batches((n, BATCH_BYTES // 2) for n in range(5))] == [2, 2, 1]


def test_endings_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "IN.TXT").write_text("a\n", encoding="utf-8")
    assert open_source(tmp_path / "IN.TXT", "text").rows == 1


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    file = tmp_path / "in.txt"
    file.write_bytes("a\u2028b\x0bc\x85d\re\n\nf".encode())
    (batch,) = open_source(file, "body").batches()
    assert batch.column("body").to_pylist() == ["a\u2028b\x0bc\x85d\re", "", "f"]


def test_json_columns_are_those_of_all_lines(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    first = '{"text": "a", "n": 1}\n' * BATCH_ROWS
    file.write_text(first + '\n{"text": null, "n": 1.5, "tags": ["x"], "at": {"k": true}}\n', encoding="utf-8")
    source = open_source(file, "text")
    assert source.rows == BATCH_ROWS + 1
    assert source.schema.field("n").type == pa.float64()
    table = pa.Table.from_batches(list(source.batches()), source.schema)
    assert table.slice(BATCH_ROWS).to_pylist() == [{"text": None, "n": 1.5, "tags": ["x"], "at": {"k": True}}]
    assert table.slice(0, 1).to_pylist() == [{"text": "a", "n": 1.0, "tags": None, "at": None}]


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_csv_fields_hold_breaks_quotes_and_commas(breaks: str, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(f'text,n{breaks}"a ""b"", c\nd",007{breaks},{breaks}'.encode())
    source = open_source(file, "text")
    (batch,) = source.batches()
    assert batch.to_pylist() == [{"text": 'a "b", c\nd', "n": "007"}, {"text": "", "n": ""}]


@pytest.mark.parametrize("name", ["in.txt", "in.jsonl", "in.csv"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_other_encodings_are_named(name: str, encoding: str, tmp_path: Path) -> None:
    content = {"in.txt": "One.\nTwo.\n", "in.jsonl": '{"text": "One."}\n', "in.csv": "text,n\nOne.,1\n"}[name]
    (tmp_path / name).write_bytes(content.encode(encoding))
    with pytest.raises(InputFileError, match=rf"line 1: {encoding[:6].upper()}, not UTF-8: convert it"):
        open_source(tmp_path / name, "text", skip=True)


def test_control_characters_alone_are_no_other_encoding(tmp_path: Path) -> None:
    file = tmp_path / "in.txt"
    file.write_bytes(b"\0\n" + b"a\0 text of one line\n\t\t\t\t\n")
    (batch,) = open_source(file, "text").batches()
    assert batch.column("text").to_pylist() == ["\0", "a\0 text of one line", "\t\t\t\t"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("name", ["caf\udce9.txt", "caf\udce9.parquet"])
def test_a_file_whose_name_is_not_utf_8(name: str, tiny_model_folder: Path, tmp_path: Path) -> None:
    if name.endswith(".txt"):
        (tmp_path / name).write_bytes(b"one\n")
    else:
        write_parquet(tmp_path / "plain.parquet", ["one"]).rename(tmp_path / name)
    for before in (0, 1):
        report = annopipe.embed_dataset(
            tmp_path / name, tmp_path / "out\udce9", model=tiny_model_folder, level="sentence"
        )
        assert (report.rows, report.rows_before) == (1, before)
