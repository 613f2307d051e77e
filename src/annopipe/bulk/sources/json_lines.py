"""``.jsonl``: a JSON object a line. Columns are all keys of all lines; a line without a key has null there."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from annopipe.bulk.sources.source import Fault, Faults, Place, Source, in_batches
from annopipe.bulk.sources.text_lines import lines_of
from annopipe.errors import InputFileError
from annopipe.surrogates import mend
from annopipe.warnings import warn_once

Numbered = tuple[int, dict[str, Any]]
_UNFIT: Final = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError)


def open_json_lines(path: Place, column: str, faults: Faults) -> Source:  # noqa: ARG001
    """Open a file of JSON lines; the first look through it settles the type of each column.

    Half characters (lone ``\\ud83d`` escapes), which Arrow cannot hold, become U+FFFD; a warning tells how many.
    ``faults`` is told of lines that are no JSON object.

    Raises:
        InputFileError: a column holds values of kinds that do not go together.
    """
    schema, rows, replaced = pa.schema([]), 0, 0
    for batch in in_batches(_objects(path, faults)):
        rows += len(batch)
        replaced += sum(_mended(row)[1] for _, row in batch)
        schema = _joined(path, schema, batch)
    if replaced:
        warn_once(f"{path}: {replaced} half characters (lone surrogates such as \\ud83d) became U+FFFD")
    return Source(schema, rows, lambda: _batches(path, schema))


def _objects(path: Place, faults: Faults) -> Iterator[tuple[Numbered, int]]:
    for number, line, size in lines_of(path, faults):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as broken:
            faults(Fault(number, f"not JSON ({broken})"))
            continue
        if isinstance(value, dict):
            yield (number, {mend(key)[0]: item for key, item in value.items()}), size
        else:
            kind = type(value).__name__
            faults(Fault(number, f'a JSON object such as {{"text": "…"}} is needed, not {kind}'))


def _joined(path: Place, schema: pa.Schema, batch: list[Numbered]) -> pa.Schema:
    for name in dict.fromkeys(name for _, row in batch for name in row):
        place = schema.get_field_index(name)
        known = pa.null() if place < 0 else schema.field(place).type
        try:
            field = pa.field(name, _unified(known, _array(name, batch, None).type))
        except _UNFIT as unfit:
            raise _odd_value(path, name, batch, known) from unfit
        schema = schema.append(field) if place < 0 else schema.set(place, field)
    return schema


def _array(name: str, batch: list[Numbered], type_: pa.DataType | None) -> pa.Array:
    return pa.array([_mended(row.get(name))[0] for _, row in batch], type_)


def _unified(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    schemas = [pa.schema([pa.field("values", type_)]) for type_ in (one, other)]
    return pa.unify_schemas(schemas, promote_options="permissive").field(0).type


def _odd_value(path: Place, name: str, batch: list[Numbered], known: pa.DataType) -> InputFileError:
    """Return the error for the first value of a column that does not go with those before it."""
    for line, row in batch:
        value = _mended(row.get(name))[0]
        try:
            known = _unified(known, pa.array([value]).type)
        except _UNFIT as unfit:
            return InputFileError(
                f"{path}, line {line}: the value of {name!r} ({value!r:.60}) does not fit the column's type so far, "
                f"{known} ({unfit}): write all its values as texts, or leave the key out of the file"
            )
    return InputFileError(f"{path}, lines {batch[0][0]} to {batch[-1][0]}: the values of {name!r} make no column")


def _mended(value: Any) -> tuple[Any, int]:
    """Return a value with its half characters replaced, and their number."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        items = [_mended(item) for item in value]
        return [item for item, _ in items], sum(count for _, count in items)
    if isinstance(value, dict):
        entries = {mend(key)[0]: _mended(item) for key, item in value.items()}
        return {key: item for key, (item, _) in entries.items()}, sum(count for _, count in entries.values())
    return value, 0


def _batches(path: Place, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in in_batches(_objects(path, lambda _: None)):
        arrays = [_array(field.name, batch, field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
