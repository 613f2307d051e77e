"""Recorded runs of Spark NLP's text annotators, replayed through ours."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from annopipe import Annotation, DocumentAssembler, SentenceDetector, Tokenizer
from annopipe.annotators.plan import Plan
from annopipe.columns import AnnotationColumn
from annopipe.offsets import from_utf16, utf16_length
from annopipe.surrogates import NOTE_COLUMN, mend_all

Record = dict[str, Any]
SYMBOLS = set("\uf050\uf051\uf053\uf054\uf055\uf056\uf057\u255e\u255f\u2554\u2566\u2564\u2565")
CLASSES: dict[str, Callable[..., Any]] = {
    "DocumentAssembler": DocumentAssembler,
    "SentenceDetector": SentenceDetector,
    "Tokenizer": Tokenizer,
}
OUTPUTS = {"DocumentAssembler": "document", "SentenceDetector": "sentence", "Tokenizer": "token"}
FILES = ("document_assembler.jsonl", "sentence_detector.jsonl.gz", "tokenizer.jsonl.gz")


def records(reference: Path, file: str) -> Iterator[Record]:
    """Yield the records of one file that were made through the Python API."""
    path = reference / "golden" / "text" / file
    text = gzip.decompress(path.read_bytes()) if file.endswith(".gz") else path.read_bytes()
    yield from (record for record in map(json.loads, text.splitlines()) if record.get("api") != "scala")


def rows_of(record: Record) -> list[list[Record]]:
    """Return the recorded annotations, one list a row."""
    rows: list[list[Record]] = record["rows"] if "rows" in record else [record["output"]]
    return rows


def replay(record: Record, dialect: str, scratch: Path) -> tuple[list[list[Annotation]], list[Annotation]]:
    """Run a record through our stages; return the output rows and the row of documents it began with."""
    stages, source = [], "text"
    for name, params in [*record["upstream"].items(), (record["annotator"], record["params"])]:
        stage = _stage(name, source, dialect)
        _configure(stage, params, scratch)
        stages.append(stage.fit() if hasattr(stage, "fit") else stage)
        source = OUTPUTS[name]
    table = _input(_cell(record))
    schema = pa.schema([field for field in table.schema if field.name != NOTE_COLUMN])
    result = _run(Plan(stages, schema), table)
    first = _run(Plan(stages[:1], schema), table)
    documents = AnnotationColumn.from_arrow(first["document"]).row(0)
    return list(AnnotationColumn.from_arrow(result[source])), documents


def _run(plan: Plan, table: pa.RecordBatch) -> pa.RecordBatch:
    return plan.run_rows(table).to_arrow(plan.schema)


def _stage(name: str, source: str, dialect: str) -> Any:
    if name == "DocumentAssembler":
        return DocumentAssembler(inputCol="text", outputCol="document", dialect=dialect)
    return CLASSES[name](inputCols=[source], outputCol=OUTPUTS[name], dialect=dialect)


def _configure(stage: Any, params: Record, scratch: Path) -> None:
    for setter, value in params.items():
        if setter == "setExceptionsPath":
            path = scratch / "exceptions.txt"
            if isinstance(value, dict):
                path.write_text("\n".join(value["lines"]) + "\n", "utf-8")
            stage.setExceptionsPath(str(path) if isinstance(value, dict) else value)
        elif setter.startswith("add") and isinstance(value, list):
            for one in value:
                getattr(stage, setter)(one)
        else:
            getattr(stage, setter)(value)


def _cell(record: Record) -> Any:
    """Return the cell of the one row; arrays that may hold nulls were recorded as a list of rows."""
    return record["input"][0] if "containsNull=True" in record["source"] else record["input"]


def _input(value: Any) -> pa.RecordBatch:
    if isinstance(value, str):
        (text,), counts = mend_all([value])
        columns = {"text": pa.array([text], pa.string()), NOTE_COLUMN: pa.array(counts or [0])}
        return pa.RecordBatch.from_pydict(columns)
    if isinstance(value, dict):
        types = {"text": pa.string(), "id": pa.string(), "meta": pa.map_(pa.string(), pa.string())}
        given = {**value, "meta": list(value["meta"].items()) if value["meta"] is not None else None}
        return pa.RecordBatch.from_pydict({k: pa.array([given[k]], t) for k, t in types.items()})
    type_ = pa.list_(pa.string()) if isinstance(value, list) else pa.string()
    return pa.RecordBatch.from_pydict({"text": pa.array([value], type_)})


def expected_rows(record: Record, documents: list[Annotation], dialect: str) -> list[list[Annotation]]:
    """Return the recorded rows after the mends that concern whole annotations.

    Those are: id and metadata of the document are kept, sentences of several documents stay in order and are numbered
    so, a row without sentences stays; and in the ``albert`` dialect offsets are code points.
    """
    rows = [[_mended(one, _document(record, one, documents), dialect) for one in row] for row in rows_of(record)]
    if record["annotator"] == "SentenceDetector" and isinstance(record["input"], list):
        found = _in_order([one for row in rows_of(record) for one in row], documents, dialect)
        rows = [[one] for one in found] if record["params"].get("setExplodeSentences") else [found]
    return rows or [[]]


def recorded_slices(record: Record, documents: list[Annotation]) -> bool:
    """Tell whether every recorded annotation is the text between its offsets."""
    flat = [Annotation(**one) for row in rows_of(record) for one in row]
    return all(slices(one, documents, "sparknlp") for one in flat)


def slices(one: Annotation, documents: list[Annotation], dialect: str) -> bool:
    """Tell whether an annotation is the text between its offsets, in one of the documents."""
    for document in documents:
        places = [one.begin, one.end + 1]
        begin, after = places if dialect == "albert" else from_utf16(document.result, places)
        if one.begin >= 0 and document.result[begin:after] == one.result:
            return True
    return False


def _document(record: Record, one: Record, documents: list[Annotation]) -> Annotation:
    numbered = len(documents) > 1 and record["annotator"] != "SentenceDetector"
    return documents[int(one["metadata"]["sentence"])] if numbered else documents[0]


def _mended(one: Record, document: Annotation, dialect: str) -> Annotation:
    inherited = {k: v for k, v in document.metadata.items() if k != "sentence"}
    return _annotation(one, document.result, {**inherited, **one["metadata"]}, dialect)


def _annotation(one: Record, text: str, metadata: dict[str, str | None], dialect: str) -> Annotation:
    begin, end = one["begin"], one["end"]
    if dialect == "albert":
        begin, after = (int(place) for place in from_utf16(text, [begin, end + 1]))
        end = after - 1
    return Annotation(one["annotatorType"], begin, end, one["result"], metadata, one["embeddings"])


def counts_otherwise(record: Record, documents: list[Annotation], dialect: str) -> bool:
    """Tell whether lengths are counted in code points here (``albert``) or the text holds the detector's symbols."""
    text = "".join(document.result for document in documents)
    lengths = {"setMinLength", "setMaxLength", "setSplitLength"} & set(record["params"])
    return (dialect == "albert" and bool(lengths) and max(text, default="") > "\uffff") or bool(SYMBOLS & set(text))


def _in_order(found: list[Record], documents: list[Annotation], dialect: str) -> list[Annotation]:
    """Give each sentence back to the first document with it at its place, and number them so."""
    left, ordered = list(found), []
    for document in documents:
        for one in sorted(left, key=lambda one: one["begin"]):
            begin, after = from_utf16(document.result, [one["begin"], one["end"] + 1])
            inside = one["end"] < utf16_length(document.result)
            if inside and document.result[begin:after] == one["result"]:
                left.remove(one)
                ordered.append(_annotation(one, document.result, {"sentence": str(len(ordered))}, dialect))
    return ordered
