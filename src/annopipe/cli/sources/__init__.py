"""Files of texts as streams of Arrow batches."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from annopipe.cli.sources.comma_separated import open_csv
from annopipe.cli.sources.json_lines import open_json_lines
from annopipe.cli.sources.parquet import open_parquet
from annopipe.cli.sources.source import Source
from annopipe.cli.sources.text_lines import open_text_lines
from annopipe.errors import InputFileError

_OPENERS: Final[dict[str, Callable[[Path, str], Source]]] = {
    ".txt": open_text_lines,
    ".jsonl": open_json_lines,
    ".csv": open_csv,
    ".parquet": open_parquet,
}

__all__ = ["Source", "open_source"]


def open_source(path: Path, column: str) -> Source:
    """Open a file by its ending.

    Args:
        path: a file that ends in one of ``annopipe.cli.endings.ENDINGS``, in any case.
        column: the text column, which a ``.txt`` file gets and the others must have.

    Raises:
        InputFileError: it cannot be read, or has no such column.
    """
    source = _OPENERS[path.suffix.lower()](path, column)
    if column not in source.schema.names:
        listed = ", ".join(source.schema.names) or "none"
        msg = f"{path} has no column {column!r}: name its text column with --column; its columns: {listed}"
        raise InputFileError(msg)
    return source
