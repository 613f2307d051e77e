"""A list of stages as one function over record batches: wiring checked first, memory bounded by slices."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol, Self

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.errors import AnnopipeError, WiringError
from annopipe.frames.detection import adapt
from annopipe.frames.kinds import kind_of
from annopipe.frames.layouts import text_sizes
from annopipe.surrogates import NOTE_COLUMN

FIRST_ROWS: Final = 64
MOST_ROWS: Final = 2048
MOST_BYTES: Final = 256_000


class Step(Protocol):
    """What a plan asks of a stage; every `Transformer` answers it."""

    uid: str

    def getDialect(self) -> str:
        """Return the dialect of the stage."""
        ...

    def copy(self) -> Self:
        """Return a stage of the same values."""
        ...

    def text_input(self) -> str | None:
        """Return the column from which the stage takes bare texts, None if it takes none."""
        ...

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """Return the schema after the stage, or raise `WiringError`."""
        ...

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """Return a batch after the stage; ``schema`` is the one before it."""
        ...


class Plan:
    """Stages over a schema: what comes out, and the function that makes it.

    Raises:
        WiringError: a stage's columns do not fit, or the stages are of two dialects.
    """

    def __init__(self, stages: Sequence[Step], schema: pa.Schema) -> None:
        dialects = {stage.uid: stage.getDialect() for stage in stages}
        if len(set(dialects.values())) > 1:
            listed = ", ".join(f"{uid}: {dialect}" for uid, dialect in dialects.items())
            msg = f"the stages of one pipeline must share one dialect ({listed}): set it on each, or once in options"
            raise WiringError(msg)
        self.stages = list(stages)
        self.schemas = [schema]
        for stage in stages:
            self.schemas.append(stage.output_schema(self.schemas[-1]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle stages and the schema before them; the schemas between are made anew."""
        return Plan, (self.stages, self.schemas[0])

    @property
    def schema(self) -> pa.Schema:
        """The schema after the last stage."""
        return self.schemas[-1]

    def run_rows(self, batch: pa.RecordBatch, first: int = 0) -> Batch:
        """Run all stages over one batch; an error that one of its rows brings about bears that row's number.

        Args:
            batch: rows of ``schemas[0]``.
            first: the number of the first row, where no column of row numbers tells.
        """
        rows = Batch.of(batch, first)
        for stage, schema in zip(self.stages, self.schemas[:-1], strict=True):
            try:
                rows = stage.run(rows, schema)
            except AnnopipeError as error:
                if error.row is not None:
                    error.at(int(rows.places[error.row]), type(stage).__name__)
                raise
        return rows

    def _named(self, batch: pa.RecordBatch, first: int) -> Batch:
        """Run all stages as `run_rows` does; the text of an error that one row brings about begins with its place."""
        try:
            return self.run_rows(batch, first)
        except AnnopipeError as error:
            if error.row is None:
                raise
            raise type(error)(f"row {error.row}, {error.stage}: {error}").at(error.row) from error.__cause__

    def run(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Run all stages over batches, slice by slice: the first slices are small, so that a ``limit`` stops early."""
        return (rows.to_arrow(self.schema) for rows in self.run_batches(batches))

    def run_batches(self, batches: Iterator[pa.RecordBatch]) -> Iterator[Batch]:
        """Run all stages as `run` does, and leave annotations as they are between stages.

        Raises:
            AnnopipeError: of a row, whose number the text begins with.
        """
        rows, first = FIRST_ROWS, 0
        for batch in batches:
            start = 0
            while start < batch.num_rows:
                piece = batch.slice(start, _fitting(batch, start, rows))
                start += piece.num_rows
                rows = min(rows * 2, MOST_ROWS)
                yield self._named(piece, first)
                first += piece.num_rows


def _fitting(batch: pa.RecordBatch, start: int, rows: int) -> int:
    """Return how many rows from ``start`` make a slice: at most ``rows``, and not too much text unless one row is."""
    piece = batch.slice(start, rows)
    sizes = np.zeros(piece.num_rows, np.int64)
    for column in piece.columns:
        if (own := text_sizes(column)) is not None:
            sizes += own
    return max(1, int(np.searchsorted(np.cumsum(sizes), MOST_BYTES, side="right")))


def text_column(stages: Sequence[Step]) -> str:
    """Return the name under which bare texts enter: the first DocumentAssembler's input column, else ``text``."""
    return next((name for stage in stages if (name := stage.text_input()) is not None), "text")


def transform_frame(stages: Sequence[Step], frame: Any) -> Any:
    """Run stages over a frame of any kind and return one of the same kind.

    The stages are copied first: a setter called later does not reach a lazy result. A frame of an engine that came from
    stages is their input with one longer list of stages, so that consecutive calls are one pass over the rows.
    """
    kind = kind_of(frame)
    base, earlier = (frame, []) if kind is None else kind.origin(frame)
    copies = [stage.copy() for stage in stages]
    if earlier and _share_dialect([*earlier, *copies]):
        frame, copies = base, [*earlier, *copies]
    adapter = adapt(frame, text_column(copies))
    schema = adapter.schema
    if NOTE_COLUMN in schema.names:
        schema = schema.remove(schema.get_field_index(NOTE_COLUMN))
    plan = Plan(copies, schema)
    result = adapter.apply(plan.run, plan.schema)
    return result if kind is None else kind.remember(result, frame, copies)


def _share_dialect(stages: Sequence[Step]) -> bool:
    return len({stage.getDialect() for stage in stages}) == 1
