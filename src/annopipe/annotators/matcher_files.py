"""Rules and texts of matchers kept in files."""

from os import PathLike
from pathlib import Path

from annopipe.errors import ParamValueError, RulesFileMissing


def read_lines(param: str, path: str | PathLike[str]) -> list[str]:
    """Return the lines of a UTF-8 text file that hold something, without white space around them.

    Raises:
        RulesFileMissing: no such file.
        ParamValueError: it is not UTF-8.
    """
    if not Path(path).is_file():
        msg = f"{param}: file {str(path)!r} not found"
        raise RulesFileMissing(msg)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{param}: file {str(path)!r} is not UTF-8: {error}"
        raise ParamValueError(msg) from None
    return [line.strip() for line in text.split("\n") if line.strip()]
