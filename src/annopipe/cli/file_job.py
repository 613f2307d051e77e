"""A file's text column to Parquet, in bounded memory, all or nothing."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from annopipe.bulk.progress import Progress
from annopipe.bulk.sources import Source, open_source
from annopipe.bulk.stages import Choice
from annopipe.bulk.watched import Watched
from annopipe.cli.parquet_sink import ParquetSink
from annopipe.errors import CommandError, RowTooLarge, WiringError

_SMALLER_ROWS: Final = (
    "Ways out: -o FOLDER with --flat (a row of the output a token) or with --level sentence (one vector a text), or "
    "shorter texts"
)


@dataclass(frozen=True, slots=True)
class FileJob:
    """Word vectors of one file.

    Attributes:
        choice: model and columns.
        source: ``.txt``, ``.jsonl``, ``.csv`` or ``.parquet``.
        target: the Parquet file to make.
        overwrite: replace ``target`` if it exists.
    """

    choice: Choice
    source: Path
    target: Path
    overwrite: bool = False

    def run(self) -> int:
        """Write the file and say on stderr what was done.

        Raises:
            CommandError: the output exists, is the input, or is no Parquet file's name.
            InputFileError: the input cannot be read, with the line where that is known; found before any encoding.
                Or it changed while it was read; then there is no output.
            RowTooLarge: a row's words need too many bytes; the text names the row and the options that help.
        """
        sink = ParquetSink(self.target, overwrite=self.overwrite)
        if self.target.exists() and self.target.samefile(self.source):
            msg = f"{self.target} is the input: choose another output"
            raise CommandError(msg)
        watched = Watched(self.source)
        source = open_source(self.source, self.choice.column)
        watched.seal()
        self._check_names(source.schema)
        model = self.choice.pipeline()
        start = time.perf_counter()
        reader = pa.RecordBatchReader.from_batches(source.schema, watched.read(source.batches()))
        result: pa.RecordBatchReader = model.transform(reader)
        try:
            tokens = self._write(source, sink, result, watched)
        except RowTooLarge as error:
            fault = str(error).partition(" Ways out:")[0]
            raise RowTooLarge(f"{self.source}, {fault} {_SMALLER_ROWS}") from None
        self._report(source.rows, tokens, time.perf_counter() - start)
        return 0

    def _check_names(self, schema: pa.Schema) -> None:
        taken = [name for name in self.choice.new_columns if name in schema.names and name != self.choice.column]
        if taken:
            msg = f"{self.source} has a column {taken[0]!r} already: --prefix NAME_ gives the new columns other names"
            raise WiringError(msg)

    def _write(self, source: Source, sink: ParquetSink, result: pa.RecordBatchReader, watched: Watched) -> int:
        tokens = 0

        def counted() -> Iterator[pa.RecordBatch]:
            nonlocal tokens
            for batch in result:
                tokens += pc.sum(pc.list_value_length(batch.column(self.choice.embeddings))).as_py() or 0
                yield batch
                progress.add(batch.num_rows)
            watched.check()

        with Progress(source.rows) as progress:
            sink.write(result.schema, counted())
        return tokens

    def _report(self, rows: int, tokens: int, seconds: float) -> None:
        rate = f"{tokens / seconds:.0f} tokens/s" if seconds > 0 else ""
        print(f"{self.target}: {rows} rows, {tokens} tokens in {seconds:.1f} s ({rate})", file=sys.stderr)
