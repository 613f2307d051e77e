"""``.jsonl``: a JSON object a line. Columns are all keys of all lines; a line without a key has null there."""

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from annopipe.bulk.sources.source import Fault, Faults, Place, Source, in_batches
from annopipe.bulk.sources.text_lines import lines_of
from annopipe.errors import InputFileError
from annopipe.surrogates import mend
from annopipe.warnings import warn_once

Numbered = tuple[int, dict[str, Any]]


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
            yield (number, value), size
        else:
            kind = type(value).__name__
            faults(Fault(number, f'a JSON object such as {{"text": "…"}} is needed, not {kind}'))


def _joined(path: Place, schema: pa.Schema, batch: list[Numbered]) -> pa.Schema:
    names = dict.fromkeys(name for _, row in batch for name in row)
    fields = [pa.field(name, _array(path, name, batch, None).type) for name in names]
    try:
        return pa.unify_schemas([schema, pa.schema(fields)], promote_options="permissive")
    except (pa.ArrowTypeError, pa.ArrowInvalid) as mixed:
        msg = f"{path}, lines {batch[0][0]} to {batch[-1][0]}: values of another kind than before ({mixed})"
        raise InputFileError(msg) from mixed


def _array(path: Place, name: str, batch: list[Numbered], type_: pa.DataType | None) -> pa.Array:
    try:
        return pa.array([_mended(row.get(name))[0] for _, row in batch], type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as mixed:
        where = f"lines {batch[0][0]} to {batch[-1][0]}"
        msg = f"{path}, {where}: column {name!r} holds values that make no column ({mixed})"
        raise InputFileError(msg) from mixed


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
        arrays = [_array(path, field.name, batch, field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
