"""Arrow tables, batches and readers, and everything else that speaks the Arrow stream protocol."""

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, is_annotation_type
from annopipe.arrow_offsets import with_offsets
from annopipe.errors import ColumnTypeError, RowTooLarge
from annopipe.frames.adapter import Batches, Run
from annopipe.frames.carrying import check_names, is_kept, kept_field, made_field
from annopipe.frames.parts import first_kind, normalised
from annopipe.frames.views import without_views

_MOST_ROWS: Final = 8192
GiveBack = Callable[[Batches, pa.Schema], Any]


class ArrowAdapter:
    """Arrow batches as they lie, and a way to give the same kind back.

    Fields keep their metadata, and so does the schema. Annotation columns in another layout (large lists, string
    views, Polars' key-value lists) come back in the layout of `annopipe.annotation.COLUMN_TYPE`.

    Raises:
        ColumnTypeError: several columns of one name.
    """

    def __init__(self, batches: Batches, schema: pa.Schema, kinds: dict[str, str], give_back: GiveBack) -> None:
        check_names(schema.names, "Arrow frame")
        self._batches = batches
        self._own = schema
        self._give_back = give_back
        self.schema = pa.schema([_sent(field, kinds.get(field.name)) for field in schema], metadata=schema.metadata)

    def apply(self, run: Run, schema: pa.Schema) -> Any:
        """See `Adapter.apply`."""
        fields = [self._own.field(field.name) if self._is_as_it_was(field) else made_field(field) for field in schema]
        result = pa.schema(fields, metadata=schema.metadata)
        return self._give_back((_cast(batch, result) for batch in run(self._sent_batches())), result)

    def _is_as_it_was(self, field: pa.Field) -> bool:
        return is_kept(field) and (field.type != COLUMN_TYPE or self._own.field(field.name).type == COLUMN_TYPE)

    def _sent_batches(self) -> Batches:
        for batch in map(with_offsets, self._batches):
            for first in range(0, batch.num_rows, _MOST_ROWS):
                yield _cast(batch.slice(first, _MOST_ROWS), self.schema)


def arrow_adapter(frame: Any) -> ArrowAdapter:
    """Return the adapter of an Arrow Table, RecordBatch or RecordBatchReader, or of an object with a stream.

    A reader, or a stream, is read once, lazily, and the result of a reader is a reader; a stream gives a Table.
    """
    if isinstance(frame, pa.RecordBatchReader):
        return ArrowAdapter(iter(frame), frame.schema, {}, _reader)
    if isinstance(frame, pa.RecordBatch):
        return ArrowAdapter(iter([frame]), frame.schema, _kinds(frame), _batch)
    if isinstance(frame, pa.Table):
        return ArrowAdapter(iter(frame.to_batches()), frame.schema, _kinds(frame), _table)
    reader = _stream(frame)
    return ArrowAdapter(iter(reader), reader.schema, {}, _table)


def table_of(frame: Any) -> pa.Table:
    """Return whatever `arrow_adapter` takes as a table.

    Raises:
        ColumnTypeError: a stream of something else than a table.
    """
    if isinstance(frame, pa.Table):
        return frame
    return pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else _stream(frame).read_all()


def _stream(frame: Any) -> pa.RecordBatchReader:
    if isinstance(frame, pa.RecordBatchReader):
        return frame
    try:
        return pa.RecordBatchReader.from_stream(frame)
    except (pa.ArrowException, TypeError) as wrong:
        msg = f"the Arrow stream of this {type(frame).__name__} is no table: pass a frame with named columns ({wrong})"
        raise ColumnTypeError(msg) from wrong


def _kinds(frame: pa.Table | pa.RecordBatch) -> dict[str, str]:
    """Return the kinds of annotation columns whose fields do not tell, from their first annotations."""
    columns = {field.name: i for i, field in enumerate(frame.schema) if is_annotation_type(field.type)}
    return {name: kind for name, i in columns.items() if (kind := first_kind(frame.column(i))) is not None}


def _sent(field: pa.Field, kind: str | None) -> pa.Field:
    """Return the field that stages see."""
    if not is_annotation_type(field.type):
        return kept_field(field.with_type(without_views(field.type)))
    told = {b"annotatorType": kind.encode()} if kind else {}
    return kept_field(field.with_type(COLUMN_TYPE).with_metadata({**told, **(field.metadata or {})}))


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types of a schema of the same columns."""
    arrays = []
    for array, field in zip(batch.columns, schema, strict=True):
        if array.type == field.type:
            arrays.append(array)
        else:
            arrays.append(normalised(array) if field.type == COLUMN_TYPE else array.cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _table(batches: Batches, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(batches, schema)


def _reader(batches: Batches, schema: pa.Schema) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, batches)


def _batch(batches: Batches, schema: pa.Schema) -> pa.RecordBatch:
    """Return all rows as one batch.

    Raises:
        RowTooLarge: more floats than the offsets of one Arrow array can count.
    """
    table = pa.Table.from_batches(batches, schema)
    if table.num_rows == 0:
        return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema)
    try:
        parts = table.combine_chunks().to_batches()
    except pa.ArrowInvalid as wrong:
        raise _too_large() from wrong
    if len(parts) > 1:
        raise _too_large()
    return parts[0]


def _too_large() -> RowTooLarge:
    return RowTooLarge(
        "the result does not fit into one RecordBatch, whose arrays end at 2^31 values: pass "
        "pa.Table.from_batches([batch]), which gives a Table in several chunks, or smaller batches"
    )
