"""Exceptions from a file."""

from pathlib import Path

import pytest

from annopipe.annotators.token_rules import read_exceptions
from annopipe.errors import AnnopipeError, ParamValueError


def test_lines_are_taken_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.txt"
    path.write_bytes("\ufeffNew York\r\n  São Tomé  \n\ne\\.g\\.\n".encode())
    assert read_exceptions(path) == ("New York", "  São Tomé  ", "", "e\\.g\\.")
    path.write_bytes("one\u2028\x0c".encode())
    assert read_exceptions(str(path)) == ("one\u2028\x0c",)
    path.write_bytes(b"")
    assert read_exceptions(path) == ()


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(FileNotFoundError, match="not found") as caught:
            read_exceptions(path)
        assert isinstance(caught.value, AnnopipeError)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("São".encode("latin-1"))
    with pytest.raises(ParamValueError, match="is not UTF-8"):
        read_exceptions(path)
