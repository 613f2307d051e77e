"""Comma-separated files: every row that the file holds, in its place, as another reader sees it."""

import csv
import io
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import annopipe
from annopipe.bulk.sources import comma_separated, open_source
from annopipe.errors import InputFileError

from .jobs import rows


def _texts(path: Path, content: bytes) -> list[str | None]:
    path.write_bytes(content)
    source = open_source(path, "text")
    texts = [row["text"] for batch in source.batches() for row in batch.to_pylist()]
    assert len(texts) == source.rows
    return texts


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b'text\na\n\nb\n""\n', ["a", None, "b", ""]),
        (b'text\na\n\nb\n""', ["a", None, "b", ""]),
        (b'"text"\n"a"\n\n"b"\n""\n', ["a", None, "b", ""]),
        (b'text\r\na\r\n\r\nb\r\n""\r\n', ["a", None, "b", ""]),
        (b'text\ra\r\rb\r""\r', ["a", None, "b", ""]),
        (b"text\n\n\na\n", [None, None, "a"]),
        (b"text\na\n\n", ["a"]),
        (b"text\r\na\r\n\r\n", ["a"]),
        (b"text\na\n\n\n", ["a", None]),
        (b"text\n\n", []),
        (b"text\n", []),
        (b"text", []),
        (b'text\n"a\n\nb"\n\nc\n', ["a\n\nb", None, "c"]),
        (b"text\n \n\na\n", [" ", None, "a"]),
        (b"\n\r\ntext\na\n\nb\n", ["a", None, "b"]),
        (b"\xef\xbb\xbf\ntext\na\n\nb\n", ["a", None, "b"]),
        (b"text,n\na,1\n\nb,2\n\n", ["a", "b"]),
        (b'text,n\n,1\n"",2\n', ["", ""]),
        (b"\xef\xbb\xbf\r\n\r\ntext,n", []),
    ],
)
def test_blank_lines(content: bytes, texts: list[str | None], tmp_path: Path) -> None:
    assert _texts(tmp_path / "in.csv", content) == texts


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_faulty_lines_are_numbered_as_an_editor_does(line_break: str, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    for lines, number in ((["", "text", "", "a", "", "b,c"], 6), (["", "text,n", "", "a,1", "", "b"], 6)):
        file.write_text(line_break.join(lines), "utf-8", newline="")
        with pytest.raises(InputFileError, match=f"line {number}: "):
            open_source(file, "text")


def test_a_dataset_holds_the_blank_row(tiny_model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b'text\na\n\nb\n""\n')
    report = annopipe.embed_dataset(
        tmp_path / "in.csv", tmp_path / "out", model=tiny_model_folder, level="sentence", shard_rows=2
    )
    assert report.rows == 4
    assert [row["text"] for row in rows(tmp_path / "out")] == ["a", None, "b", ""]


def test_a_break_between_two_blocks_is_kept(tmp_path: Path) -> None:
    content = b'text,n\r\n"0123456789\r\n0123456789\r\n0123456789",1\r\nb,2\r\n'
    for size in range(50, 70):
        with patch.object(comma_separated, "BLOCK_BYTES", size):
            assert _texts(tmp_path / "in.csv", content) == ["0123456789\r\n0123456789\r\n0123456789", "b"]


def _as_csv_reads(content: str) -> list[list[str | None]]:
    """What Python's own reader finds, with our rule for blank lines."""
    found = list(csv.reader(io.StringIO(content, newline="")))
    while not found[0]:
        found.pop(0)
    body: list[list[str | None]] = [list(row) for row in found[1:]]
    if len(found[0]) > 1:
        return [row for row in body if row]
    return [row or [None] for row in (body if not body or body[-1] else body[:-1])]


@st.composite
def _files(draw: st.DrawFn) -> str:
    width, end = draw(st.integers(1, 3)), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    plain = st.sampled_from(["", "a", "x y", "é😀", " ", "\u2028", "longer"])
    quoted = st.lists(st.sampled_from(["a", ",", '""', end, "\n", "é"]), max_size=6).map(lambda p: f'"{"".join(p)}"')
    line = st.one_of(st.just(""), st.lists(plain | quoted, min_size=width, max_size=width).map(",".join))
    header = ",".join(["text", "b", "c"][:width])
    lines = [""] * draw(st.integers(0, 2)) + [header, *draw(st.lists(line, max_size=12))]
    return end.join(lines) + draw(st.sampled_from(["", end]))


@settings(max_examples=300, deadline=None)
@given(content=_files(), block=st.sampled_from([60, 80, 120, 1 << 20]))
def test_rows_are_those_that_another_reader_finds(
    content: str, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(content.encode())
    with patch.object(comma_separated, "BLOCK_BYTES", block):
        try:
            found = [list(row.values()) for batch in open_source(file, "text").batches() for row in batch.to_pylist()]
        except InputFileError:
            if block < len(content.encode()):
                return  # a row longer than a block
            raise
    assert found == _as_csv_reads(content)
