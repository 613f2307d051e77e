"""Functions over batches that stand for stages: frames are tested without any annotator."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.surrogates import NOTE_COLUMN

Batches = Iterator[pa.RecordBatch]
Stage = tuple[Callable[[Batches], Batches], pa.Schema]
WORDS = "words"


def words_of(text: str | None) -> list[str]:
    return (text or "").split()


def annotated(texts: list[str | None]) -> AnnotationColumn:
    """One token a word; its vector is (length, place), empty for the word ``bare``."""
    rows = [words_of(text) for text in texts]
    words = [(place, word) for row in rows for place, word in enumerate(row)]
    return AnnotationColumn(
        annotator_type="token",
        offsets=rows_of([len(row) for row in rows]),
        begin=np.array([place for place, _ in words], np.int64),
        end=np.array([len(word) for _, word in words], np.int64),
        result=[word for _, word in words],
        metadata={"place": [str(place) for place, _ in words], "none": [None for _ in words]},
        vectors=np.array([(len(word), place) for place, word in words], np.float32).reshape(-1, 2),
        bare=np.array([word == "bare" for _, word in words], np.bool_),
    )


def _texts(batch: pa.RecordBatch) -> list[str | None]:
    return batch.column(batch.schema.get_field_index("text")).to_pylist()


def _pick(batch: pa.RecordBatch, schema: pa.Schema, made: dict[str, pa.Array]) -> pa.RecordBatch:
    arrays = [
        made[field.name] if field.name in made else batch.column(batch.schema.get_field_index(field.name))
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def token_field(name: str = WORDS) -> pa.Field:
    return pa.field(name, COLUMN_TYPE, metadata={"annotatorType": "token", "dimension": "2"})


def adding(schema: pa.Schema) -> Stage:
    """One more column, ``words``."""
    result = schema.append(token_field())

    def run(batches: Batches) -> Batches:
        for batch in batches:
            yield _pick(batch, result, {WORDS: annotated(_texts(batch)).to_arrow()})

    return run, result


def exploding(schema: pa.Schema) -> Stage:
    """One row a word, rows without words gone; the word stands in ``words``, its place in ``number``."""
    result = schema.append(token_field()).append(pa.field("number", pa.int32()))

    def run(batches: Batches) -> Batches:
        for batch in batches:
            texts = [words_of(text) for text in _texts(batch)]
            made = {
                WORDS: annotated([word for words in texts for word in words]).to_arrow(),
                "number": pa.array([place for words in texts for place in range(len(words))], pa.int32()),
            }
            rows = pa.array([row for row, words in enumerate(texts) for _ in words], pa.int64())
            yield _pick(batch.take(rows), result, made)

    return run, result


def replacing(schema: pa.Schema) -> Stage:
    """The text column itself turned into annotations."""
    result = schema.set(schema.get_field_index("text"), token_field("text"))

    def run(batches: Batches) -> Batches:
        for batch in batches:
            yield _pick(batch, result, {"text": annotated(_texts(batch)).to_arrow()})

    return run, result


def dropping(schema: pa.Schema) -> Stage:
    """The column ``n`` gone, the length of each text in ``size``, a list of its words' lengths in ``sizes``."""
    kept = pa.schema([field for field in schema if field.name != "n"], metadata=schema.metadata)
    result = kept.append(pa.field("size", pa.int64())).append(pa.field("sizes", pa.list_(pa.list_(pa.float32()))))

    def run(batches: Batches) -> Batches:
        for batch in batches:
            texts = _texts(batch)
            sizes = [[[float(len(word))] for word in words_of(text)] for text in texts]
            made = {
                "size": pa.array([len(text or "") for text in texts], pa.int64()),
                "sizes": pa.array(sizes, result.field("sizes").type),
            }
            yield _pick(batch, result, made)

    return run, result


def rebatched(stage: Stage, most: int) -> Stage:
    """The same in other batches: slices of up to ``most`` rows, an empty one after each."""
    run, schema = stage

    def run_small(batches: Batches) -> Batches:
        for batch in run(batches):
            for first in range(0, batch.num_rows, most):
                yield batch.slice(first, most)
                yield batch.slice(0, 0)

    return run_small, schema


def counting(schema: pa.Schema) -> tuple[Stage, list[int]]:
    """Adds ``words``; the list gathers the counts of replaced characters, row by row."""
    (run, result), seen = adding(schema), []

    def run_and_note(batches: Batches) -> Batches:
        for batch in batches:
            place = batch.schema.get_field_index(NOTE_COLUMN)
            seen.extend([0] * batch.num_rows if place < 0 else batch.column(place).to_pylist())
            yield from run(iter([batch]))

    return (run_and_note, result), seen
