"""Doc2Chunk: from a column of texts to chunks, where they stand in the documents."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from annopipe.annotators.batch import Batch
from annopipe.annotators.chunk_spans import Span
from annopipe.annotators.membership import numbers_of
from annopipe.annotators.stage import Transformer, Wired
from annopipe.annotators.text_values import is_text_list, text_lists_of, texts_of
from annopipe.annotators.wiring import shown
from annopipe.columns import AnnotationColumn, rows_of
from annopipe.converters import to_bool, to_str
from annopipe.errors import ChunkMissing, ColumnTypeError, WiringError
from annopipe.offsets import has_astral, to_utf16
from annopipe.params import Param


class Doc2Chunk(Wired, Transformer):
    """Make a chunk of each text of ``chunkCol`` where it first stands in the document; without it, of the document.

    A text that the document does not hold gives no chunk, or an error with ``failOnMissing``; so does a null.
    ``metadata``: ``sentence`` and ``chunk``, the text's number in the column. Source: Spark NLP 5.5.3, recorded.

    Beyond Spark NLP: nulls are no failure, and in the ``albert`` dialect ``lowerCase`` lowers the document too and
    ``sentence`` is the document's number (both "0" and the chunk alone in ``sparknlp``, as recorded).
    """

    inputAnnotatorTypes = ("document",)
    outputAnnotatorType = "chunk"
    _usual_inputs = ("document",)
    _usual_output = "chunk"

    chunkCol = Param(to_str, "column of texts to find, or of lists of them; unset = the whole document")
    startCol = Param(to_str, "column with the place from which to look; unset = the beginning")
    startColByTokenIndex = Param(to_bool, "startCol counts words between spaces, not characters", False)
    isArray = Param(to_bool, "chunkCol holds lists of texts; lists are recognised without it", False)
    failOnMissing = Param(to_bool, "a text that the document does not hold is an error", False)
    lowerCase = Param(to_bool, "look for the text without regard to case", False)

    def output_schema(self, schema: pa.Schema) -> pa.Schema:
        """See `Stage.output_schema`."""
        for param in ("chunkCol", "startCol"):
            column = self._explicit(param)
            if column is not None and column not in schema.names:
                msg = f"{self.uid}: no column {column!r} ({param}); columns: {shown(schema)}"
                raise WiringError(msg)
        if (start := self._explicit("startCol")) is not None and not pa.types.is_integer(schema.field(start).type):
            msg = f"{self.uid}: startCol {start!r} is of type {schema.field(start).type}: it needs whole numbers"
            raise ColumnTypeError(msg)
        return super().output_schema(schema)

    def run(self, batch: Batch, schema: pa.Schema) -> Batch:
        """See `Transformer.run`.

        Raises:
            ChunkMissing: a document does not hold its text, with ``failOnMissing``.
        """
        documents = batch.annotations(self._inputs(schema)["document"])
        found = list(self._find(batch, documents))
        return batch.put(self._output_name(), self._column(documents, found))

    def _find(self, batch: Batch, documents: AnnotationColumn) -> Iterator[Span]:
        column = self._explicit("chunkCol")
        wanted = None if column is None else _lists(batch.array(column), column)
        starts = self._starts(batch)
        for document, row in enumerate(documents.row_numbers().tolist()):
            text = documents.result[document]
            if wanted is None:
                yield Span(document, 0, len(text), 0, text)
                continue
            for number, chunk in enumerate(wanted[row]):
                if chunk is not None and (found := self._place(text, chunk, starts[row])) is not None:
                    begin, end, result = found
                    yield Span(document, begin, end, number, result)

    def _starts(self, batch: Batch) -> list[int]:
        column = self._explicit("startCol")
        return [0] * batch.rows if column is None else [start or 0 for start in batch.array(column).to_pylist()]

    def _place(self, text: str, chunk: str, start: int) -> tuple[int, int, str] | None:
        if self.getOrDefault("startColByTokenIndex"):
            start = sum(len(word) + 1 for word in text.split(" ")[: max(start, 0)])
        searched = text
        if self.getOrDefault("lowerCase"):
            chunk = chunk.lower()
            searched = text if self._dialect == "sparknlp" else _lower_in_place(text)
        begin = searched.find(chunk, max(start, 0))
        if begin >= 0:
            return begin, begin + len(chunk), chunk
        if self.getOrDefault("failOnMissing"):
            msg = f"{self.uid}: the document does not hold the text {chunk!r} (failOnMissing); it begins {text[:60]!r}"
            raise ChunkMissing(msg)
        return None

    def _column(self, documents: AnnotationColumn, found: list[Span]) -> AnnotationColumn:
        parents = np.array([chunk.document for chunk in found], np.int64)
        spans = [self._span(documents.result[chunk.document], chunk.begin, chunk.end) for chunk in found]
        places = np.array(spans, np.int64).reshape(-1, 2) + documents.begin[parents][:, None]
        counts = np.bincount(documents.row_numbers()[parents], minlength=documents.rows)
        numbers = ["0"] * len(documents) if self._dialect == "sparknlp" else numbers_of(documents)
        inherited = documents.inherited
        return AnnotationColumn(
            annotator_type=self.outputAnnotatorType,
            offsets=rows_of(counts),
            begin=places[:, 0],
            end=places[:, 1] - 1,
            result=[chunk.label for chunk in found],
            metadata={
                "sentence": [numbers[i] for i in parents.tolist()],
                "chunk": [str(chunk.number) for chunk in found],
            },
            inherited=None if inherited is None else [inherited[i] for i in parents.tolist()],
        )

    def _span(self, text: str, begin: int, end: int) -> tuple[int, int]:
        if self._dialect == "sparknlp" and has_astral(text):
            begin, end = to_utf16(text, [begin, end]).tolist()
        return begin, end


def _lists(array: pa.Array, column: str) -> list[list[Any]]:
    if is_text_list(array.type):
        return [row or [] for row in text_lists_of(array, column)]
    return [[text] for text in texts_of(array, column)]


def _lower_in_place(text: str) -> str:
    """Lower a text character by character, so that places stay the same."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)
