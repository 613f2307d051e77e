"""Exceptions kept in a file."""

from os import PathLike
from pathlib import Path

from annopipe.errors import ExceptionsFileMissing, ParamValueError


def read_exceptions(path: str | PathLike[str]) -> tuple[str, ...]:
    """The lines of a UTF-8 text file, each an exception, taken as they are: not trimmed, empty ones kept.

    Lines end at a line feed, a carriage return or both, as in Spark NLP; a byte order mark is no part of the first.
    Raises `ExceptionsFileMissing`, and `ParamValueError` for a file that is not UTF-8.
    """
    if not Path(path).is_file():
        raise ExceptionsFileMissing(f"exceptionsPath: file {str(path)!r} not found")
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParamValueError(f"exceptionsPath: file {str(path)!r} is not UTF-8: {error}") from None
    lines = text.split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)
