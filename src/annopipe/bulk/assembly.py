"""The rows of the dataset: what was carried along beside what was computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from annopipe.arrow_buffers import numbers
from annopipe.bulk.planning import Planned
from annopipe.bulk.result import Ints, Part, Result, joined, ranges, take
from annopipe.bulk.seen import Ref, Seen
from annopipe.bulk.settings import WORDS, Settings
from annopipe.bulk.slices import Slice
from annopipe.errors import WiringError

ROW = "row"
"""Name of the column of a part with a row a token that says of which row of the inputs it is."""

Pieces = dict[str, list[pa.RecordBatch]]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A slice, finished.

    Attributes:
        batches: part → batches of rows, in order.
        tokens, cut: tokens of all rows, and those without a vector.
        failures: place of a row in the slice → why it has no rows.
    """

    batches: Mapping[str, list[pa.RecordBatch]]
    tokens: int
    cut: int
    failures: Mapping[int, str]


class Assembler:
    """Lays computed columns beside carried ones.

    Raises:
        WiringError: a carried column has the name of a new one.
    """

    def __init__(self, settings: Settings, carried: pa.Schema, new: Mapping[str, pa.Schema], batch_bytes: int) -> None:
        self._settings, self._batch_bytes, self._new = settings, batch_bytes, new
        self._repeated = [name for name in carried.names if name != settings.column]
        self.schemas = {name: self._schema(name, carried, schema) for name, schema in new.items()}

    def _schema(self, part: str, carried: pa.Schema, new: pa.Schema) -> pa.Schema:
        if part == WORDS:
            row = pa.field(self._settings.prefix + ROW, pa.int64(), nullable=False)
            old = [row, *(carried.field(name) for name in self._repeated)]
        else:
            old = list(carried)
        names = [field.name for field in old]
        clash = [name for name in new.names if name in names]
        if clash or len(set(names)) < len(names):
            msg = f"the inputs have a column {(clash or names)[0]!r} already: prefix gives the new columns other names"
            raise WiringError(msg)
        return pa.schema([*old, *new])

    def assemble(self, planned: Planned, seen: Seen) -> Assembled:
        """Return a slice whose results have arrived."""
        failures = dict(planned.slice.failures)
        tokens = cut = 0
        results = {number: seen.result(number) for number in planned.groups}
        for place, ref in enumerate(planned.refs):
            if ref is None:
                continue
            result = results[ref.group]
            tokens, cut = tokens + int(result.tokens[ref.place]), cut + int(result.cut[ref.place])
            if ref.place in result.failures:
                failures[place] = result.failures[ref.place]
        batches = {}
        for name, schema in self._new.items():
            table, counts = _gathered(name, schema, planned.refs, results)
            batches[name] = list(self._rows(name, planned.slice, table, counts))
        return Assembled(batches, tokens, cut, failures)

    def assemble_part(self, planned: Planned, result: Result) -> Assembled:
        """Return one part of what comes of a slice that is one long text."""
        batches = {
            name: list(self._rows(name, planned.slice, part.table, np.diff(part.offsets)))
            for name, part in result.parts.items()
        }
        return Assembled(batches, int(result.tokens.sum()), int(result.cut.sum()), result.failures)

    def _rows(self, part: str, slice_: Slice, table: pa.RecordBatch, counts: Ints) -> Iterator[pa.RecordBatch]:
        """Batches of rows; carried columns are repeated only as far as they stay small."""
        if not table.num_rows:
            return
        rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        step = len(rows)
        carried = slice_.batch
        if part == WORDS:
            carried = carried.select(self._repeated)
            size = max(1, carried.nbytes if carried.num_columns else 1)
            step = max(1, int(self._batch_bytes // (size if slice_.alone else max(1, size // carried.num_rows))))
        for first in range(0, len(rows), step):
            some = rows[first : first + step]
            columns = take(carried, some).columns if carried.num_columns else []
            if part == WORDS:
                columns = [numbers(some + slice_.first), *columns]
            new = table.slice(first, len(some)).columns
            yield pa.RecordBatch.from_arrays([*columns, *new], schema=self.schemas[part])


def _gathered(
    name: str, schema: pa.Schema, refs: Sequence[Ref | None], results: Mapping[int, Result]
) -> tuple[pa.RecordBatch, Ints]:
    """Return the new columns of a slice's rows in order, and how many rows each has."""
    group = np.array([-1 if ref is None else ref.group for ref in refs], np.int64)
    text = np.array([-1 if ref is None else ref.place for ref in refs], np.int64)
    place: Ints = np.zeros(len(refs), np.int64)
    counts: Ints = np.zeros(len(refs), np.int64)
    pieces: list[pa.RecordBatch] = []
    before = 0
    for number, result in results.items():
        mine = np.flatnonzero(group == number)
        unique, which = np.unique(text[mine], return_inverse=True)
        piece, first = _piece(result.parts[name], unique)
        place[mine] = before + first[which]
        counts[mine] = np.diff(result.parts[name].offsets)[text[mine]]
        before += piece.num_rows
        pieces.append(piece)
    return take(joined(pieces, schema), ranges(place, counts)), counts


def _piece(part: Part, texts: Ints) -> tuple[pa.RecordBatch, Ints]:
    """Return the rows of some texts, and where those of each begin."""
    first, counts = part.rows_of(texts)
    starts: Ints = np.cumsum(counts) - counts
    return take(part.table, ranges(first, counts)), starts
