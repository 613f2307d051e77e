"""Which column feeds which stage: checked on schemas, before any data moves."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from annopipe.annotation import COLUMN_TYPE, is_annotation_type
from annopipe.errors import WiringError

HIDDEN = "__annopipe_"
"""Beginning of the names of columns that frames add for themselves."""

OWN_SENTENCES = "ownSentences"
"""Key in the metadata of a column of word vectors: the way to sentence vectors that their model has of its own."""

MAKERS = {
    "document": "DocumentAssembler",
    "token": "Tokenizer",
    "chunk": "NGramGenerator, RegexMatcher, TextMatcher or Doc2Chunk",
    "word_embeddings": "AlbertEmbeddings",
    "sentence_embeddings": "SentenceEmbeddings",
}


def annotation_field(name: str, annotator_type: str, **metadata: Any) -> pa.Field:
    """Return the field of an annotation column; its metadata is Spark NLP's (``annotatorType``, ``ref``, …)."""
    entries = {"annotatorType": annotator_type, **{key: str(value) for key, value in metadata.items()}}
    return pa.field(name, COLUMN_TYPE, metadata=entries)


def annotator_type(field: pa.Field) -> str | None:
    """Return the kind of annotations in a column, "" where its schema does not say, None for other columns."""
    if not is_annotation_type(field.type):
        return None
    return (field.metadata or {}).get(b"annotatorType", b"").decode()


def field_metadata(field: pa.Field) -> dict[str, str]:
    """Return the metadata of a field as strings."""
    return {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}


def match_inputs(uid: str, wanted: Sequence[str], columns: Sequence[str], schema: pa.Schema) -> dict[str, str]:
    """Find the column of each wanted annotator type among ``columns``, in any order.

    A column whose schema does not tell its kind serves the first kind that no other column has.

    Raises:
        WiringError: a column is missing or of another kind; the text lists what is there and what would fit.
    """
    kinds = {name: annotator_type(schema.field(name)) for name in columns if name in schema.names}
    found = {kind: name for name, kind in kinds.items() if kind is not None and kind in wanted}
    untold = [name for name in columns if kinds.get(name) == ""]
    for kind in wanted:
        if kind not in found and untold:
            found[kind] = untold.pop(0)
    if len(found) < len(set(wanted)) or set(found.values()) != set(columns):
        raise WiringError(_complaint(uid, wanted, columns, schema))
    return found


def _complaint(uid: str, wanted: Sequence[str], columns: Sequence[str], schema: pa.Schema) -> str:
    lines = [
        f"(column_name={field.name},is_nlp_annotator=false)"
        if (kind := annotator_type(field)) is None
        else f"(column_name={field.name},is_nlp_annotator=true,type={kind or 'unknown'})"
        for field in schema
        if not field.name.startswith(HIDDEN)
    ]
    return (
        f"Wrong or missing inputCols annotators in {uid}.\n\n"
        f"Current inputCols: {','.join(columns)}. Dataset's columns:\n" + "\n".join(lines) + ".\n"
        "Make sure such annotators exist in your pipeline, with the right output names and that they have "
        f"following annotator types: {', '.join(wanted)}\n"
        f"What would fit: {'; '.join(_fits(kind, schema) for kind in wanted)}."
    )


def _fits(kind: str, schema: pa.Schema) -> str:
    there = [field.name for field in schema if annotator_type(field) == kind]
    if there:
        return f"{kind}: {', '.join(map(repr, there))}"
    maker = MAKERS.get(kind)
    return f"{kind}: no column" + (f", put a {maker} before this stage" if maker else "")


def shown(schema: pa.Schema) -> str:
    """Return the names of the user's columns, for a message."""
    return ", ".join(name for name in schema.names if not name.startswith(HIDDEN)) or "none"


def add_output(uid: str, schema: pa.Schema, field: pa.Field, *, replaces: str | None = None) -> pa.Schema:
    """Return the schema with one more column.

    Raises:
        WiringError: there is a column of this name already, and it is not the one that the stage may replace.
    """
    if field.name not in schema.names:
        return schema.append(field)
    if field.name != replaces:
        msg = (
            f"{uid}: the output column {field.name!r} exists already: choose another name with "
            f"setOutputCol(...), or drop or rename the column first"
        )
        raise WiringError(msg)
    return schema.set(schema.get_field_index(field.name), field)
