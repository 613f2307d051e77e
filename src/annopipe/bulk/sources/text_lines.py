"""``.txt``: a text a line, UTF-8; empty lines are rows too, so that row and line numbers agree."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator

import pyarrow as pa

from annopipe.bulk.sources.encodings import SAMPLE, check_utf8
from annopipe.bulk.sources.source import Fault, Faults, Place, Source, in_batches


def open_text_lines(path: Place, column: str, faults: Faults) -> Source:
    """Open a text file as one column; ``faults`` is told of lines that are no UTF-8."""
    schema = pa.schema([pa.field(column, pa.string())])
    rows = sum(1 for _ in lines_of(path, faults))
    return Source(schema, rows, lambda: _batches(path, schema))


def _batches(path: Place, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    texts = ((text, size) for _, text, size in lines_of(path, lambda _: None))
    for batch in in_batches(texts):
        yield pa.RecordBatch.from_arrays([pa.array(batch, pa.string())], schema=schema)


def lines_of(path: Place, faults: Faults) -> Iterator[tuple[int, str, int]]:
    """Yield the lines of a file as `decoded` does."""
    with path.open("rb") as file:
        yield from decoded(path, file, faults)


def decoded(where: object, lines: Iterable[bytes], faults: Faults) -> Iterator[tuple[int, str, int]]:
    """Yield each line's number, its text without the break, and its size in bytes; lines end with LF or CR LF only.

    A byte order mark is taken off.

    Raises:
        InputFileError: the text is UTF-16 or UTF-32.
    """
    for number, line in enumerate(lines, 1):
        if number == 1:
            check_utf8(where, line[:SAMPLE])
        raw = line.removeprefix(BOM_UTF8) if number == 1 else line
        try:
            text = raw.decode()
        except UnicodeDecodeError as broken:
            faults(Fault(number, f"not UTF-8 ({broken.reason} at byte {broken.start}): convert the file"))
            continue
        yield number, text.removesuffix("\n").removesuffix("\r"), len(line)
