"""Files of texts as streams of Arrow batches."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from annopipe.bulk.sources.comma_separated import open_csv
from annopipe.bulk.sources.json_lines import open_json_lines
from annopipe.bulk.sources.parquet import open_parquet
from annopipe.bulk.sources.source import Fault, Faults, Place, Source, refusing
from annopipe.bulk.sources.text_lines import open_text_lines
from annopipe.errors import InputFileError

_OPENERS: Final[dict[str, Callable[[Place, str, Faults], Source]]] = {
    ".txt": open_text_lines,
    ".jsonl": open_json_lines,
    ".csv": open_csv,
    ".parquet": open_parquet,
}

__all__ = ["Fault", "Place", "Source", "open_source", "refusing"]


def open_source(path: Place, column: str, *, skip: bool = False) -> Source:
    """Open a file by its ending.

    Args:
        path: a file that ends in one of ``annopipe.bulk.endings.ENDINGS``, in any case.
        column: the text column, which a ``.txt`` file gets and the others must have.
        skip: leave damaged lines of ``.txt`` and ``.jsonl`` files out, named in ``Source.faults``.

    Raises:
        InputFileError: it cannot be read, or has no such column; without ``skip`` also the first damaged line.
    """
    faults: list[Fault] = []
    source = _OPENERS[path.suffix.lower()](path, column, faults.append if skip else refusing(path))
    if column not in source.schema.names:
        listed = ", ".join(source.schema.names) or "none"
        msg = f"{path} has no column {column!r}: name its text column with --column; its columns: {listed}"
        raise InputFileError(msg)
    return replace(source, faults=tuple(faults))
