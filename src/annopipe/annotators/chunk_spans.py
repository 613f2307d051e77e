"""Chunks from places in documents."""

from dataclasses import dataclass

import numpy as np

from annopipe.columns import AnnotationColumn, rows_of
from annopipe.offsets import has_astral, to_utf16


@dataclass(frozen=True, slots=True)
class Span:
    """A place in one document: ``document`` counts the column's annotations, ``end`` is exclusive, in code points."""

    document: int
    begin: int
    end: int
    number: int
    label: str


def sentence_positions(documents: AnnotationColumn) -> list[str]:
    """Return the position of each document in its row, as matchers number sentences."""
    starts = documents.offsets[:-1][documents.row_numbers()]
    return [str(i) for i in (np.arange(len(documents)) - starts).tolist()]


def chunk_column(documents: AnnotationColumn, spans: list[Span], key: str, *, utf16: bool) -> AnnotationColumn:
    """Return a chunk of each span; ``metadata`` holds the sentence, ``key`` with the label, and the chunk's number."""
    parents = np.array([span.document for span in spans], np.int64)
    texts = documents.result
    places = [_units(texts[s.document], s.begin, s.end) if utf16 else (s.begin, s.end) for s in spans]
    flat = np.array(places, np.int64).reshape(-1, 2) + documents.begin[parents][:, None]
    positions = sentence_positions(documents)
    inherited = documents.inherited
    return AnnotationColumn(
        annotator_type="chunk",
        offsets=rows_of(np.bincount(documents.row_numbers()[parents], minlength=documents.rows)),
        begin=flat[:, 0],
        end=flat[:, 1] - 1,
        result=[texts[span.document][span.begin : span.end] for span in spans],
        metadata={
            "sentence": [positions[i] for i in parents.tolist()],
            key: [span.label for span in spans],
            "chunk": [str(span.number) for span in spans],
        },
        inherited=None if inherited is None else [inherited[i] for i in parents.tolist()],
    )


def _units(text: str, begin: int, end: int) -> tuple[int, int]:
    if has_astral(text):
        begin, end = to_utf16(text, [begin, end]).tolist()
    return begin, end
